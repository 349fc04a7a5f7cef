extension Catalogue {
    static let remove: [CatalogueEntry] = [
        CatalogueEntry(
            "rm.stop",
            ko: StepText(
                "돌고 있으면 먼저 끝내기",
                "도는 컨테이너는 지울 수 없다. -f를 주었으므로 먼저 SIGKILL로 끝낸다."),
            en: StepText(
                "End it first if it runs",
                "A running container cannot be removed. You said -f, so it is ended with SIGKILL first.")),
        CatalogueEntry(
            "rm.layer",
            ko: StepText(
                "컨테이너 계층 지우기",
                "이 컨테이너가 바꾸거나 새로 쓴 파일이 여기서 사라진다. 밑의 이미지 계층들은 다른 컨테이너가 함께 쓰고 있으니 손대지 않는다."),
            en: StepText(
                "Delete its own layer",
                "What this container changed or wrote disappears here. The image's layers beneath are shared with others and "
                    + "stay untouched.")),
        CatalogueEntry(
            "rm.record",
            ko: StepText(
                "기록 지우고 이름 풀어 주기",
                "설정과 로그를 지우면 ps -a에서도 사라진다. 이름은 다시 쓸 수 있다."),
            en: StepText(
                "Delete the record, free the name",
                "With its configuration and log gone it leaves ps -a too, and its name can be used again.")),
    ]
}
