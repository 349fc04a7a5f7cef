extension Catalogue {
    /// The part of `start` that happens inside, in the child between clone and exec.
    static let startInside: [CatalogueEntry] = [
        CatalogueEntry(
            "start.mount",
            ko: StepText(
                "파일 시스템 겹치기",
                "overlay는 이미지의 읽기 전용 계층들을 아래에, 컨테이너 계층을 맨 위에 겹쳐 하나의 루트로 보여 준다. 읽기는 아래까지 비쳐 보이고, 쓰기는 맨 위에만 남는다."),
            en: StepText(
                "Stack the file system",
                "An overlay shows the image's read-only layers with the container's own on top as a single root. Reads shine "
                    + "through to the bottom; writes stay in the top.")),
        CatalogueEntry(
            "start.mounts",
            ko: StepText(
                "proc, sys, dev와 볼륨 붙이기",
                "프로그램이 늘 있으리라 믿는 특별한 파일 시스템들을 새로 붙인다. -v로 준 호스트의 디렉터리와 hosts 같은 파일도 이때 들어온다."),
            en: StepText(
                "Add proc, sys, dev and volumes",
                "The special file systems that programs take for granted are mounted afresh. Directories of the host given with "
                    + "-v, and files such as hosts, come in here too.")),
        CatalogueEntry(
            "start.devices",
            ko: StepText(
                "기본 장치 만들기",
                "null, zero, random처럼 해롭지 않은 장치만 만든다. 호스트의 디스크나 메모리 장치는 컨테이너에 아예 없다."),
            en: StepText(
                "Make the default devices",
                "Only harmless devices are made, such as null, zero and random. Disks and memory of the host simply are not there.")),
        CatalogueEntry(
            "start.pivot",
            ko: StepText(
                "루트 바꾸기",
                "겹쳐 둔 파일 시스템이 새 루트가 되고 호스트의 것은 떼어 낸다. 이제부터 이 프로세스에게 호스트의 파일은 길이 없는 곳이다."),
            en: StepText(
                "Change the root",
                "The stacked file system becomes the root and the host's is detached. From now on no path leads this process to "
                    + "the host's files.")),
        CatalogueEntry(
            "start.network.interface",
            ko: StepText(
                "lo와 eth0 켜기",
                "받은 랜선 끝이 eth0이 되고, 주소와 바깥으로 가는 길을 단다. ifconfig에 보일 두 인터페이스, lo와 eth0이 여기서 켜진다."),
            en: StepText(
                "Bring up lo and eth0",
                "The cable's end becomes eth0 and gets its address and the route to the outside. The two interfaces that "
                    + "ifconfig will show, lo and eth0, go up here.")),
        CatalogueEntry(
            "start.identity",
            ko: StepText(
                "호스트 이름 붙이기",
                "UTS 네임스페이스가 따로이므로 컨테이너에만 이름을 줄 수 있다. 따로 주지 않으면 프롬프트에 보이는 짧은 컨테이너 ID가 이름이다."),
            en: StepText(
                "Set the host name",
                "With a UTS namespace of its own the container can have a name that the host does not. Unless you gave one it is "
                    + "the short container ID, the one you see in its prompt.")),
        CatalogueEntry(
            "start.mask",
            ko: StepText(
                "민감한 경로 가리기",
                "proc과 sys에는 네임스페이스로 나뉘지 않는 호스트의 것이 남아 있다. 그런 곳은 빈 것으로 덮거나 읽기 전용으로 바꾼다."),
            en: StepText(
                "Hide what is sensitive",
                "Parts of proc and sys belong to the host and no namespace divides them. Those are covered with emptiness or "
                    + "made read-only.")),
        CatalogueEntry(
            "start.limits",
            ko: StepText(
                "자원 한도 걸기",
                "--ulimit로 준 한도를 이 프로세스에 건다. 자식들이 물려받고, 엄격한 한도(hard)는 특권 없이는 다시 올릴 수 없다."),
            en: StepText(
                "Set the limits",
                "The process gets the limits of --ulimit. Its children inherit them, and without privileges nobody raises the hard ones "
                    + "again.")),
        CatalogueEntry(
            "start.seccomp",
            ko: StepText(
                "시스템 콜 걸러내기",
                "보통 프로그램에 필요 없고 위험한 시스템 콜을 막는 필터를 건다. 한 번 걸면 이 프로세스도 그 자식도 풀 수 없다."),
            en: StepText(
                "Filter system calls",
                "A filter refuses system calls that are dangerous and that ordinary programs never need. Once set, neither this "
                    + "process nor its children can lift it.")),
        CatalogueEntry(
            "start.privileges",
            ko: StepText(
                "권한 내려놓기",
                "컨테이너의 root는 진짜 root의 능력을 거의 다 내려놓는다. 남은 몇 가지만으로 살아가고, -u로 준 사용자가 있으면 그 사용자가 된다."),
            en: StepText(
                "Give up privileges",
                "Root in a container lays down most of what real root can do and lives with the few capabilities left. If -u "
                    + "named a user, it becomes that user.")),
        CatalogueEntry(
            "start.exec",
            ko: StepText(
                "명령 실행",
                "준비를 마친 프로세스가 이미지의 기본 명령이나 run 뒤에 준 명령으로 탈바꿈한다. 컨테이너 안에서 1번 프로세스다."),
            en: StepText(
                "Execute the command",
                "All is ready, and the process turns into the image's default command, or the one given after run. Inside the "
                    + "container it is process number one.")),
    ]
}
