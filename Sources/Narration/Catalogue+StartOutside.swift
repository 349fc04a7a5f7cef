extension Catalogue {
    /// The part of `start` that the engine does from outside, on the host.
    static let startOutside: [CatalogueEntry] = [
        CatalogueEntry(
            "start.network.bridge",
            ko: StepText(
                "브리지 준비",
                "브리지는 컨테이너들을 서로 잇고 호스트와 잇는 가상 스위치다. 바깥으로 나갈 때 주소를 바꿔 주는 NAT도 처음 한 번 여기서 놓는다."),
            en: StepText(
                "Have the bridge ready",
                "The bridge is a virtual switch that joins containers to each other and to the host. The NAT that lets them "
                    + "reach the outside is laid here too, once.")),
        CatalogueEntry(
            "start.network.address",
            ko: StepText(
                "IP 주소 정하기",
                "컨테이너도 가상 머신처럼 자기 IP 주소를 받는다. 도커는 기본으로 172.17.0.x를 차례로 주고, 여기서도 브리지의 대역에서 비어 있는 다음 번호를 준다."),
            en: StepText(
                "Choose an IP address",
                "Like a virtual machine a container gets an address of its own. Docker hands out 172.17.0.x in sequence; here "
                    + "too it is the next free one on the bridge.")),
        CatalogueEntry(
            "start.files",
            ko: StepText(
                "hosts 파일 쓰기",
                "주소는 시작할 때마다 달라질 수 있다. 그래서 hosts 파일은 지금 쓴다. 주소가 있는 컨테이너는 여기서 제 이름을 제 주소로 찾는다."),
            en: StepText(
                "Write the hosts file",
                "The address can differ from start to start, so the hosts file is written now: a container that has an address "
                    + "finds its own name at it.")),
        CatalogueEntry(
            "start.ports",
            ko: StepText(
                "포트 공개",
                "컨테이너 주소는 이 호스트에서만 닿는다. -p [호스트포트]:[컨테이너포트]로 고른 호스트의 포트를 컨테이너의 포트에 묶어 바깥에 연다."),
            en: StepText(
                "Publish the ports",
                "The container's address is known on this host alone. With -p [host port]:[container port] a port of the host is "
                    + "bound to one of the container, and so opened to the outside.")),
        CatalogueEntry(
            "start.cgroup.create",
            ko: StepText(
                "cgroup 만들기",
                "cgroup은 프로세스 무리가 CPU, 메모리, 프로세스 수를 얼마나 쓰는지 세고 제한하는 커널의 장부다. 컨테이너마다 제 장부를 받는다."),
            en: StepText(
                "Create the cgroup",
                "A cgroup is the kernel's account book for a set of processes: it counts, and can limit, what they use of CPU, "
                    + "memory and processes. Each container gets its own.")),
        CatalogueEntry(
            "start.shim",
            ko: StepText(
                "shim 띄우기",
                "shim은 컨테이너 프로세스의 부모로 남아 터미널과 로그와 종료 코드를 맡는 작은 프로그램이다. 덕분에 엔진이 죽어도 컨테이너는 계속 돈다."),
            en: StepText(
                "Launch the shim",
                "The shim is a small program that stays as the parent of the container's process and keeps its terminal, log and "
                    + "exit code. Thanks to it the container outlives the engine.")),
        CatalogueEntry(
            "start.clone",
            ko: StepText(
                "새 네임스페이스에서 프로세스 낳기",
                "컨테이너의 첫 프로세스가 태어난다. 마운트, 프로세스 번호, 호스트 이름, IPC, 네트워크가 처음부터 따로라서 호스트의 것이 보이지 않는다."),
            en: StepText(
                "Give birth in new namespaces",
                "The container's first process is born, with mounts, process numbers, host name, IPC and network apart from the "
                    + "start, so that it sees nothing of the host's.")),
        CatalogueEntry(
            "start.cgroup.enter",
            ko: StepText(
                "cgroup에 넣기",
                "아직 아무것도 실행하지 않은 프로세스를 장부에 올린다. 이제 그것이 낳는 모든 프로세스도 같은 장부에 적힌다."),
            en: StepText(
                "Put it into the cgroup",
                "The process enters the account book before it has done anything. From here on every process it creates is "
                    + "booked there too.")),
        CatalogueEntry(
            "start.network.veth",
            ko: StepText(
                "가상 랜선 잇기",
                "veth는 양끝이 있는 가상 랜선이다. 한쪽은 호스트의 브리지에 꽂고, 다른 쪽은 컨테이너의 네트워크 네임스페이스 안으로 넘긴다."),
            en: StepText(
                "Plug in a virtual cable",
                "A veth is a network cable with two ends: one is plugged into the host's bridge, the other handed into the "
                    + "container's network namespace.")),
        CatalogueEntry(
            "start.record",
            ko: StepText(
                "실행 중임을 기록",
                "첫 프로세스의 번호와 주소를 적어 둔다. ps와 inspect가 보여 주는 것, 다음 엔진이 이어받는 것이 바로 이 기록이다."),
            en: StepText(
                "Record that it runs",
                "The process and its address are written down. This is what ps and inspect show, and what the next engine takes "
                    + "over from.")),
    ]
}
