import Basics
import Narration

/// Explains the outcome of a command by the engine's notes of it and by its state.
struct WhyExplainer {
    let evidence: WhyEvidence
    private var language: Language { evidence.language }

    /// Of one command with many names, as many are explained.
    private static let most = 8

    private func tell(_ phrase: WhyPhrase, _ values: String...) -> String { phrase.text(language, values) }

    func answers() -> [WhyAnswer] {
        guard !evidence.requests.isEmpty else { return [withoutRequests()] }
        let weighty = evidence.requests.filter { !$0.isRead || $0.isRefused }
        var answers: [WhyAnswer] = []
        var isRemovalTold = false
        for request in weighty.prefix(Self.most) {
            // One command may take several names away: what it did is told once, by its operations.
            if request.method == "DELETE", request.pieces.first == "images", !request.isRefused {
                if isRemovalTold { continue }
                isRemovalTold = true
            }
            answers += explain(request)
        }
        if weighty.count > Self.most { answers.append(WhyAnswer(tell(.more, "\(weighty.count - Self.most)"))) }
        if answers.isEmpty { answers = [weighty.isEmpty ? looked() : plain(weighty)] }
        return answers
    }

    // MARK: Commands of which nothing reached the engine

    private func withoutRequests() -> WhyAnswer {
        if evidence.isTooOld { return WhyAnswer(tell(.tooOld)) }
        guard let status = evidence.asked.status, status != 0 else { return WhyAnswer(tell(.askedNothing)) }
        if !evidence.asked.isDockers { return WhyAnswer(tell(.bashOnly, "\(status)")) }
        if status == 130 { return WhyAnswer(tell(.interrupted)) }
        return WhyAnswer(tell(.neverAsked, "\(status)"), tell(.neverAskedTry))
    }

    private func looked() -> WhyAnswer {
        WhyAnswer(tell(.looked), evidence: evidence.requests.prefix(4).map { "\(printable($0.words)) → \($0.status)" })
    }

    /// Done, and nothing is known that made it special.
    private func plain(_ requests: [WhyEvidence.Request]) -> WhyAnswer {
        // What ended badly all the same did not "work": that much is known.
        let status = evidence.asked.status ?? 0
        return WhyAnswer(
            status == 0 ? tell(.worked) : tell(.endedOtherwise, "\(status)"),
            evidence: requests.prefix(4).map { "\(printable($0.words)) → \($0.status)" })
    }

    // MARK: One request

    private func explain(_ request: WhyEvidence.Request) -> [WhyAnswer] {
        let pieces = request.pieces
        switch (request.method, pieces.first, pieces.count > 1 ? pieces.last : nil) {
        case ("DELETE", "images", _): return WhyRemoval(evidence: evidence).image(request)
        case ("DELETE", "containers", _): return WhyRemoval(evidence: evidence).container(request)
        case ("DELETE", "volumes", _): return WhyRemoval(evidence: evidence).volume(request)
        case ("POST", "build", _): return [build(request)]
        case ("POST", "commit", _): return commit(request)
        case ("POST", "images", "create"): return pull(request)
        case ("POST", "images", "push"): return [WhyRegistry(evidence: evidence).push(request)]
        case ("POST", "auth", _): return WhyRegistry(evidence: evidence).login(request).map { [$0] } ?? []
        case ("POST", "exec", "start"): return WhyExec(evidence: evidence).started(request).map { [$0] } ?? []
        case ("POST", "containers", "create"):
            guard request.isRefused else { return [] }
            // Not here: the client then asks for a pull, which is told below.
            let isPulled = request.status == 404 && evidence.requests.contains { $0.path == "/images/create" }
            return isPulled ? [] : [WhyStart(evidence: evidence).notMade(request)]
        case ("POST", "containers", "start"):
            if (request.error ?? "").contains("No such container") { break }
            return request.isRefused ? [WhyStart(evidence: evidence).notStarted(request)] : ended(pieces[1])
        case ("POST", "containers", "stop"), ("POST", "containers", "kill"), ("POST", "containers", "restart"):
            if request.isRefused { break }
            return request.status == 304 ? [WhyAnswer(tell(.notRunning, printable(pieces[1])))] : ended(pieces[1], by: request)
        case ("POST", "containers", "attach"), ("POST", "containers", "wait"), ("POST", "containers", "resize"):
            if !request.isRefused { return [] }
        default: break
        }
        return request.isRefused ? [refused(request, pieces)] : []
    }

    private func refused(_ request: WhyEvidence.Request, _ pieces: [String]) -> WhyAnswer {
        let error = printable(request.error ?? "")
        let name = printable(pieces.count > 1 ? pieces[1] : "")
        if request.status == 404, error.contains("No such container") {
            return WhyAnswer(tell(.noSuchContainer, name), evidence: [error])
        }
        if error.contains("No such image") { return WhyAnswer(tell(.noSuchImage, name), evidence: [error]) }
        if error.contains("is already in use by container") { return WhyStart(evidence: evidence).notMade(request) }
        if error.hasSuffix("is not running"), pieces.first == "containers",
            let ending = evidence.state("/drydock/containers/\(name)/ending")
        {
            var answer = WhyExit(evidence: evidence).answer(ending)
            answer.text.insert(tell(pieces.last == "exec" ? .needsRunning : .notRunning, name), at: 0)
            answer.evidence.insert(error, at: 0)
            return answer
        }
        return WhyAnswer(tell(.refused, error.isEmpty ? "\(request.status)" : error), evidence: [printable(request.words)])
    }

    /// What became of a container that was started or told to end.
    private func ended(_ id: String, by request: WhyEvidence.Request? = nil) -> [WhyAnswer] {
        guard let ending = evidence.state("/drydock/containers/\(id)/ending") else {
            return [WhyAnswer(tell(.endUnknown, String(id.prefix(12))))]
        }
        let exit = WhyExit(evidence: evidence)
        if let signal = request?.query["signal"], ending["status"]?.stringValue == "running", let answer = exit.runsOn(id, signal, ending) {
            return [answer]
        }
        return [exit.answer(ending)]
    }

    private func build(_ request: WhyEvidence.Request) -> WhyAnswer {
        if request.isRefused { return WhyAnswer(tell(.buildRefused), evidence: [printable(request.error ?? "")]) }
        if request.query["explain"] == "1" { return WhyAnswer(tell(.buildExplained)) }
        let story = evidence.story(of: request)
        guard let error = request.error else {
            return story.map { WhyBuild(language: language).answer($0) } ?? WhyAnswer(tell(.buildNoStory))
        }
        var answer = story.map { WhyBuild(language: language).answer($0) } ?? WhyAnswer()
        if let place = error.firstRange(of: "file not found in build context or excluded by .dockerignore: stat ") {
            let file = printable(String(error[place.upperBound...].prefix { $0 != ":" }))
            // Behind the sentence that names the step, where there is one; which has the error below it.
            answer.text.insert(tell(.buildNoFile, file), at: min(1, answer.text.count))
            if !answer.evidence.contains(printable(error)) { answer.evidence.insert(printable(error), at: 0) }
        } else if let pull = evidence.operations.last(where: { $0.verb == "pull" }), pull.error != nil {
            // The engine's notes name no image; its sentence may.
            let told = WhyStart(evidence: evidence).notPulled(WhyStart.image(in: error) ?? "FROM", error)
            answer.text += [tell(.buildNoBase)] + told.text
            answer.evidence += told.evidence
        } else if answer.text.isEmpty {
            answer = WhyAnswer(tell(.buildStopped), evidence: [printable(error)])
        }
        return answer
    }

    private func commit(_ request: WhyEvidence.Request) -> [WhyAnswer] {
        if request.isRefused { return [WhyAnswer(tell(.refused, printable(request.error ?? "")))] }
        let container = request.query["container"] ?? ""
        let name = [request.query["repo"] ?? "", request.query["tag"] ?? ""].filter { !$0.isEmpty }.joined(separator: ":")
        guard !name.isEmpty, let image = evidence.state("/images/\(name)/json"), let base = evidence.state("/containers/\(container)/json"),
            let parent = base["Image"]?.stringValue.flatMap({ evidence.state("/images/\($0)/json") })
        else { return [WhyAnswer(tell(.worked))] }
        let layers = Self.layers(image)
        let below = Self.layers(parent)
        let shared = zip(layers, below).prefix { $0 == $1 }.count
        let parentName = WhyEvidence.names(of: parent).first ?? WhyEvidence.short(parent["Id"]?.stringValue ?? "")
        return [
            WhyAnswer(
                tell(
                    .commitDone, printable(name), "\(layers.count)", "\(shared)", printable(parentName), "\(layers.count - shared)",
                    printable(container)))
        ]
    }

    static func layers(_ image: JSONValue) -> [String] { image["RootFS"]?["Layers"]?.arrayValue?.compactMap(\.stringValue) ?? [] }

    private func pull(_ request: WhyEvidence.Request) -> [WhyAnswer] {
        let image = request.query["fromImage"] ?? ""
        guard !image.isEmpty else { return [] }
        let tag = request.query["tag"] ?? ""
        let name = tag.isEmpty ? image : "\(image)\(tag.hasPrefix("sha256:") ? "@" : ":")\(tag)"
        let operation = evidence.operations.last { $0.verb == "pull" }
        let start = WhyStart(evidence: evidence)
        if let error = request.error ?? operation?.error { return [start.notPulled(name, error)] }
        if request.isRefused { return [start.notPulled(name, "\(request.status)")] }
        let why = evidence.requests.contains { $0.path == "/containers/create" && $0.status == 404 && $0.number < request.number }
        var answer = start.pulled(name, operation)
        if why { answer.text.insert(tell(.pulledFor, printable(name)), at: 0) }
        return [answer]
    }

    // MARK: A thing

    /// `why web`: how a container has ended. `why web:1`: who needs an image.
    /// - Returns: nil when there is neither.
    func about(_ thing: String) -> [WhyAnswer]? {
        if let ending = evidence.state("/drydock/containers/\(thing)/ending") { return [WhyExit(evidence: evidence).answer(ending)] }
        guard let image = evidence.state("/images/\(thing)/json"), let id = image["Id"]?.stringValue else { return nil }
        let holders = evidence.holders(ofImage: id)
        var answer = WhyAnswer()
        let names = holders.names
        let isFree = holders.children.isEmpty && holders.containers.isEmpty
        if names.count > 1, names.contains(thing) || names.contains("\(thing):latest") {
            answer.text.append(tell(.imageOneName, printable(thing)))
        } else {
            answer.text.append(tell(isFree ? .imageFree : .imageHeld, printable(thing)))
        }
        if names.count > 1 { answer.text.append(tell(.holdsName, names.map(printable).joined(separator: ", "))) }
        if !holders.children.isEmpty {
            answer.text.append(tell(.holdsChild, holders.children.map { printable($0) }.joined(separator: ", ")))
        }
        if !holders.containers.isEmpty {
            answer.text.append(tell(.holdsContainer, holders.containers.map(evidence.describe).joined(separator: ", ")))
        }
        return [answer]
    }
}
