extension Catalogue {
    static let attach: [CatalogueEntry] = [
        CatalogueEntry(
            "attach.connect",
            ko: StepText(
                "입출력 잇기",
                "컨테이너의 터미널이나 파이프를 쥔 shim에 연결해 내 화면과 자판을 잇는다. 새 프로세스는 생기지 않는다."),
            en: StepText(
                "Join input and output",
                "The shim holds the container's terminal or pipes; your screen and keyboard are connected to it. No new process "
                    + "comes into being.")),
        CatalogueEntry(
            "resize.terminal",
            ko: StepText(
                "창 크기 알리기",
                "창 크기가 바뀌면 커널이 컨테이너 안의 프로그램에 알려 주고, vi나 top 같은 프로그램은 화면을 다시 그린다."),
            en: StepText(
                "Pass on the window size",
                "When the window changes, the kernel tells the programs inside, and those like vi or top draw themselves anew.")),
    ]
}
