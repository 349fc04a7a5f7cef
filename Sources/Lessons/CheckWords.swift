import Narration

/// Says a check, and what was found in its place, to people.
extension Check {
    /// One line: `image commit_test:first: layers should be 4 (now 3)`.
    /// - Parameters:
    ///   - found: what is there; nil to leave it out.
    ///   - values: what steps before have kept.
    public func text(_ language: Language, found: Observation? = nil, values: [String: String] = [:]) -> String {
        let name = KeptValues.fill(subject.words(language), values)
        let wish = wish(language, values)
        guard let found else { return language == .korean ? "\(name): \(wish)" : "\(name) \(wish)" }
        let now = found.words(language)
        return language == .korean ? "\(name): \(wish) (지금: \(now))" : "\(name) \(wish) (now: \(now))"
    }

    private func wish(_ language: Language, _ values: [String: String]) -> String {
        let what = KeptValues.fill(property.words(language), values)
        switch expectation {
        case .exists where property == .status: return language == .korean ? "엔진에 물어보아야 한다" : "should be asked of the engine"
        case .exists:
            if language == .korean { return what.isEmpty ? "있어야 한다" : "\(Josa.subject.after(what)) 있어야 한다" }
            return what.isEmpty ? "should exist" : "should have \(what)"
        case .absent:
            if language == .korean { return what.isEmpty ? "없어야 한다" : "\(Josa.subject.after(what)) 없어야 한다" }
            return what.isEmpty ? "should not exist" : "should not have \(what)"
        case .compares(let comparison, let value):
            let value = Self.quoted(KeptValues.fill(value, values))
            if language == .korean { return "\(what.isEmpty ? "" : Josa.topic.after(what) + " ")\(comparison.korean(value))" }
            return "should have \(what.isEmpty ? "a text" : what) \(comparison.english(value))"
        }
    }

    static func quoted(_ text: String) -> String {
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "⏎")
        return line.count > 60 ? "\"\(line.prefix(57))…\"" : Int(line) != nil ? line : "\"\(line)\""
    }
}

extension Subject {
    func words(_ language: Language) -> String {
        let isKorean = language == .korean
        switch self {
        case .container(let name): return isKorean ? "컨테이너 \(name)" : "container \(name)"
        case .image(let name): return isKorean ? "이미지 \(name)" : "image \(name)"
        case .volume(let name): return isKorean ? "볼륨 \(name)" : "volume \(name)"
        case .network(let name): return isKorean ? "네트워크 \(name)" : "network \(name)"
        case .file(let path): return isKorean ? "파일 \(path)" : "file \(path)"
        case .containers: return isKorean ? "컨테이너 모두" : "all containers"
        case .images: return isKorean ? "이미지 모두" : "all images"
        case .volumes: return isKorean ? "볼륨 모두" : "all volumes"
        case .output: return isKorean ? "명령이 출력한 것" : "what the commands print"
        case .asked(let request):
            guard let command = RequestWords.command(request) else { return isKorean ? "요청 \(request)" : "the request \(request)" }
            return isKorean ? "`\(command)` 명령의 요청 (\(request))" : "the request of `\(command)` (\(request))"
        }
    }
}

extension Property {
    func words(_ language: Language) -> String {
        let (english, korean) = both
        return language == .korean ? korean : english
    }

    private var both: (String, String) {
        switch self {
        case .existence, .text: ("", "")
        case .state: ("the state", "상태")
        case .exitCode: ("the exit code", "종료 코드")
        case .ip: ("the address", "IP 주소")
        case .logs: ("logs", "로그")
        case .health: ("the health", "건강 상태")
        case .image: ("the image", "이미지")
        case .id: ("the id", "ID")
        case .layers: ("a number of layers", "계층 수")
        case .sharedLayers(let other): ("a number of layers shared with \(other)", "\(Josa.and.after(other)) 나누어 쓰는 계층 수")
        case .author: ("the author", "만든 이(author)")
        case .comment: ("the comment", "설명(comment)")
        case .user: ("the user", "사용자(USER)")
        case .command: ("the command", "명령(CMD)")
        case .entrypoint: ("the entrypoint", "ENTRYPOINT")
        case .workdir: ("the working directory", "작업 디렉터리")
        case .parent: ("the parent", "부모 이미지")
        case .size: ("a size", "크기")
        case .environment(let name): ("the environment variable \(name)", "환경 변수 \(name)")
        case .label(let key): ("the label \(key)", "라벨 \(key)")
        case .inspect(let place): ("\(place) in inspect", "inspect의 \(place)")
        case .file(let path): ("the file \(path)", "파일 \(path)")
        case .changed(let path): ("a change of \(path)", "\(path)의 변경")
        case .count: ("a count", "개수")
        case .running: ("a number of running ones", "실행 중인 개수")
        case .dangling: ("a number of nameless ones", "이름 없는(dangling) 개수")
        case .status: ("the answer's status", "응답 상태")
        }
    }
}

extension Comparison {
    func english(_ value: String) -> String {
        switch self {
        case .equal: "of \(value)"
        case .notEqual: "other than \(value)"
        case .less: "below \(value)"
        case .atMost: "of \(value) at most"
        case .more: "above \(value)"
        case .atLeast: "of \(value) at least"
        case .contains: "with \(value) in it"
        case .lacks: "without \(value)"
        case .matches: "like \(value)"
        }
    }

    func korean(_ value: String) -> String {
        switch self {
        case .equal: Josa.mustBe.after(value)
        case .notEqual: Josa.subject.after(value) + " 아니어야 한다"
        case .less: "\(value)보다 작아야 한다"
        case .atMost: "\(value) 이하여야 한다"
        case .more: "\(value)보다 커야 한다"
        case .atLeast: "\(value) 이상이어야 한다"
        case .contains: Josa.object.after(value) + " 담고 있어야 한다"
        case .lacks: Josa.object.after(value) + " 담고 있지 않아야 한다"
        case .matches: "\(value) 꼴이어야 한다"
        }
    }
}

extension Observation {
    /// Short, for one line.
    public func words(_ language: Language) -> String {
        switch self {
        case .absent: language == .korean ? "없음" : "not there"
        case .text(let text): Check.quoted(text)
        case .list(let texts):
            texts.isEmpty ? (language == .korean ? "없음" : "none") : texts.prefix(4).map(Check.quoted).joined(separator: ", ")
        case .unanswerable(let why): why
        }
    }
}
