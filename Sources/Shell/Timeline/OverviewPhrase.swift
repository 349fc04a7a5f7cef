import Narration

/// What the timeline's page says of namespaces and of the network, both languages side by side.
enum OverviewPhrase: CaseIterable, Sendable {
    case operations
    case namespaces, namespacesNote, own, hosts, wentIn
    case network, networkNote, host, bridge, rules, rulesPorts, gateway, hostNetwork, noNetwork
    case ended, removed, takenBack, more
    case mounts, processes, hostName, messages, networkKind, cgroup, users, clocks

    var texts: (en: String, ko: String) {
        switch self {
        case .operations: ("Operations", "작업")
        case .namespaces: ("Namespaces", "네임스페이스")
        case .namespacesNote:
            (
                "What /proc/PID/ns said of each first process when it had been made, and of an exec when it had gone in. Once a namespace is gone, the kernel may give its number again.",
                "첫 프로세스를 만든 직후와 exec가 들어간 직후에 /proc/PID/ns에서 읽은 것이다. 네임스페이스가 사라지면 커널은 그 번호를 다시 쓸 수 있다."
            )
        case .own: ("its own", "따로")
        case .hosts: ("host's", "호스트 것")
        case .wentIn: ("joined", "들어감")
        case .network: ("Network", "네트워크")
        case .networkNote:
            (
                "As the steps of each start recorded it. A dashed frame is a container's own network namespace.",
                "컨테이너를 시작할 때 단계마다 기록한 것이다. 점선 테두리는 컨테이너의 네트워크 네임스페이스다."
            )
        case .host: ("The host", "호스트")
        case .bridge: ("bridge", "브리지")
        case .rules: ("Rules that nft was given for the bridge", "브리지를 만들 때 nft에 준 규칙")
        case .rulesPorts: ("Rules that nft was given for these ports", "이 포트를 위해 nft에 준 규칙")
        case .gateway: ("gateway %1", "게이트웨이 %1")
        case .hostNetwork: ("The host's own network, no interface of their own:", "호스트의 네트워크를 그대로 쓰는 컨테이너:")
        case .noNetwork: ("Loopback (lo) alone, no way out:", "루프백(lo)뿐이고 밖으로 나갈 길이 없는 컨테이너:")
        case .ended: ("ended at %1 UTC", "%1 UTC에 끝남")
        case .removed: ("removed at %1 UTC", "%1 UTC에 지움")
        case .takenBack: ("failed, and was taken back", "실패해서 되돌림")
        case .more: ("… and %1 more", "… 그 밖에 %1개")
        case .mounts: ("mounts", "마운트")
        case .processes: ("process ids", "프로세스 번호")
        case .hostName: ("host name", "호스트 이름")
        case .messages: ("shared memory", "공유 메모리")
        case .networkKind: ("interfaces", "인터페이스")
        case .cgroup: ("its root", "뿌리")
        case .users: ("user numbers", "사용자 번호")
        case .clocks: ("clocks", "시계")
        }
    }

    /// What a kind of namespace is about; nil for one that is not known here.
    static func meaning(of kind: String) -> OverviewPhrase? {
        switch kind {
        case "mnt": .mounts
        case "pid": .processes
        case "uts": .hostName
        case "ipc": .messages
        case "net": .networkKind
        case "cgroup": .cgroup
        case "user": .users
        case "time": .clocks
        default: nil
        }
    }

    func text(_ language: Language, _ values: String...) -> String { filled(language == .korean ? texts.ko : texts.en, values) }
}
