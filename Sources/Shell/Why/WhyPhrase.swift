import Narration

/// What `why` says, both languages side by side. `%1`, `%2` are filled in.
enum WhyPhrase: CaseIterable, Sendable {
    case usage, nothingRun, nothingYet, noSuchThing, more, running, stopped
    case neverAsked, neverAskedTry, askedNothing, bashOnly, interrupted, tooOld, looked, worked, refused
    case noSuchImage, noSuchContainer, endUnknown, notRunning
    case rmiUntagged, rmiDeleted, rmiDeletedByID, rmiLayers, rmiLayersKept, rmiParentDeleted, rmiParentKept
    case holdsName, holdsChild, holdsContainer
    case rmiManyNames, rmiManyNamesTry, rmiChildren, rmiChildrenTry, rmiUsed, rmiUsedTry, rmiUsedRunningTry
    case imageOneName, imageFree, imageHeld
    case rmDone, rmKilled, rmRunning, rmPaused, rmRunningTry, volumeDone, volumeUsed, volumeUsedTry
    case nameTaken, nameTakenBy, nameFreeNow, nameTakenTry
    case portTaken, portByContainer, portByProcess, portFreeNow, portUnknown, portTry
    case startFailed, startNotInPath, startNoFile, startNotAllowed
    case pullDenied, pullNoTag, pullNoRepository, pullLogin, pullUnreachable, pullFailed
    case pullDone, pullNothing, pullAll, pullSome, pulledFor, commitDone
    case buildRefused, buildExplained, buildNoStory, buildFailed, buildNotRun, buildMissed, buildAfter, buildAllHit, buildNoSteps
    case missNoCache, missNothing, missFiles, missArgument, missConfiguration, missInstruction, missParent
    case exitRunning, exitPaused, exitCreated, exitUnknown, exitUnrecorded, exitFact, exitSentFact
    case exitSignal, exitStopKilled, exitSent, exitAlsoMemory, exitMemory, exitMemoryUnlimited, exitKilledUnknown, exitSignalUnknown
    case faultMemory, faultNumber, faultInstruction, faultAbort
    case exitZero, exitCode, exitAfterSignal, exitShell126, exitShell127, exitShellSignal, exitMemoryInside

    /// The phrase in a language, with its blanks filled in.
    func text(_ language: Language, _ values: [String] = []) -> String {
        Self.filled(language == .korean ? texts.ko : texts.en, values)
    }

    static func filled(_ pattern: String, _ values: [String]) -> String {
        var text = ""
        var rest = Substring(pattern)
        // In one pass: a value that looks like a blank stays what it is.
        while let sign = rest.firstIndex(of: "%") {
            text += rest[..<sign]
            rest = rest[rest.index(after: sign)...]
            guard let number = rest.first?.wholeNumberValue, values.indices.contains(number - 1) else {
                text.append("%")
                continue
            }
            text += values[number - 1]
            rest = rest.dropFirst()
        }
        return text + rest
    }
}
