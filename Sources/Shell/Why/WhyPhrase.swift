import Narration

/// What `why` says, both languages side by side. `%1`, `%2` are filled in.
enum WhyPhrase: CaseIterable, Sendable {
    case usage, nothingRun, nothingYet, noSuchThing, more, running, stopped
    case neverAsked, neverAskedTry, askedNothing, bashOnly, interrupted, tooOld, looked, worked, endedOtherwise, refused
    case noSuchImage, noSuchContainer, noSuchVolume, endUnknown, notRunning, needsRunning
    case rmiUntagged, rmiDeleted, rmiDeletedByID, rmiLayers, rmiLayersKept, rmiParentDeleted, rmiParentKept
    case aContainer
    case holdsName, holdsChild, holdsContainer
    case rmiManyNames, rmiManyNamesTry, rmiChildren, rmiChildrenTry, rmiUsed, rmiUsedTry, rmiUsedRunningTry
    case imageOneName, imageFree, imageHeld
    case rmDone, rmKilled, rmRunning, rmPaused, rmRunningTry, volumeDone, volumeUsed, volumeUsedTry
    case nameTaken, nameTakenBy, nameFreeNow, nameTakenTry
    case portTaken, portByContainer, portByProcess, portFreeNow, portUnknown, portTry
    case startFailed, startNotInPath, startNoFile, startNotAllowed
    case pullDenied, pullNoTag, pullNoRepository, pullLogin, pullUnreachable, pullFailed
    case pullDone, pullNothing, pullAll, pullSome, pulledFor, commitDone
    case pushDone, pushNoImage, pushDenied, pushUnreachable, pushFailed, loginUnreachable, loginWrong
    case execNoProgram, execNotAllowed, execFailed, execRuns, execZero, execCode, execSignal
    case buildRefused, buildExplained, buildNoStory, buildFailed, buildNotRun, buildMissed, buildAfter, buildAllHit, buildNoSteps,
        buildNoBase, buildNoFile,
        buildStopped
    case missNoCache, missNothing, missFiles, missArgument, missConfiguration, missInstruction, missParent
    case exitRunning, exitPaused, exitCreated, exitUnknown, exitUnrecorded, exitFact, exitSentFact
    case exitRunsOn, exitHandled, exitNotHandled
    case exitSignal, exitStopKilled, exitSent, exitAlsoMemory, exitMemory, exitMemoryUnlimited, exitKilledUnknown, exitSignalUnknown
    case faultMemory, faultNumber, faultInstruction, faultAbort
    case exitZero, exitCode, exitAfterSignal, exitShell126, exitShell127, exitShellSignal, exitMemoryInside

    /// The phrase in a language, with its blanks filled in.
    func text(_ language: Language, _ values: [String] = []) -> String { filled(language == .korean ? texts.ko : texts.en, values) }
}
