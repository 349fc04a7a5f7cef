import Narration

/// What lessons, recordings and transcripts say. `%1`, `%2` are filled in.
enum LessonPhrase: CaseIterable, Sendable {
    case usage, recordUsage, transcriptUsage
    case listFoot, minutes, stateDone, stateUnder, stateDoneWithSkips
    case noFull, fullThere, fullFetch, noLesson, notUnderWay, needsShell, allDone, needsOwnEngine
    case preparing, place, goesOn, quitWords, quitDone, quitRunning, rebootRebuild
    case stepOf, stepDone, lessonDone, lessonDoneSkipped, howTo, doneAlready
    case hintState, hintNothing, hintNext, hintTyped, hintMore
    case checkFails, checkUnknown, checkStill
    case showFilled, showTyped, showEnd
    case skipRuns, skipRebuild, skipOther, skipFailed
    case undoNothing, undoRuns, undoDone, undoLate
    case resetDone, resetAll, network
    case predictChoose, predictNumber
    case recordOn, recordOff, recordNone, recordAlready, recordFailed, recordWhere, recordInside, rebuildLost
    case transcriptHead, transcriptRedacted, transcriptSolution, transcriptUndone, transcriptWritten,
        transcriptUnreadable

    var texts: (en: String, ko: String) {
        switch self {
        case .usage: (Self.englishUsage, Self.koreanUsage)
        case .recordUsage: ("usage: record start [FILE] | stop", "사용법: record start [파일] | stop")
        case .transcriptUsage: (Self.englishTranscriptUsage, Self.koreanTranscriptUsage)
        case .listFoot:
            (
                "lesson start NUMBER begins one or goes on with it; lesson start alone goes on.",
                "lesson start 번호: 시작하거나 잇기. lesson start만 쓰면 하던 것을 잇는다."
            )
        case .minutes: ("%1 min", "%1분")
        case .stateDone: ("done", "마침")
        case .stateDoneWithSkips: ("done, skipped %1", "마침, 건너뜀 %1")
        case .stateUnder: ("step %1 of %2", "%2단계 중 %1단계")
        case .noFull: ("%1 has no full variant: nothing in it wants real images", "%1에는 진짜 이미지를 쓰는 단계가 없다")
        case .fullThere: ("such steps have: %1", "그런 단계가 있는 실습: %1")
        case .fullFetch:
            (
                "Real images for this lesson: %1. The first time this takes some minutes.",
                "이 실습에 쓸 진짜 이미지: %1. 처음에는 몇 분 걸린다."
            )
        case .noLesson: ("no lesson is called %1; lesson list shows them all", "그런 실습은 없다: %1. lesson list로 모두 볼 수 있다")
        case .notUnderWay: ("no lesson is under way; lesson start begins one", "하고 있는 실습이 없다. lesson start로 시작한다")
        case .needsShell:
            (
                "lesson %1 works in drydock's shell: drydock lesson start opens it",
                "lesson %1: drydock 셸 안에서 쓴다. drydock lesson start로 연다"
            )
        case .allDone: ("every lesson is done; lesson start NUMBER begins one anew", "모든 실습을 마쳤다. lesson start 번호로 다시 할 수 있다")
        case .needsOwnEngine:
            (
                "lessons have an engine of their own; unset DOCKER_HOST (and leave out -H)",
                "실습은 전용 엔진을 쓴다. DOCKER_HOST를 지우거나 -H를 빼라"
            )
        case .preparing: ("Preparing the lesson's own engine and images …", "실습 전용 엔진과 이미지를 준비한다…")
        case .place:
            (
                "Your own containers and images are out of sight until quit. Files of this lesson: %1",
                "내 컨테이너와 이미지는 quit할 때까지 보이지 않고 그대로 있다. 이 실습의 파일: %1"
            )
        case .goesOn: ("Going on where you left off.", "지난번에 멈춘 곳부터 잇는다.")
        case .quitWords: ("Left the lesson; lesson start goes on with it.", "실습에서 나왔다. lesson start로 다시 잇는다.")
        case .quitDone: ("Left the lesson, which is done.", "마친 실습에서 나왔다.")
        case .quitRunning:
            (
                "Containers of the lesson that run on: %1 (lesson reset %2 would stop and remove them)",
                "계속 도는 실습 컨테이너: %1개 (멈추고 지우려면 lesson reset %2)"
            )
        case .rebootRebuild:
            (
                "The machine was started anew since, and the lesson's containers have stopped: doing your commands again.",
                "그 사이 컴퓨터가 다시 켜져 실습 컨테이너가 멈췄다. 지금까지의 명령을 다시 실행한다."
            )
        case .stepOf: ("Step %1 of %2: %3", "%2단계 중 %1단계: %3")
        case .stepDone: ("Done: %1", "해냈다: %1")
        case .lessonDone: ("The lesson is done.", "실습을 마쳤다.")
        case .lessonDoneSkipped: ("The lesson is done; skipped steps: %1.", "실습을 마쳤다. 건너뛴 단계: %1개.")
        case .howTo:
            (
                "check: what is missing | hint | show: the command | skip | undo | next: this text again | quit",
                "check: 모자란 것 | hint: 힌트 | show: 명령 보기 | skip: 건너뛰기 | undo: 되돌리기 | next: 이 글 다시 | quit: 나가기"
            )
        case .doneAlready:
            (
                "This lesson is done: try what you like, quit leaves it, reset begins anew.",
                "마친 실습이다. 자유롭게 해 보라. quit으로 나가고 reset으로 다시 시작한다."
            )
        case .hintState: ("Not yet: %1", "아직: %1")
        case .hintNothing: ("Nothing is missing.", "모자란 것이 없다.")
        case .hintNext: ("The next command: %1", "다음 명령: %1")
        case .hintTyped: ("Then type into it:", "그 안에서 이어서 입력한다.")
        case .hintMore: ("(hint again tells more)", "(hint를 다시 쓰면 더 알려 준다)")
        case .checkFails: ("not yet", "아직")
        case .checkUnknown: ("can't be asked: %1", "알 수 없음: %1")
        case .checkStill: ("no longer holds", "더는 아님")
        case .showFilled: ("The command stands at the prompt: change it, or run it with Enter.", "프롬프트에 명령을 써 두었다. 고치거나 Enter로 실행한다.")
        case .showTyped: ("What to type into it then:", "그 안에서 이어서 입력할 것:")
        case .showEnd:
            (
                "This step has no command that you haven't run one like. check tells what is missing, undo takes the last change back.",
                "이 단계에는 비슷하게라도 실행하지 않은 명령이 없다. check로 모자란 것을 보고, undo로 마지막 변경을 되돌린다."
            )
        case .skipRuns: ("Skipped: the lesson does this step for you.", "건너뛴다. 이 단계는 실습이 대신 한다.")
        case .skipRebuild: ("First, what you did in this step is taken back.", "먼저 이 단계에서 한 일을 되돌린다.")
        case .skipOther:
            (
                "That does not fit to what was done before. The lesson does every step up to this one, from the beginning.",
                "앞에서 한 것과 맞지 않는다. 실습이 처음부터 이 단계까지 모두 대신 한다."
            )
        case .skipFailed: ("Even so this does not hold: %1", "그래도 다음이 되지 않았다. %1")
        case .undoNothing: ("Nothing was changed that could be undone.", "되돌릴 변경이 없다.")
        case .undoRuns:
            (
                "To be undone: \"%1\". The state is made anew by running the commands before it again (%2). IDs will be new ones, and files "
                    + "that no command has made are gone.",
                "되돌릴 명령: \"%1\". 그 앞의 명령(%2개)을 다시 실행해 상태를 새로 만든다. ID는 새것이 되고, 명령이 만들지 않은 파일은 사라진다."
            )
        case .undoDone: ("Undone.", "되돌렸다.")
        case .undoLate: ("\"%1\" did not end by itself this time", "이번에는 스스로 끝나지 않은 명령: \"%1\"")
        case .resetDone: ("The lesson begins anew.", "실습을 처음부터 다시 시작한다.")
        case .resetAll: ("Reset: %1", "초기화: %1")
        case .network:
            (
                "On this machine 172.17.0.0/16 belongs to somebody else: containers of this lesson are in %1, and the lesson says so.",
                "이 컴퓨터에서 172.17.0.0/16은 다른 곳에서 쓰고 있다. 이 실습의 컨테이너는 %1에 있고, 글에도 그렇게 나온다."
            )
        case .predictNumber:
            (
                "Type a number from 1 to %1, or Enter alone to leave the question; commands come after it.",
                "1부터 %1까지의 번호를 쓰거나, Enter만 눌러 질문을 넘긴다. 명령은 그다음에 입력한다."
            )
        case .predictChoose: ("1-%1, Enter to skip: ", "1-%1, 건너뛰려면 Enter: ")
        case .recordOn: ("Recording to %1. Passwords are left out; record stop ends it.", "%1에 기록한다. 비밀번호는 뺀다. record stop으로 끝낸다.")
        case .recordOff: ("Recorded: %1", "기록했다: %1")
        case .recordNone: ("nothing is being recorded", "기록하고 있지 않다")
        case .recordAlready: ("already recording to %1; record stop ends it", "이미 %1에 기록하고 있다. record stop으로 끝낸다")
        case .recordFailed: ("the recording has ended: %1", "기록이 끝났다: %1")
        case .recordWhere: ("recording to %1", "%1에 기록하는 중")
        case .recordInside:
            ("%1 lies in %2, which undo and reset empty; name another place", "%1: undo와 reset이 비우는 %2 안에 있다. 다른 곳을 지정하라")
        case .rebuildLost:
            ("typed passwords are not recorded, so this command was run without: %1", "비밀번호는 기록하지 않으므로 다음 명령은 그것 없이 실행했다: %1")
        case .transcriptHead: ("%1, commands: %2", "%1, 명령 %2개")
        case .transcriptUnreadable: ("cannot read %1", "읽을 수 없다: %1")
        case .transcriptRedacted: ("(typed, not recorded)", "(입력, 기록하지 않음)")
        case .transcriptSolution: ("(run by the lesson)", "(실습이 실행)")
        case .transcriptUndone: ("(undone)", "(되돌림)")
        case .transcriptWritten: ("written to %1; asciinema play %1 plays it", "%1에 저장했다. asciinema play %1[으로/로] 재생한다")
        }
    }

    /// The phrase in a language, with its blanks filled in.
    func text(_ language: Language, _ values: String...) -> String { text(language, values) }

    func text(_ language: Language, _ values: [String]) -> String { filled(language == .korean ? texts.ko : texts.en, values) }

    private static let englishUsage = """
        lesson list                     all lessons, and how far you are
        lesson start [NUMBER|NAME]      begin one or go on with it; --record FILE writes down what you do;
                                        --full adds steps with real images
        lesson next                     what to do, again
        lesson check                    what holds already, and what does not
        lesson hint                     a hint; again: a better one; again: the command
        lesson show                     put the next command at the prompt
        lesson skip                     let the lesson do this step
        lesson undo                     take back the last command that changed something
        lesson reset [NAME|--all]       begin anew
        lesson quit                     leave; lesson start goes on, days later too
        lesson lint                     prove lessons (for those who write them)
        Within a lesson the words next, check, hint, show, skip, undo, reset and quit do without lesson.
        """
    private static let koreanUsage = """
        lesson list                     실습 모두와 진도
        lesson start [번호|이름]        시작하거나 잇기. --record 파일: 한 일을 기록,
                                        --full: 진짜 이미지를 쓰는 단계도
        lesson next                     할 일 다시 보기
        lesson check                    된 것과 모자란 것
        lesson hint                     힌트. 다시 쓰면 더 자세히, 또 쓰면 명령
        lesson show                     다음 명령을 프롬프트에 써 두기
        lesson skip                     이 단계를 실습에 맡기기
        lesson undo                     무언가를 바꾼 마지막 명령 되돌리기
        lesson reset [이름|--all]       처음부터 다시
        lesson quit                     나가기. 며칠 뒤에도 lesson start로 잇는다
        lesson lint                     실습 검증 (실습을 쓰는 사람을 위한 것)
        실습 안에서는 next, check, hint, show, skip, undo, reset, quit을 lesson 없이 쓴다.
        """
    private static let englishTranscriptUsage = """
        usage: drydock transcript show FILE                           the commands, what was typed, how they ended
               drydock transcript play [--speed N] FILE               on this terminal, as it was
               drydock transcript export --asciicast [--v2] FILE [OUT]    for asciinema; - is the output
        """
    private static let koreanTranscriptUsage = """
        사용법: drydock transcript show 파일                          명령, 입력한 것, 어떻게 끝났는지
                drydock transcript play [--speed N] 파일              이 터미널에 그때 그대로
                drydock transcript export --asciicast [--v2] 파일 [저장할 파일]    asciinema용. -는 표준 출력
        """
}
