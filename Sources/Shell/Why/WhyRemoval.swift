import Basics
import Narration

/// Why something was removed, only untagged, or not removed.
struct WhyRemoval {
    let evidence: WhyEvidence
    private var language: Language { evidence.language }

    private func tell(_ phrase: WhyPhrase, _ values: String...) -> String { phrase.text(language, values) }

    // MARK: Images

    /// `DELETE /images/NAME`.
    func image(_ request: WhyEvidence.Request) -> [WhyAnswer] {
        let name = printable(request.pieces.dropFirst().joined(separator: "/"))
        if request.isRefused { return [refusedImage(name, request.error ?? "")] }
        return evidence.operations.filter { $0.verb == "rmi" }.compactMap(removed)
    }

    /// What one `rmi` did, by its own notes.
    private func removed(_ operation: PastOperation) -> WhyAnswer? {
        let steps = operation.steps.filter { !$0.isUndo && $0.error == nil }
        var answer = WhyAnswer()
        let gone = steps.filter { $0.id == "rmi.untag" }.flatMap { $0.values("name") }
        // What the last of the steps that took a name away found left.
        let left = steps.last { $0.id == "rmi.untag" }?.values("name left") ?? []
        let deletions = steps.filter { $0.id == "rmi.delete" }
        let tags = gone.filter { !$0.contains("@") }.map(printable)
        if deletions.isEmpty, !tags.isEmpty || !gone.isEmpty {
            answer.text.append(tell(.rmiUntagged, (tags.isEmpty ? gone.map(printable) : tags).joined(separator: ", ")))
            answer.text += reasons(names: left, of: steps.last { $0.id == "rmi.kept" })
        }
        if let first = deletions.first {
            let id = WhyEvidence.short(first.values("image").first ?? "")
            answer.text.append(tags.isEmpty ? tell(.rmiDeletedByID, id) : tell(.rmiDeleted, tags.joined(separator: ", "), id))
            let parents = deletions.dropFirst().map { WhyEvidence.short($0.values("image").first ?? "") }
            if !parents.isEmpty { answer.text.append(tell(.rmiParentDeleted, parents.joined(separator: ", "))) }
            if let layers = Self.layers(deletions) { answer.text.append(tell(.rmiLayers, "\(layers.removed)", layers.all)) }
            answer.evidence += kept(by: deletions)
        }
        if !deletions.isEmpty, let kept = steps.last(where: { $0.id == "rmi.kept" }) {
            answer.text.append(tell(.rmiParentKept, WhyEvidence.short(kept.values("image").first ?? "")))
            answer.text += reasons(names: [], of: kept)
        }
        return answer.text.isEmpty ? nil : answer
    }

    private func reasons(names: [String], of kept: PastOperation.Step?) -> [String] {
        var reasons = names.isEmpty ? [] : [tell(.holdsName, names.map(printable).joined(separator: ", "))]
        let children = kept?.values("made on it") ?? []
        if !children.isEmpty {
            reasons.append(tell(.holdsChild, children.map { printable(evidence.describeImage(short: $0)) }.joined(separator: ", ")))
        }
        let containers = kept?.values("container") ?? []
        if !containers.isEmpty { reasons.append(tell(.holdsContainer, containers.map(stateWords).joined(separator: ", "))) }
        return reasons
    }

    /// `web (running)` of the engine's notes, in the user's language.
    private func stateWords(_ text: String) -> String {
        printable(text).replacing(" (running)", with: " (\(tell(.running)))").replacing(" (stopped)", with: " (\(tell(.stopped)))")
    }

    /// `1 of 3` of each image that went: what went of the first one's layers, which are also its parents'.
    private static func layers(_ deletions: [PastOperation.Step]) -> (removed: Int, all: String)? {
        let told = deletions.map { $0.values("layers removed").first?.split(separator: " ").map(String.init) ?? [] }
        guard let first = told.first, told.allSatisfy({ $0.count == 3 }) else { return nil }
        return (told.compactMap { Int($0[0]) }.reduce(0, +), first[2])
    }

    /// For whom layers stayed, of those that are there after the whole command.
    private func kept(by deletions: [PastOperation.Step]) -> [String] {
        let gone = deletions.map { WhyEvidence.short($0.values("image").first ?? "") }
        var order: [String] = []
        var counts: [String: Int] = [:]
        for step in deletions {
            let keepers = step.values("layer kept").filter { !gone.contains($0) }
            for keeper in keepers where !order.contains(keeper) { order.append(keeper) }
            // A parent's layers are among those of the image above it: no second time.
            for keeper in keepers { counts[keeper] = max(counts[keeper] ?? 0, keepers.count { $0 == keeper }) }
        }
        return order.map { tell(.rmiLayersKept, "\(counts[$0] ?? 0)", keeperWords($0)) }
    }

    /// `container web` of the engine's notes in the user's language; an image without a name with those that stand on it.
    private func keeperWords(_ text: String) -> String {
        guard text.hasPrefix("container ") else { return printable(evidence.describeImage(short: text)) }
        return tell(.aContainer, printable(String(text.dropFirst(10))))
    }

    private func refusedImage(_ name: String, _ error: String) -> WhyAnswer {
        if error.contains("No such image") { return WhyAnswer(tell(.noSuchImage, name), evidence: [printable(error)]) }
        let found = evidence.state("/images/\(name)/json")
        let holders = evidence.holders(ofImage: found?["Id"]?.stringValue ?? "")
        var answer = WhyAnswer(evidence: [printable(error)])
        if error.contains("multiple repositories") {
            answer.text = [
                tell(.rmiManyNames, name), tell(.holdsName, holders.names.map(printable).joined(separator: ", ")), tell(.rmiManyNamesTry),
            ]
        } else if error.contains("dependent child images") {
            answer.text = [tell(.rmiChildren, name)]
            answer.text += [tell(.holdsChild, holders.children.map { printable($0) }.joined(separator: ", ")), tell(.rmiChildrenTry)]
        } else if let id = containerID(in: error) {
            let container = evidence.container(id: id).map(evidence.describe) ?? id
            answer.text = [tell(.rmiUsed, name, container)]
            answer.text.append(tell(error.contains("cannot be forced") ? .rmiUsedRunningTry : .rmiUsedTry))
        } else {
            answer.text = [tell(.refused, printable(error))]
        }
        return answer
    }

    /// `… container 0123456789ab …`.
    private func containerID(in text: String) -> String? {
        let words = text.split(separator: " ")
        guard let place = words.firstIndex(of: "container"), place + 1 < words.count else { return nil }
        let id = String(words[place + 1])
        return id.utf8.count >= 12 && isHex(id.utf8) ? id : nil
    }

    // MARK: Containers and volumes

    /// `DELETE /containers/NAME`.
    func container(_ request: WhyEvidence.Request) -> [WhyAnswer] {
        let name = printable(request.pieces.last ?? "")
        guard request.isRefused else {
            let isForced = request.query["force"] == "1"
            let sent = evidence.state("/drydock/containers/\(name)/ending")?["sent"]?.arrayValue ?? []
            let stopped = sent.contains { $0["by"]?.stringValue == "rm" }
            return [WhyAnswer(tell(isForced && stopped ? .rmKilled : .rmDone, name))]
        }
        let error = request.error ?? ""
        if error.contains("No such container") { return [WhyAnswer(tell(.noSuchContainer, name), evidence: [printable(error)])] }
        if error.contains("You cannot remove a") {
            let since = evidence.state("/drydock/containers/\(name)/ending")?["startedAt"]?.stringValue ?? ""
            let isPaused = error.contains("paused")
            let text = tell(isPaused ? .rmPaused : .rmRunning, name, WhyEvidence.clock(since))
            return [WhyAnswer(text, tell(.rmRunningTry, name), evidence: [printable(error)])]
        }
        return [WhyAnswer(tell(.refused, printable(error)))]
    }

    /// `DELETE /volumes/NAME`.
    func volume(_ request: WhyEvidence.Request) -> [WhyAnswer] {
        let name = printable(request.pieces.last ?? "")
        guard request.isRefused else { return [WhyAnswer(tell(.volumeDone, name))] }
        let error = request.error ?? ""
        if error.hasSuffix("no such volume") { return [WhyAnswer(tell(.noSuchVolume, name), evidence: [printable(error)])] }
        guard error.contains("volume is in use") else { return [WhyAnswer(tell(.refused, printable(error)))] }
        let ids = error.split(separator: "[").last?.split { "], ".contains($0) }.map(String.init) ?? []
        let users = ids.map { evidence.container(id: $0).map(evidence.describe) ?? String($0.prefix(12)) }
        return [WhyAnswer(tell(.volumeUsed, name, users.joined(separator: ", ")), tell(.volumeUsedTry), evidence: [printable(error)])]
    }
}

extension PastOperation.Step {
    /// All values of a fact.
    func values(_ key: String) -> [String] { facts.filter { $0.key == key }.map(\.value) }
}
