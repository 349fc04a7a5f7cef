import Basics
import Dockerfile
import TextTools

/// `build --explain`: what each step would find in the cache, and why, as the engine has found out.
struct BuildExplanation {
    let language: Language

    /// One step, on a line or more.
    func text(_ record: JSONValue) -> String {
        let step = record["Step"]?.intValue ?? 0
        let count = record["Of"]?.intValue ?? 0
        let result = record["Result"]?.stringValue ?? ""
        var text = "Step \(step)/\(count) : \(record["Instruction"]?.stringValue ?? "")\n"
        text += " ---> \(result)"
        if let image = record["Image"]?.stringValue { text += " \(image)" }
        let details = record["Details"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if let why = record["Why"]?.stringValue { text += ": \(reason(why))" }
        text += "\n"
        for detail in details { text += "      \(detail)\n" }
        return text
    }

    private func reason(_ code: String) -> String {
        let (english, korean): (String, String) =
            switch code {
            case "no-cache": ("--no-cache: the cache isn't asked", "--no-cache: 캐시를 쓰지 않는다")
            case "after-miss": ("a step before it has to be done anew, so this one too", "앞의 단계를 새로 해야 하므로 이 단계도 새로 한다")
            case "after-unknown": ("it depends on a step that can't be told", "앞의 단계를 알 수 없으므로 이 단계도 알 수 없다")
            case "no-image": ("the base image isn't here, and telling pulls nothing", "바탕 이미지가 여기에 없고, 설명만 하려고 받지는 않는다")
            case "address": ("only what is fetched from there would tell, and telling fetches nothing", "받아 봐야 알 수 있는데, 설명만 하려고 받지는 않는다")
            case "nothing-built": ("nothing has been built yet on this image", "이 이미지 위에서 빌드한 것이 아직 없다")
            case "files": ("the files have changed (name: old → new digest)", "파일이 바뀌었다 (이름: 전 다이제스트 → 새 다이제스트)")
            case "argument": ("a build argument has another value", "빌드 인자의 값이 다르다")
            case "configuration": ("the same instruction, but with other settings", "명령어는 같지만 다음 설정이 다르다")
            case "instruction": ("another instruction than the one that was built here last", "여기서 마지막으로 빌드한 명령어와 다르다")
            default: (code, code)
            }
        return language == .korean ? korean : english
    }
}

/// `build --advise`: the pitfalls of a Dockerfile, each with its reason.
struct BuildAdvice {
    let language: Language
    /// Columns of the terminal; nil where reasons stay in one line.
    let width: Int?

    func text(_ advice: DockerfileAdvice) -> String {
        let (english, korean) = Self.reasons(advice.pitfall)
        let place = language == .korean ? "\(advice.line)행" : "line \(advice.line)"
        let reason = language == .korean ? korean : english
        let lines = wrap(reason, width: width.map { min($0, 100) } ?? 0, indent: "    ", hanging: "    ")
        return "\(place): \(advice.instruction)\n\(lines.joined(separator: "\n"))\n"
    }

    var nothing: String { language == .korean ? "눈에 띄는 문제가 없다.\n" : "Nothing stands out.\n" }

    private static func reasons(_ pitfall: DockerfileAdvice.Pitfall) -> (String, String) {
        switch pitfall {
        case .copyBeforeInstall:
            (
                "Each changed file makes the packages be installed anew: copy what names them first, install, and copy the rest after that.",
                "파일 하나만 바뀌어도 패키지를 다시 설치한다. 패키지 목록 파일만 먼저 복사해 설치하고, 나머지는 그 뒤에 복사한다."
            )
        case .updateAlone:
            (
                "The cache keeps this list of packages for ever: write update and install in one RUN, joined by &&.",
                "캐시가 옛 패키지 목록을 계속 쓴다. update와 install을 &&로 이어 한 RUN에 쓴다."
            )
        case .aptLists:
            (
                "The package lists stay in this layer; what a later step removes still takes its place. End this RUN with && rm -rf /var/lib/apt/lists/*.",
                "패키지 목록이 이 계층에 남는다. 뒤의 단계에서 지워도 크기는 줄지 않는다. 같은 RUN 끝에 && rm -rf /var/lib/apt/lists/*를 붙인다."
            )
        case .aptAsks: ("Nobody is there to answer apt's question: add -y.", "빌드 중에는 물음에 답할 수 없다. -y를 붙인다.")
        case .secret:
            (
                "Whoever has the image can read this (docker inspect, docker history): give secrets when the container is run.",
                "이미지를 가진 사람은 누구나 읽을 수 있다(docker inspect, docker history). 비밀 값은 컨테이너를 실행할 때 준다."
            )
        case .addForCopy:
            (
                "COPY does the same and no more; ADD also unpacks archives and fetches addresses, which surprises.",
                "파일만 복사한다면 COPY가 낫다. ADD는 압축을 풀고 주소에서 받아 오기도 해서 뜻밖의 일이 생긴다."
            )
        case .movingBase:
            (
                "Without a tag this is another image tomorrow: name one, such as debian:12.",
                "태그가 없으면 내일은 다른 이미지일 수 있다. debian:12처럼 태그를 적는다."
            )
        case .overridden: ("A later one of the same kind takes its place.", "뒤에 나오는 같은 명령어가 이것을 대신한다.")
        case .changeFolder:
            ("cd holds for its own step alone: use WORKDIR.", "cd는 그 단계에서만 통한다. WORKDIR를 쓴다.")
        case .lateRemoval:
            (
                "What is removed here stays in the layers below: remove it in the RUN that made it.",
                "여기서 지워도 아래 계층에는 그대로 남는다. 만든 RUN 안에서 지운다."
            )
        }
    }
}
