import Narration

/// What `predict` says, both languages side by side. `%1`, `%2` are filled in.
enum PredictPhrase: CaseIterable, Sendable {
    case usage, isNow, right, wrong, happened, other
    case askRmi, rmiDeletes, rmiUntags, rmiRefuses
    case askRm, rmRefuses, rmRemoves
    case askCommit, commitOneNew, commitCopies, commitNone
    case askRun, runPulls, runUses
    case askPull, pullAll, pullSome, pullNone
    case askStop, stopEnds, stopKills, stopHandler, stopNoHandler
    case askBuild, buildStep, buildNone

    var texts: (en: String, ko: String) {
        switch self {
        case .usage:
            (
                "predict on|off   (asks before rmi, rm, commit, run, pull, stop and build what they will do; Enter alone skips the question)",
                "predict on|off   (rmi, rm, commit, run, pull, stop, build 전에 무슨 일이 일어날지 묻는다. Enter만 누르면 넘어간다)"
            )
        case .isNow: ("predicting: %1", "먼저 묻기: %1")
        case .right: ("As you said: %1", "맞았다: %1")
        case .wrong: ("You said: %1", "예상: %1")
        case .happened: ("What happened: %1", "실제: %1")
        case .other: ("It went none of these ways:", "고를 수 있던 어느 것도 아니었다:")
        case .askRmi: ("What will `rmi %1` do?", "`rmi %1`: 무슨 일이 일어날까?")
        case .rmiDeletes: ("delete the image with its name", "이름과 함께 이미지까지 지운다")
        case .rmiUntags: ("take only this name away; the image stays", "이 이름만 떼고 이미지는 남긴다")
        case .rmiRefuses: ("refuse", "거절한다")
        case .askRm: ("%1 is running. What will this `rm` do?", "%1: 돌고 있다. 이 `rm`은 어떻게 될까?")
        case .rmRefuses: ("refuse; the container runs on", "거절하고, 컨테이너는 계속 돈다")
        case .rmRemoves: ("end the container and remove it", "컨테이너를 끝내고 지운다")
        case .askCommit:
            ("%1 was made of %2, which has %3 layers. What will the new image be made of?", "%1: %2(계층 %3개)로 만든 컨테이너다. 새 이미지는 무엇으로 이루어질까?")
        case .commitOneNew: ("1 new layer of its own, over the %1 of %2, which both share", "새 계층 1개는 새 이미지의 것이고, 그 아래 %2의 계층 %1개는 함께 쓴다")
        case .commitCopies: ("%1 new layers: those of %2 are copied", "새 계층 %1개. %2의 계층도 복사한다")
        case .commitNone: ("no new layer at all", "새 계층은 없다")
        case .askRun: ("What comes first, before there is a container of %1?", "%1: 컨테이너를 만들기 전에 무엇을 할까?")
        case .runPulls: ("a pull from the registry", "레지스트리에서 pull")
        case .runUses: ("nothing: the image that is here is used", "아무것도. 여기 있는 이미지를 쓴다")
        case .askPull: ("How much of %1 will be fetched?", "%1: 계층을 얼마나 받아 올까?")
        case .pullAll: ("all of its layers", "모든 계층")
        case .pullSome: ("only the layers that are missing here", "여기 없는 계층만")
        case .pullNone: ("no layer", "받지 않는다")
        case .askStop: ("`stop` sends %1 SIGTERM. How will it end?", "`stop`은 %1: SIGTERM을 보낸다. 어떻게 끝날까?")
        case .stopEnds: ("by that signal, or by itself because of it", "그 시그널로, 또는 그것을 받고 스스로")
        case .stopKills: ("not by that; SIGKILL follows after the timeout", "그것으로는 끝나지 않아, 기다리다 SIGKILL로")
        case .stopHandler:
            (
                "Its first process had a handler for SIGTERM (SigCgt in /proc/%1/status, looked at before).",
                "첫 프로세스에 SIGTERM 처리기가 있었다(미리 본 /proc/%1/status의 SigCgt)."
            )
        case .stopNoHandler:
            (
                "Its first process had no handler for SIGTERM (SigCgt in /proc/%1/status, looked at before), and in its namespace it is pid 1: without a handler the kernel delivers pid 1 no SIGTERM.",
                "첫 프로세스에 SIGTERM 처리기가 없었다(미리 본 /proc/%1/status의 SigCgt). 네임스페이스의 pid 1에는 처리기가 없으면 커널이 SIGTERM을 전하지 않는다."
            )
        case .askBuild: ("Which step will be the first that the cache does not have?", "캐시에 없는 첫 단계는 어느 것일까?")
        case .buildStep: ("step %1: %2", "%1단계: %2")
        case .buildNone: ("none: all come from the cache", "없다. 모두 캐시에서 온다")
        }
    }

    func text(_ language: Language, _ values: [String] = []) -> String {
        filled(language == .korean ? texts.ko : texts.en, values)
    }
}
