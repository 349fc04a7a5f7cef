extension Catalogue {
    /// Holding a container still, and letting it go on.
    static let pause: [CatalogueEntry] = [
        CatalogueEntry(
            "pause",
            ko: StepText(
                "컨테이너 멈춰 세우기",
                "시그널을 보내는 것이 아니다. 커널이 이 컨테이너의 프로세스에 CPU를 주지 않을 뿐이라, 프로세스는 멈춘 줄도 모른다. 메모리는 그대로 차지한다."),
            en: StepText(
                "Hold the container still",
                "No signal is sent: the kernel just gives its processes no processor any more, and they don't notice. Their memory stays "
                    + "theirs.")),
        CatalogueEntry(
            "pause.freeze",
            ko: StepText(
                "cgroup의 freezer로 얼리기",
                "컨테이너의 cgroup에 FROZEN(v2에서는 1)을 쓴다. 마지막 프로세스까지 멈췄다고 커널이 말할 때까지 기다린다."),
            en: StepText(
                "Freeze its cgroup",
                "FROZEN (1 on v2) is written to the container's freezer. It is done when the kernel says that the last process stands.")),
        CatalogueEntry(
            "pause.record",
            ko: StepText("멈췄다고 적기", "엔진이 바뀌어도 멈춘 컨테이너를 멋대로 깨우지 않도록 적어 둔다."),
            en: StepText("Note that it is paused", "It is written down, so that a later engine leaves it alone.")),
        CatalogueEntry(
            "unpause",
            ko: StepText("컨테이너 다시 움직이게 하기", "멈춘 바로 그 자리에서 이어진다. 안에서 보면 시계만 훌쩍 지나 있다."),
            en: StepText(
                "Let the container go on", "It goes on exactly where it stood. Seen from inside, only the clock has made a leap.")),
        CatalogueEntry(
            "unpause.record",
            ko: StepText("멈춤을 지우기", "먼저 적고 나서 녹인다. 그 사이에 엔진이 죽으면 다음 엔진이 마저 녹인다."),
            en: StepText(
                "Note that it runs again",
                "It is noted before it is done: should the engine be killed in between, the next one lets the container go.")),
        CatalogueEntry(
            "unpause.thaw",
            ko: StepText("cgroup 녹이기", "freezer에 THAWED(v2에서는 0)를 쓰면 프로세스들이 다시 차례를 받는다."),
            en: StepText(
                "Thaw its cgroup", "THAWED (0 on v2) is written to the freezer, and the processes get their turns again.")),
        CatalogueEntry(
            "top",
            ko: StepText("컨테이너의 프로세스 보기", "컨테이너의 프로세스는 호스트의 프로세스이기도 하다. 그래서 호스트의 번호로 보인다."),
            en: StepText(
                "List the container's processes",
                "A container's processes are the host's, too: that is why they are shown with the host's numbers.")),
        CatalogueEntry(
            "top.find",
            ko: StepText("어떤 프로세스가 들어 있나", "컨테이너의 cgroup에 있는 cgroup.procs가 프로세스 번호를 한 줄에 하나씩 알려 준다."),
            en: StepText("Find out which they are", "cgroup.procs of the container's cgroup names them, one a line.")),
        CatalogueEntry(
            "top.ps",
            ko: StepText("호스트의 ps에게 묻기", "호스트의 ps를 그 번호들과 주어진 옵션으로 돌린다. 컨테이너 안에 ps가 없어도 된다."),
            en: StepText(
                "Ask the host's ps", "The host's ps runs with these numbers and the options given. The container needs no ps of its own.")),
    ]
}
