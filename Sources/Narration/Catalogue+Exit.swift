extension Catalogue {
    static let exit: [CatalogueEntry] = [
        CatalogueEntry(
            "exit.status",
            ko: StepText(
                "종료 코드 거두기",
                "부모인 shim이 첫 프로세스의 종료 코드를 거둔다. run의 종료 코드도, ps -a에 보이는 Exited 뒤의 숫자도 이것이다."),
            en: StepText(
                "Collect the exit code",
                "The shim, as the parent, collects how the first process ended. It becomes the exit code of run, and the number "
                    + "after Exited in ps -a.")),
        CatalogueEntry(
            "exit.network",
            ko: StepText(
                "주소와 포트 돌려주기",
                "네트워크 네임스페이스가 사라지며 랜선도 함께 사라진다. 주소와 포트는 다음 컨테이너가 쓸 수 있게 돌려놓는다."),
            en: StepText(
                "Give back address and ports",
                "The cable vanishes together with the network namespace. Its address and ports are free again for the next "
                    + "container.")),
        CatalogueEntry(
            "exit.cgroup",
            ko: StepText(
                "cgroup 지우기",
                "남은 프로세스가 없으니 장부를 덮고 지운다."),
            en: StepText(
                "Remove the cgroup",
                "No process is left in it, so the account book is closed and removed.")),
        CatalogueEntry(
            "exit.record",
            ko: StepText(
                "끝났음을 기록",
                "종료 코드와 시각을 디스크에 적는다. 컨테이너 계층은 그대로 남아 있어, 다시 start하면 바꿔 둔 파일이 그대로 있다."),
            en: StepText(
                "Record that it ended",
                "Exit code and time go to disk. The container's layer stays, so after another start the files you changed are "
                    + "still there.")),
    ]
}
