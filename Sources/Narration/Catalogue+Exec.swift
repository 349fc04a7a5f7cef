extension Catalogue {
    /// A further process in a running container.
    static let exec: [CatalogueEntry] = [
        CatalogueEntry(
            "exec",
            ko: StepText(
                "돌고 있는 컨테이너 안에서 명령 실행",
                "새 컨테이너를 만들지 않는다. 이미 있는 네임스페이스와 cgroup에 프로세스 하나를 더 들여보낼 뿐이다."),
            en: StepText(
                "Run a command in a running container",
                "No container is made. One more process is let into the namespaces and the cgroup that are there already.")),
        CatalogueEntry(
            "exec.prepare",
            ko: StepText(
                "명령, 사용자, 환경 정하기",
                "사용자는 컨테이너의 passwd에서 찾고, 환경 변수는 컨테이너의 것에 -e로 준 것을 얹는다. 따로 주지 않으면 컨테이너의 설정을 그대로 따른다."),
            en: StepText(
                "Settle command, user and environment",
                "The user is looked up in the container's own passwd; variables given with -e come on top of the container's. What you "
                    + "don't give is as the container has it.")),
        CatalogueEntry(
            "exec.join",
            ko: StepText(
                "들어갈 프로세스 낳기",
                "컨테이너의 shim이 프로세스를 하나 낳는다. shim이 부모이므로 엔진이 죽어도 명령은 계속 돈다. 아직은 호스트 쪽에 있어 컨테이너에서 보이지 않는다."),
            en: StepText(
                "Give birth to a process that will go in",
                "The container's shim makes a process; being its parent, the shim lets the command outlive the engine. It is still on the "
                    + "host's side, where the container can't see it.")),
        CatalogueEntry(
            "exec.cgroup",
            ko: StepText(
                "컨테이너의 cgroup에 들어가기",
                "컨테이너와 같은 장부에 적힌다. 메모리와 CPU의 한도도, 쓸 수 있는 장치도 함께 나누어 쓴다."),
            en: StepText(
                "Enter the container's cgroup",
                "It is booked where the container is, and shares its limits of memory and CPU and the devices that it may use.")),
        CatalogueEntry(
            "exec.namespaces",
            ko: StepText(
                "컨테이너의 네임스페이스에 합류",
                "start가 clone으로 새로 만든 네임스페이스에 setns로 합류한다. 이 한 번의 호출로 루트도 호스트 이름도 네트워크도 컨테이너의 것이 된다. 프로세스 번호만은 자식부터 달라진다."),
            en: StepText(
                "Join the container's namespaces",
                "What start made with clone is joined with setns: in one call root, host name and network become the container's. Only "
                    + "process numbers change with the next child.")),
        CatalogueEntry(
            "exec.streams",
            ko: StepText(
                "입출력 마련하기",
                "-t면 컨테이너의 devpts에서 터미널을 새로 열고, -i가 없으면 표준 입력은 컨테이너의 /dev/null이다."),
            en: StepText(
                "Have streams ready",
                "With -t a terminal of its own is opened in the container's devpts; without -i standard input is the container's "
                    + "/dev/null.")),
        CatalogueEntry(
            "exec.limits",
            ko: StepText("같은 한도 걸기", "컨테이너를 만들 때 --ulimit로 준 한도가 이 프로세스에도 똑같이 걸린다."),
            en: StepText("Set the same limits", "What --ulimit said when the container was created holds for this process, too.")),
        CatalogueEntry(
            "exec.seccomp",
            ko: StepText(
                "같은 필터 걸기", "컨테이너의 첫 프로세스에 건 것과 같은 시스템 콜 필터를 건다. --privileged로도 풀리지 않는다."),
            en: StepText(
                "Set the same filter",
                "The filter of system calls is the one that the container's first process has. Not even --privileged lifts it.")),
        CatalogueEntry(
            "exec.privileges",
            ko: StepText(
                "권한 내려놓기",
                "컨테이너의 눈에 띄기 전에, 컨테이너가 가진 것보다 많은 권한은 모두 내려놓는다. 그래서 안에서 붙잡아도 얻을 것이 없다."),
            en: StepText(
                "Give up privileges",
                "Before the container can see it, it lays down whatever the container has not. So there is nothing to be gained by getting "
                    + "hold of it from inside.")),
        CatalogueEntry(
            "exec.clone",
            ko: StepText(
                "컨테이너의 프로세스 번호로 다시 태어나기",
                "PID 네임스페이스는 태어날 때 정해진다. 그래서 자식을 하나 더 낳고 자신은 끝난다. 그 자식이 컨테이너 안에서 번호를 받는다."),
            en: StepText(
                "Be born again with a number inside",
                "A process's pid namespace is settled at its birth. So it makes one more child and ends; that child gets a number inside the "
                    + "container.")),
        CatalogueEntry(
            "exec.exec",
            ko: StepText("명령 실행", "프로세스가 명령으로 탈바꿈한다. 1번이 아니므로 이것이 끝나도 컨테이너는 계속 돈다."),
            en: StepText(
                "Execute the command",
                "The process turns into the command. It is not number one: when it ends, the container goes on.")),
        CatalogueEntry(
            "exec.record",
            ko: StepText(
                "실행 중임을 기록",
                "inspect가 보여 주고 끝난 뒤 종료 코드를 물을 수 있게 적어 둔다. 엔진의 기억에만 있으므로 엔진이 다시 뜨면 기록은 없다. 도커도 그렇다."),
            en: StepText(
                "Record that it runs",
                "Kept so that inspect shows it and its exit code can be asked for later. It is in the engine's memory alone: an engine that "
                    + "is started anew does not know it, as in Docker.")),
    ]
}
