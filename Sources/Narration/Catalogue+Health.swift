extension Catalogue {
    /// What the engine does by itself, at intervals, to know how a container is.
    static let health: [CatalogueEntry] = [
        CatalogueEntry(
            "health",
            ko: StepText(
                "컨테이너의 건강 살피기",
                "HEALTHCHECK로 정한 명령을 정해진 간격마다 컨테이너 안에서 exec처럼 돌린다. 종료 코드 0이면 건강하다. 아픈 컨테이너를 알려 줄 뿐, 다시 시작하지는 않는다."),
            en: StepText(
                "Look after the container's health",
                "The command of HEALTHCHECK runs in the container at intervals, just as exec would run it; exit code 0 means healthy. An "
                    + "unhealthy container is only reported, not restarted.")),
        CatalogueEntry(
            "health.kill",
            ko: StepText(
                "너무 오래 걸린 검사 끝내기",
                "--health-timeout이 지나도록 끝나지 않은 검사는 SIGKILL로 끝내고 실패로 친다. 답이 없는 서비스도 아픈 것이다."),
            en: StepText(
                "End a probe that takes too long",
                "A probe that has not ended within --health-timeout gets SIGKILL and counts as failed: a service that doesn't answer "
                    + "isn't well either.")),
        CatalogueEntry(
            "health.record",
            ko: StepText(
                "결과 적기",
                "한 번 성공하면 healthy, --health-retries만큼 잇달아 실패하면 unhealthy가 된다. 처음 성공하기 전에 --health-start-period 안에서 실패한 것은 세지 않는다."),
            en: StepText(
                "Note the result",
                "One success makes it healthy, as many failures in a row as --health-retries make it unhealthy. Failures within "
                    + "--health-start-period don't count before the first success.")),
    ]
}
