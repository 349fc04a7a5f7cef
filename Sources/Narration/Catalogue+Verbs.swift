extension Catalogue {
    /// The verbs that operations are named for, and the commands that are made of several of them.
    static let verbs: [CatalogueEntry] = [
        CatalogueEntry(
            "run",
            ko: StepText(
                "컨테이너 실행",
                "run은 네 명령을 한 번에 하는 것이다. 이미지가 없으면 pull, 그다음 create, start, 그리고 터미널을 붙이면 attach."),
            en: StepText(
                "Run a container",
                "run is four commands in one: pull when the image is missing, then create, start, and attach when you want its "
                    + "terminal.")),
        CatalogueEntry(
            "pull",
            ko: StepText(
                "이미지 내려받기",
                "이미지는 읽기 전용 계층의 묶음이다. 이미 가진 계층은 다시 받지 않고, 받은 것은 모두 다이제스트로 확인한다."),
            en: StepText(
                "Pull the image",
                "An image is a stack of read-only layers. Layers already here are not fetched again, and whatever arrives is "
                    + "checked against its digest.")),
        CatalogueEntry(
            "create",
            ko: StepText(
                "컨테이너 생성",
                "이미지 위에 이 컨테이너만의 얇은 계층과 설정을 마련한다. 아직 아무 프로세스도 돌지 않는다."),
            en: StepText(
                "Create the container",
                "On top of the image the container gets a thin layer and a configuration of its own. No process runs yet.")),
        CatalogueEntry(
            "start",
            ko: StepText(
                "컨테이너 시작",
                "컨테이너는 작은 가상 머신이 아니라, 커널이 다른 세상을 보여 주는 평범한 프로세스다. 여기서 그 세상을 짓고 프로세스를 들여보낸다."),
            en: StepText(
                "Start the container",
                "A container is no small virtual machine but an ordinary process to which the kernel shows another world. Here "
                    + "that world is built and the process let in.")),
        CatalogueEntry(
            "attach",
            ko: StepText(
                "컨테이너에 접속",
                "내 터미널을 이미 돌고 있는 컨테이너의 입출력에 잇는다. 빠져나와도(Ctrl+P, Ctrl+Q) 컨테이너는 계속 돈다."),
            en: StepText(
                "Attach to the container",
                "Your terminal is joined to the input and output of a process that already runs. Leave it with Ctrl+P Ctrl+Q and "
                    + "the container runs on.")),
        CatalogueEntry(
            "stop",
            ko: StepText(
                "컨테이너 정지",
                "먼저 끝내 달라고 정중히 부탁하고, 잠시 기다려도 답이 없을 때만 강제로 끝낸다."),
            en: StepText(
                "Stop the container",
                "First the process is politely asked to end; only when it does not answer in time is it made to.")),
        CatalogueEntry(
            "kill",
            ko: StepText(
                "컨테이너에 시그널 보내기",
                "컨테이너의 첫 프로세스에 시그널 하나를 그대로 보낸다. 기다려 주지 않는다."),
            en: StepText(
                "Signal the container",
                "One signal goes straight to the container's first process, with no grace period.")),
        CatalogueEntry(
            "exit",
            ko: StepText(
                "컨테이너 종료 뒷정리",
                "첫 프로세스가 끝나면 컨테이너도 끝난다. 커널에서 빌린 것은 돌려주고, 컨테이너 계층과 기록은 다시 start할 수 있게 남긴다."),
            en: StepText(
                "The container has ended",
                "When its first process ends, so does the container. What was borrowed from the kernel goes back; its layer and "
                    + "record stay, so that it can be started again.")),
        CatalogueEntry(
            "rm",
            ko: StepText(
                "컨테이너 삭제",
                "컨테이너만의 계층과 기록을 지운다. 이미지는 읽기 전용이었으므로 아무것도 달라지지 않는다."),
            en: StepText(
                "Remove the container",
                "The container's own layer and record are deleted. The image was only ever read, so nothing about it changes.")),
        CatalogueEntry(
            "prune",
            ko: StepText("정지된 컨테이너 모두 삭제", "정지된 컨테이너마다 rm을 한 번씩 하는 것과 같다."),
            en: StepText("Remove all stopped containers", "The same as one rm for each container that is not running.")),
        CatalogueEntry(
            "resize",
            ko: StepText("터미널 크기 맞추기", "내 터미널 창의 크기를 컨테이너의 터미널에 알려 준다."),
            en: StepText("Resize the terminal", "The size of your terminal window is passed on to the container's terminal.")),
    ]
}
