import Basics
import DockerCLI
import Narration
import TextTools

/// `help`: what there is, grouped; `help run` is Docker's own help of that command.
struct Help {
    let settings: Settings
    let environment: Environment

    /// - Returns: the exit code.
    func run(_ topics: [String]) -> Int32 {
        if let topic = topics.first, !ShellWords.names.contains(topic), !OwnVerbs.names.contains(topic) {
            return DockerCommand(settings: settings, environment: environment, ownsNarrationFile: false).run(topics + ["--help"])
        }
        say(text(width: Appearance(descriptor: 1, environment: environment).width))
        return 0
    }

    private struct Entry {
        let left: String
        let en: String
        let ko: String

        init(_ left: String, _ en: String, _ ko: String) {
            self.left = left
            self.en = en
            self.ko = ko
        }
    }

    private struct Group {
        let en: String
        let ko: String
        let entries: [Entry]
    }

    func text(width: Int) -> String {
        let isKorean = settings.language == .korean
        var lines: [String] = []
        for group in Self.groups {
            lines.append(isKorean ? group.ko : group.en)
            for entry in group.entries { lines += row(entry.left, isKorean ? entry.ko : entry.en, width) }
            lines.append("")
        }
        let known = Set(Self.groups.flatMap(\.entries).flatMap { $0.left.split { $0 == " " || $0 == "," }.map(String.init) })
        let others = DockerWords.names.filter { !known.contains($0) }.sorted()
        if !others.isEmpty {
            lines.append(isKorean ? "그 밖의 도커 명령" : "Other commands of Docker's")
            lines += wrap(others.joined(separator: " "), width: width, indent: "  ", hanging: "  ")
            lines.append("")
        }
        for rule in isKorean ? Self.koreanRules : Self.englishRules { lines += wrap(rule, width: width) }
        return lines.joined(separator: "\n")
    }

    private func row(_ left: String, _ right: String, _ width: Int) -> [String] {
        let column = 28
        let head = "  " + left
        let padding = String(repeating: " ", count: max(2, column - head.count))
        return wrap(right, width: width, indent: head + padding, hanging: String(repeating: " ", count: column))
    }

    private static let groups: [Group] = [
        Group(
            en: "Containers", ko: "컨테이너",
            entries: [
                Entry("run", "pull, create, start and attach in one", "pull, create, start, attach를 한 번에"),
                Entry("create", "make a container without starting it", "시작하지 않고 만들기만"),
                Entry("start, restart", "start a stopped one; two or three letters of its ID are enough", "정지된 컨테이너 시작. ID는 앞 두세 글자면 된다"),
                Entry("attach", "join your terminal to it; leave it running with Ctrl-P Ctrl-Q", "내 터미널 잇기. Ctrl-P Ctrl-Q로 나오면 계속 돈다"),
                Entry("ps", "list them (-a: stopped ones too)", "목록 (-a: 정지된 것까지)"),
                Entry("stop, kill, wait", "end it politely, end it at once, wait for its end", "정중히 끝내기, 당장 끝내기, 끝나기를 기다리기"),
                Entry("logs", "what it has printed", "지금까지 출력한 것"),
                Entry("inspect", "everything known about it", "알려진 모든 것"),
                Entry("rm, container prune", "remove one, remove all stopped ones", "하나 지우기, 정지된 것 모두 지우기"),
            ]),
        Group(
            en: "Images", ko: "이미지",
            entries: [
                Entry("pull", "fetch an image", "이미지 내려받기"),
                Entry("build PATH", "make an image by a Dockerfile", "Dockerfile대로 이미지 만들기"),
                Entry("images, history", "list images, how one came about", "이미지 목록, 한 이미지의 내력"),
                Entry("commit, diff", "an image of a container's changes, the changes alone", "컨테이너가 바꾼 것으로 이미지 만들기, 바꾼 것 보기"),
                Entry("tag, rmi, image prune", "add a name, take it away, remove what has none", "이름 더하기, 떼기, 이름 없는 것 지우기"),
                Entry("save, load", "images as a file, and back", "이미지를 파일로, 파일에서 다시"),
                Entry("export, import", "a container's files as a file, and as an image", "컨테이너의 파일을 파일로, 그것을 이미지로"),
            ]),
        Group(
            en: "See how it is done", ko: "어떻게 하는지 보기",
            entries: [
                Entry(
                    "narrate off|brief|full", "tell each step: one line, or what, why and every kernel call",
                    "단계마다 설명: 한 줄로, 또는 무엇을 왜 하는지와 커널 호출까지"),
                Entry("step on|off", "stop before and after each step", "단계마다 앞뒤에서 멈추기"),
                Entry("break ID, unbreak [ID]", "stop at one step only, e.g. break start.mount", "한 단계에서만 멈추기. 예: break start.mount"),
                Entry("layers [IMAGE]", "draw who shares which layers, and what each would free", "누가 어떤 계층을 나누어 쓰는지, 지우면 얼마가 비는지 그리기"),
                Entry("layers --svg FILE", "the same as a picture", "같은 것을 그림 파일로"),
                Entry(
                    "layers --files IMAGE", "what each layer adds (A), changes (C), deletes (D)", "계층마다 더한 것(A), 바꾼 것(C), 지운 것(D)"),
                Entry(
                    "context [PATH]", "what a build would send, and what .dockerignore leaves out",
                    "build가 무엇을 보내고 .dockerignore가 무엇을 빼는지 보기"),
                Entry(
                    "build --explain PATH", "what each step would find in the cache, and why; builds nothing",
                    "단계마다 캐시에서 무엇을 찾을지와 그 까닭. 빌드하지 않는다"),
                Entry(
                    "build --advise PATH", "the pitfalls of a Dockerfile, each with its reason", "Dockerfile의 함정과 까닭. 빌드하지 않는다"),
                Entry(
                    "stages [IMAGE]", "how an image was built: what each step added, what stayed in which stage (--svg FILE: as a picture)",
                    "이미지가 어떻게 빌드되었나: 단계마다 더한 것과 스테이지에 남은 것 (--svg 파일: 그림으로)"),
                Entry(
                    "look-inside CONTAINER", "a throw-away shell over what a stopped container has left",
                    "정지된 컨테이너가 남긴 파일 위에 버릴 셸 열기"),
                Entry(
                    "timeline [N]", "the last operations with the time of each step (--html FILE: for a browser)",
                    "마지막 작업들과 단계마다 걸린 시간 (--html 파일: 브라우저용)"),
                Entry(
                    "by-hand run …", "do it, and print a shell script that does the same without drydock (-o FILE)",
                    "실행하고, drydock 없이 똑같이 하는 셸 스크립트를 출력 (-o 파일)"),
                Entry("back, forth", "look at earlier steps and their evidence; changes nothing", "지난 단계와 그 증거 다시 보기. 아무것도 바꾸지 않는다"),
                Entry(
                    "why [CONTAINER|IMAGE]", "why the last command ended as it did; why a thing is as it is, by what the engine has noted",
                    "마지막 명령이 왜 그렇게 끝났나, 컨테이너나 이미지가 왜 그런가: 엔진의 기록으로 답한다"),
                Entry("watch", "tell what any client of the engine does", "누가 시킨 일이든 엔진이 하는 일을 지켜보기"),
                Entry(
                    "doctor [--repair]", "list (and sweep) what is left over in the kernel and on disk", "커널과 디스크에 남은 것을 찾기 (--repair: 치우기)"
                ),
            ]),
        Group(
            en: "Learn", ko: "배우기",
            entries: [
                Entry(
                    "predict on|off", "be asked before a command what it will do, and told what it did", "명령 전에 무슨 일이 일어날지 맞혀 보고, 실제와 까닭 듣기"
                ),
                Entry("lesson list", "all lessons, and how far you are", "실습 모두와 진도"),
                Entry("lesson start [NUMBER]", "begin one, or go on; lesson alone tells the rest", "시작하거나 잇기. lesson만 쓰면 나머지 설명"),
                Entry("record start|stop [FILE]", "write down what is done here, without passwords", "여기서 하는 일을 비밀번호 없이 기록"),
                Entry(
                    "transcript show|play FILE", "look at a recording; export --asciicast: for asciinema",
                    "기록 보기. export --asciicast: asciinema용"),
            ]),
        Group(
            en: "drydock", ko: "drydock",
            entries: [
                Entry("hub [status|fill]", "the lab hub: images without a network", "실습용 허브: 네트워크 없이 쓰는 이미지"),
                Entry("version, info", "versions, and the state of the engine", "판 번호와 엔진의 상태"),
                Entry("shutdown", "end the engine; containers run on", "엔진 끝내기. 컨테이너는 계속 돈다"),
                Entry("lang ko|en", "the language of explanations", "설명하는 언어"),
                Entry("fg, history, exit", "go on with a stopped command, earlier lines, leave", "멈춘 명령 잇기, 지난 줄, 나가기"),
                Entry("help COMMAND", "Docker's help of a command, e.g. help run", "그 명령의 도움말. 예: help run"),
            ]),
    ]

    private static let englishRules = [
        "Lines are Docker's commands, with or without the word docker; every other line is bash's, and so is one with pipes, &&, "
            + "redirections, $, globs or assignments. There, write docker in front.",
        "Names that Docker and the host share (ps, rm, kill, wait, top, cp, diff, export, history …) are Docker's unless only the "
            + "host's makes sense: ps aux, rm -r dir, rm a-file, kill -9 1234, cp a b. docker ps is always Docker's, command ps always the host's.",
    ]
    private static let koreanRules = [
        "docker를 붙이든 떼든 도커 명령이고, 나머지 줄은 bash가 실행한다. 파이프, &&, 리다이렉션, $, 글롭, 대입이 있는 줄도 bash의 것이니 그 안에서는 docker를 붙여 쓴다.",
        "도커와 호스트에 같은 이름이 있으면(ps, rm, kill, wait, top, cp, diff, export, history …) 호스트의 것으로만 말이 될 때(ps aux, rm -r 디렉터리, rm 파일, "
            + "kill -9 1234, cp a b)를 빼고는 도커 명령이다. docker ps는 늘 도커의 것, command ps는 늘 호스트의 것이다.",
    ]
}
