import Narration

/// Everything that the shell and the step prompt say, both languages side by side. `%1`, `%2` are filled in.
enum Phrase: CaseIterable, Sendable {
    case welcome1, welcome2, welcome3
    case stagesUsage, stagesTitle, stagesFailed, stagesExitCode, stagesStage, stagesUnknownStep, stagesFromHistory, stagesCopy,
        stagesCopyShort
    case stagesLegend, stagesKept, stagesCopiedOut, stagesLeft, stagesTotal, stagesNoCache, stagesNothingBuilt, stagesFilesChanged
    case stagesArgumentChanged, stagesConfigurationChanged, stagesOtherInstruction
    case lookInsideUsage, lookInsideThrowAway, lookInsideKeeps, lookInsideStop, lookInsideRunning
    case didYouMean, optionNeedsValue, badValue
    case notRoot, needsDrydockEngine, noReadline, stepNeedsTerminal, noExecutable
    case narrateIs, narrateUsage, stepIs, stepUsage, breakUsage, breakList, noBreaks, languageIs, languageUsage
    case stopped, noJob, unfinished, pasteLeftOut, pasteNotRead
    case engineEnded, engineLeftRunning, engineRenewed, engineNotRunning, hubFilled, hubAddress, hubUsage, doctorClean, doctorChecked,
        doctorRepaired,
        doctorUsage
    case layersUsage, layersNone, layersTotal, layersFrees, layersShared, layersContainer, layersRunning, layersStopped
    case pictureTitle, pictureImage, pictureFrees, pictureFreesNothing, pictureNoName, pictureContainer, pictureMore, pictureOwn,
        pictureShared, pictureBox,
        pictureLine, pictureWritten, pictureIsFolder
    case filesLayer, filesCounts, filesNothing, filesWas, filesMode, filesOwner, filesOpaque, filesInside, filesLeftOut, filesKindFile,
        filesKindFolder, filesKindLink, filesKindPipe, filesKindSocket, filesKindDevice
    case contextUsage, contextTotal, contextNothing, contextLeftOut, contextLeftOutTotal, contextInside, contextKept, contextRules,
        contextRule, contextRuleUnused
    case timelineUsage, timelineTitle, timelineWritten, timelineEmpty, timelineUnobserved, timelineLayers, timelineMoreCalls
    case byHandUsage, byHandOthers, byHandFailed, byHandUnsupported, byHandContext, byHandStream, byHandCopyFlags, byHandNothing,
        byHandWritten
    case historyUsage, historyBegin, historyEnd
    case watching, narrationLost, watchUsage, serveUsage, shutdownUsage
    case stepIntro, stepHelp, stepUnknown, stepInterrupted, stepEnded, stepBefore, stepAfter, stepBreakSet, stepBreakGone, stepNoLook
    case stepShellInside, stepShellHost, stepShellNoRoot, stepAborting, stepFinal, on, off

    var texts: (en: String, ko: String) {
        switch self {
        case .welcome1:
            (
                "drydock, a container engine to see through. Docker's commands and bash's work here.",
                "drydock, 속이 들여다보이는 컨테이너 엔진. 도커 명령도 bash 명령도 그대로 쓴다."
            )
        case .welcome2:
            (
                "docker run -it ubuntu:14.04 | narrate full: see how it is done | step on: one by one",
                "docker run -it ubuntu:14.04 | narrate full: 속 들여다보기 | step on: 한 단계씩"
            )
        case .welcome3:
            (
                "help: what there is. exit or Ctrl-D: leave (containers run on).",
                "help: 쓸 수 있는 것. exit나 Ctrl-D: 나가기(컨테이너는 계속 돈다)."
            )
        case .didYouMean: ("Did you mean %1?", "혹시 %1?")
        case .optionNeedsValue: ("option %1 needs a value", "옵션 %1에는 값이 필요하다")
        case .badValue: ("%1 can't be \"%2\": it is one of %3", "%1 값으로 쓸 수 없는 것: \"%2\". 쓸 수 있는 것: %3")
        case .notRoot:
            (
                "drydock needs root, because only root may make namespaces, mounts and cgroups. Try: sudo %1",
                "drydock에는 root 권한이 필요하다. 네임스페이스, 마운트, cgroup은 root만 만들 수 있다. 이렇게 해 보라: sudo %1"
            )
        case .needsDrydockEngine:
            (
                "%1 needs a drydock engine, but %2 is another one. Unset DOCKER_HOST (and leave out -H) to use drydock's own.",
                "%1에는 drydock 엔진이 필요한데 %2에 있는 것은 다른 엔진이다. DOCKER_HOST를 지우거나 -H를 빼면 drydock 엔진을 쓴다."
            )
        case .noReadline:
            (
                "libreadline is missing (%1), so there is no history and no completion. Install it: apt install libreadline8",
                "libreadline이 없어(%1) 이력과 자동 완성을 쓸 수 없다. 설치: apt install libreadline8"
            )
        case .stepNeedsTerminal:
            (
                "stepping needs a terminal to ask on; leave --step out, or run this from one.",
                "한 단계씩 하려면 물어볼 터미널이 있어야 한다. --step을 빼거나 터미널에서 실행하라."
            )
        case .noExecutable: ("cannot find drydock's own program: is /proc mounted?", "drydock 자신의 실행 파일을 찾을 수 없다. /proc이 마운트되어 있는가?")
        case .narrateIs: ("narration: %1", "설명: %1")
        case .narrateUsage:
            (
                "narrate off|brief|full   (brief: a line per step; full: what, why and each kernel call)",
                "narrate off|brief|full   (brief: 단계마다 한 줄, full: 무엇을 왜 하는지와 커널 호출 하나하나)"
            )
        case .stepIs: ("stepping: %1", "한 단계씩: %1")
        case .stepUsage:
            (
                "step on|off   (stops before and after each step of the commands that follow)",
                "step on|off   (이어지는 명령의 단계마다 앞뒤에서 멈춘다)"
            )
        case .breakUsage:
            (
                "break ID stops at a step, e.g. break start.mount; unbreak [ID] removes it",
                "break ID는 그 단계에서 멈춘다. 예: break start.mount, 지우기: unbreak [ID]"
            )
        case .breakList: ("breakpoints: %1", "멈출 곳: %1")
        case .noBreaks: ("no breakpoints", "멈출 곳 없음")
        case .languageIs: ("language: English", "언어: 한국어")
        case .languageUsage: ("lang ko|en", "lang ko|en")
        case .stopped: ("stopped; fg lets it go on", "멈췄다. fg로 다시 잇는다")
        case .noJob: ("fg: nothing is stopped", "fg: 멈춘 것이 없다")
        case .unfinished: ("the input ended in the middle of a command", "명령 도중에 입력이 끝났다")
        case .engineEnded: ("the engine has ended", "엔진을 끝냈다")
        case .engineLeftRunning: ("the engine has ended; containers that run on without it: %1", "엔진을 끝냈다. 엔진 없이 계속 도는 컨테이너: %1")
        case .layersUsage: (Self.englishLayersUsage, Self.koreanLayersUsage)
        case .layersNone: ("no image, no layer", "이미지도 계층도 없다")
        case .layersTotal:
            (
                "%1 on disk; if images shared no layers it would be %2",
                "디스크에는 %1. 이미지끼리 계층을 나누어 쓰지 않는다면 %2"
            )
        case .layersFrees: ("removing %1 frees %2", "%1: 지우면 비는 자리 %2")
        case .layersShared: ("in %1 images", "이미지 %1개에 있음")
        case .layersContainer: ("container %1 (%2), its own layer", "컨테이너 %1(%2)의 계층")
        case .layersRunning: ("running", "실행 중")
        case .layersStopped: ("stopped", "정지")
        case .pictureTitle: ("Layers, images, containers", "계층, 이미지, 컨테이너")
        case .pictureImage: ("%1, layers: %2", "%1, 계층 %2개")
        case .pictureFrees: ("removing it frees %1", "지우면 비는 자리: %1")
        case .pictureFreesNothing: ("frees nothing: all is in use", "모두 쓰이고 있어 지워도 비는 자리 없음")
        case .pictureNoName: ("(no name)", "(이름 없음)")
        case .pictureContainer: ("own layer: %1, goes with it", "자기 계층: %1, 지우면 함께 빔")
        case .pictureMore: ("and %1 more", "그 밖에 %1개")
        case .pictureOwn: ("layer of one image", "한 이미지의 계층")
        case .pictureShared: ("layer that images share, there once", "여러 이미지가 나누어 쓰는 계층(하나만 있다)")
        case .pictureBox: ("container: its own writable layer", "컨테이너: 쓸 수 있는 자기 계층")
        case .pictureLine: ("the layers that an image is made of", "한 이미지를 이루는 계층")
        case .pictureWritten: ("the picture is in %1", "그림을 저장한 곳: %1")
        case .pictureIsFolder:
            ("%1 is a folder; %2 needs the name of a file, or - for the output", "%1: 폴더다. %2에는 파일 이름이나 -(표준 출력)를 쓴다")
        case .filesLayer: ("layer %1 of %2", "계층 %1/%2")
        case .filesCounts: ("added %1, changed %2, deleted %3", "더함 %1, 바꿈 %2, 지움 %3")
        case .filesNothing: ("changes nothing", "바꾼 것 없음")
        case .filesWas: ("was a %1", "전에는 %1")
        case .filesMode: ("mode", "모드")
        case .filesOwner: ("owner", "소유자")
        case .filesOpaque: ("hides all that was in it", "전에 안에 있던 것을 모두 가림")
        case .filesInside: ("%1 inside, not shown", "안에 %1개, 생략")
        case .filesLeftOut: ("Folders of large layers are left closed; --all opens them.", "큰 계층의 폴더는 펴지 않았다. --all을 붙이면 모두 편다.")
        case .filesKindFile: ("file", "파일")
        case .filesKindFolder: ("folder", "폴더")
        case .filesKindLink: ("symbolic link", "심볼릭 링크")
        case .filesKindPipe: ("pipe", "파이프")
        case .filesKindSocket: ("socket", "소켓")
        case .filesKindDevice: ("device", "장치")
        case .stagesUsage: (Self.englishStagesUsage, Self.koreanStagesUsage)
        case .stagesTitle: ("%1, %2: how it was built", "%1, %2: 어떻게 빌드되었나")
        case .stagesFailed: ("A build that failed, on top of %1, %2", "실패한 빌드. 그때까지의 이미지는 %1, %2")
        case .stagesExitCode: ("it ended with the exit code", "종료 코드")
        case .stagesStage: ("stage %1", "스테이지 %1")
        case .stagesUnknownStep: ("(nothing is said of what made this layer)", "(무엇이 만든 계층인지 적혀 있지 않다)")
        case .stagesFromHistory:
            (
                "It was not built here: told from its history, which knows nothing of the cache or of other stages.",
                "여기서 빌드한 이미지가 아니다. 이미지의 이력만으로 그렸고, 캐시와 다른 스테이지는 이력에 없다."
            )
        case .stagesCopy: ("from %1: files %2, %3", "%1에서: 파일 %2개, %3")
        case .stagesCopyShort: ("files %1 from stage %2", "스테이지 %2에서 파일 %1개")
        case .stagesLegend:
            (
                "A: added, C: changed, D: deleted. The steps' bars have one scale.", "A: 더함, C: 바꿈, D: 지움. 단계 막대의 눈금은 모두 같다."
            )
        case .stagesKept: ("in the image as layers %1", "이미지의 계층으로 %1")
        case .stagesCopiedOut: ("copied out %2 (files: %1)", "복사해 나간 것 %2(파일 %1개)")
        case .stagesLeft: ("left behind %1", "남겨 둔 것 %1")
        case .stagesTotal:
            (
                "Stages before the last: %1, of which %2 stayed behind. The image: %3",
                "마지막 앞의 스테이지는 %1, 그 가운데 %2[을/를] 남겨 두었다. 이미지는 %3"
            )
        case .stagesNoCache: ("--no-cache", "--no-cache")
        case .stagesNothingBuilt: ("nothing had been built on this image yet", "이 이미지 위에서 빌드한 것이 없었다")
        case .stagesFilesChanged: ("the files had changed", "파일이 바뀌었다")
        case .stagesArgumentChanged: ("a build argument had another value", "빌드 인자의 값이 달랐다")
        case .stagesConfigurationChanged: ("the same instruction with other settings", "명령어는 같지만 설정이 달랐다")
        case .stagesOtherInstruction: ("another instruction had been built here", "여기서 빌드한 명령어와 달랐다")
        case .lookInsideUsage: (Self.englishLookInsideUsage, Self.koreanLookInsideUsage)
        case .lookInsideThrowAway:
            (
                "A shell over what the container has left. It stays as it is: what you write here is gone when you leave. exit ends it.",
                "컨테이너가 남긴 파일 위에 연 셸이다. 컨테이너는 그대로이고, 여기서 쓴 것은 나가면 사라진다. exit로 끝낸다."
            )
        case .lookInsideKeeps:
            (
                "A shell inside the step's container. Looking leaves no trace; what you write becomes part of the layer. exit comes back.",
                "이 단계의 컨테이너 안 셸이다. 보기만 하면 흔적이 없고, 무엇을 쓰면 이 단계의 계층에 들어간다. exit로 돌아온다."
            )
        case .lookInsideStop:
            (
                "A shell over the image so far. What you write here is gone when you leave. exit comes back.",
                "지금까지의 이미지 위에 연 셸이다. 여기서 쓴 것은 나가면 사라진다. exit로 돌아온다."
            )
        case .lookInsideRunning:
            (
                "A shell inside the step's container while its command runs: what you write becomes part of the layer. exit comes back.",
                "명령이 돌고 있는 이 단계의 컨테이너 안 셸이다. 무엇을 쓰면 이 단계의 계층에 들어간다. exit로 돌아온다."
            )
        case .contextUsage: (Self.englishContextUsage, Self.koreanContextUsage)
        case .contextTotal: ("sent: files %1, folders %2, %3", "보내는 것: 파일 %1개, 폴더 %2개, %3")
        case .contextNothing: ("nothing is left out", "뺀 것 없음")
        case .contextLeftOut: ("left out by %1", "%1에 따라 뺌")
        case .contextLeftOutTotal: ("left out: files %1, %2", "뺀 것: 파일 %1개, %2")
        case .contextInside: ("files inside: %1", "안에 파일 %1개")
        case .contextKept: ("left out by %1, but looked into for an exception", "%1에 따라 빼지만 예외가 있어 들여다봄")
        case .contextRules: ("What each line leaves out:", "줄마다 뺀 것:")
        case .contextRule: ("%1: %2", "%1: %2개")
        case .contextRuleUnused: ("%1: nothing", "%1: 없음")
        case .pasteNotRead:
            (
                "left out %1 pasted lines that were meant for the container; they do not run on the host",
                "컨테이너에 입력하려던 %1줄은 뺐다. 호스트에서는 실행하지 않는다"
            )
        case .pasteLeftOut:
            (
                "left out %1 pasted lines from ===== on: they are what a command printed, and no commands",
                "붙여 넣은 것 가운데 =====부터 %1줄은 뺐다. 명령이 아니라 명령이 출력한 것이다"
            )
        case .engineRenewed:
            ("drydock was built anew: its engine starts again; containers run on", "drydock이 새로 빌드되어 엔진을 다시 시작한다. 컨테이너는 계속 돈다")
        case .engineNotRunning: ("no engine runs for %1", "%1에는 돌고 있는 엔진이 없다")
        case .hubFilled: ("lab hub at %1 holds:", "실습용 허브 %1에 있는 이미지:")
        case .hubAddress: ("lab hub: %1", "실습용 허브: %1")
        case .hubUsage:
            (
                "usage: drydock hub [status|fill|serve [--listen HOST:PORT]]",
                "사용법: drydock hub [status|fill|serve [--listen HOST:PORT]]"
            )
        case .doctorClean: ("clean: nothing is left over", "깨끗하다. 남은 것이 없다")
        case .doctorChecked: ("checked: %1", "살펴본 것: %1")
        case .doctorRepaired: ("repaired", "치웠다")
        case .doctorUsage: ("usage: drydock doctor [--repair]", "사용법: drydock doctor [--repair]")
        case .timelineUsage:
            (
                "usage: drydock timeline [NUMBER] [--html FILE | --json]   the last operations (5; 40 on a page), step by step",
                "사용법: drydock timeline [개수] [--html 파일 | --json]   마지막 작업들(5개, 페이지에는 40개)을 단계별로"
            )
        case .timelineTitle: ("What drydock did", "drydock이 한 일")
        case .timelineWritten: ("the page is in %1; any browser opens it", "페이지를 저장한 곳: %1. 어느 브라우저로든 열린다")
        case .timelineEmpty: ("nothing has been done since the engine was started", "엔진이 시작된 뒤로 한 일이 없다")
        case .timelineUnobserved:
            (
                "Nobody watched: only times were kept, as the engine heard of each step. With narrate brief the evidence is kept, too.",
                "아무도 지켜보지 않아, 엔진이 단계마다 소식을 들은 시간만 남았다. narrate brief를 켜면 증거도 남는다."
            )
        case .timelineLayers: ("Layers now", "지금의 계층")
        case .timelineMoreCalls: ("… and %1 calls more", "… 그 밖에 호출 %1개")
        case .byHandUsage:
            (
                "usage: drydock by-hand [-o FILE] COMMAND   does it, and prints a shell script that does the same without drydock\n"
                    + "COMMAND is one of: %1\n"
                    + "A comment stands for what a shell can't do: the seccomp filter, a new terminal, holding a port.",
                "사용법: drydock by-hand [-o 파일] 명령   실행하고, drydock 없이 똑같이 하는 셸 스크립트를 출력한다\n"
                    + "쓸 수 있는 명령: %1\n"
                    + "셸이 할 수 없는 일은 주석으로 남는다: seccomp 필터, 새 터미널, 포트 잡아 두기."
            )
        case .byHandOthers:
            ("%1 can't be written by hand; these can: %2", "손으로 하는 스크립트를 만들 수 없는 명령: %1. 만들 수 있는 것: %2")
        case .byHandFailed: ("there is no script, since the command failed: %1", "명령이 실패해서 스크립트가 없다: %1")
        case .byHandUnsupported:
            ("there is no script: the command also did %1, which can't be written by hand", "스크립트가 없다. 손으로 옮길 수 없는 %1도 했기 때문이다")
        case .byHandContext:
            (
                "a build can be written by hand when its context is a folder, not an address or standard input",
                "빌드는 컨텍스트가 디렉터리일 때만 스크립트로 쓸 수 있다. 주소나 표준 입력은 안 된다"
            )
        case .byHandCopyFlags:
            (
                "a copy with -a or -L can't be written by hand; without them it can",
                "-a나 -L을 붙인 복사는 스크립트로 쓸 수 없다. 없이 하면 된다"
            )
        case .byHandStream:
            (
                "a copy can be written by hand between a container and a path, not through standard input or output",
                "복사는 컨테이너와 경로 사이일 때만 스크립트로 쓸 수 있다. 표준 입출력은 안 된다"
            )
        case .byHandNothing: ("there is no script, since nothing was done", "한 일이 없어서 스크립트가 없다")
        case .byHandWritten: ("the script is in %1", "스크립트를 저장한 곳: %1")
        case .historyUsage: ("usage: back [NUMBER], forth [NUMBER]", "사용법: back [개수], forth [개수]")
        case .historyBegin: ("This is the earliest step that is kept.", "남아 있는 가장 이른 단계다.")
        case .historyEnd: ("This is now; back shows the step before.", "지금이다. back으로 앞 단계를 본다.")
        case .watching: ("watching the engine at %1; Ctrl-C ends", "%1 엔진을 지켜보는 중. Ctrl-C로 끝낸다")
        case .watchUsage:
            (
                "usage: drydock [--narrate brief|full|json] [--step] watch   (DRYDOCK_BREAK=STEP,... holds at these steps alone)",
                "사용법: drydock [--narrate brief|full|json] [--step] watch   (DRYDOCK_BREAK=단계,... 는 그 단계에서만 멈춤)"
            )
        case .serveUsage:
            (
                "usage: drydock serve [--root DIR] [--insecure-registry HOST[:PORT]]...",
                "사용법: drydock serve [--root DIR] [--insecure-registry HOST[:PORT]]..."
            )
        case .shutdownUsage: ("usage: drydock shutdown", "사용법: drydock shutdown")
        case .narrationLost: ("narration ended early: %1", "설명이 도중에 끊겼다: %1")
        case .stepIntro:
            (
                "Stopped. Empty line or n: next step; i: into; f: finish; c: continue; l: look; !: a root shell here; a: abort; h: help",
                "멈췄다. 빈 줄이나 n: 다음, i: 안으로, f: 밖으로, c: 끝까지, l: 들여다보기, !: 지금 이곳의 root 셸, a: 되돌리기, h: 도움말"
            )
        case .stepHelp: (Self.englishStepHelp, Self.koreanStepHelp)
        case .stepUnknown: ("unknown: %1 (h for help)", "모르는 말: %1 (h로 도움말)")
        case .stepInterrupted: ("Nothing was interrupted: a takes everything back, c runs on.", "중단하지 않았다. a는 모두 되돌리고, c는 끝까지 간다.")
        case .stepEnded: ("input ended: going on without stopping", "입력이 끝나 멈추지 않고 계속한다")
        case .stepBefore: ("before", "앞")
        case .stepAfter: ("after", "뒤")
        case .stepBreakSet: ("will stop at %1", "%1에서 멈춘다")
        case .stepBreakGone: ("will no longer stop at %1", "이제 %1에서 멈추지 않는다")
        case .stepNoLook: ("cannot look: %1", "들여다볼 수 없다: %1")
        case .stepShellInside:
            (
                "A root shell inside the container as it is right now (process %1, held still). exit comes back.",
                "지금 이 순간의 컨테이너 안 root 셸이다(프로세스 %1[은/는] 멈춰 있다). exit로 돌아온다."
            )
        case .stepShellHost:
            (
                "A root shell on the host: the container has no process yet. Its files: $DRYDOCK_STEP_ROOTFS. exit comes back.",
                "호스트의 root 셸이다. 컨테이너에는 아직 프로세스가 없다. 그 파일은 $DRYDOCK_STEP_ROOTFS에 있다. exit로 돌아온다."
            )
        case .stepShellNoRoot:
            (
                "A root shell on the host: the container has neither a process nor files yet. exit comes back.",
                "호스트의 root 셸이다. 컨테이너에는 아직 프로세스도 파일도 없다. exit로 돌아온다."
            )
        case .stepFinal:
            (
                "this comes after what can't be taken back: next or continue",
                "되돌릴 수 없는 일을 이미 한 뒤라 그만둘 수 없다. next나 continue로 이어 간다"
            )
        case .stepAborting: ("aborting: everything is taken back", "그만둔다. 한 일을 모두 되돌린다")
        case .on: ("on", "켬")
        case .off: ("off", "끔")
        }
    }

    /// The phrase in a language, with its blanks filled in.
    func text(_ language: Language, _ values: String...) -> String { filled(language == .korean ? texts.ko : texts.en, values) }

    private static let englishLayersUsage = """
        usage: drydock layers [IMAGE...]                draw who shares which layers
               drydock layers --svg FILE [IMAGE...]     the same as a picture; - writes it to the output
               drydock layers --files [--all] IMAGE     what each layer adds (A), changes (C) and deletes (D);
                                                        --all opens every folder
        """
    private static let koreanLayersUsage = """
        사용법: drydock layers [IMAGE...]               누가 어떤 계층을 나누어 쓰는지 그리기
                drydock layers --svg FILE [IMAGE...]    같은 것을 그림 파일로. -는 표준 출력
                drydock layers --files [--all] IMAGE    계층마다 더한 것(A), 바꾼 것(C), 지운 것(D)
                                                        --all은 모든 폴더를 편다
        """
    private static let englishStagesUsage = """
        usage: drydock stages [IMAGE]               how an image was built: what each step added, what went from stage to stage,
                                                    what stayed behind; without IMAGE the last build, be it one that failed
               drydock stages --svg FILE [IMAGE]    the same as a picture; - writes it to the output
               drydock stages --json [IMAGE]        the same for programs
        """
    private static let koreanStagesUsage = """
        사용법: drydock stages [IMAGE]              이미지가 어떻게 빌드되었나: 단계마다 더한 것, 스테이지 사이에 오간 것,
                                                    남겨 둔 것. IMAGE를 빼면 실패한 것까지 쳐서 마지막 빌드
                drydock stages --svg FILE [IMAGE]   같은 것을 그림 파일로. -는 표준 출력
                drydock stages --json [IMAGE]       같은 것을 프로그램이 읽도록
        """
    private static let englishLookInsideUsage = """
        usage: drydock look-inside CONTAINER [COMMAND...]    a shell (or COMMAND) over what a stopped container has left, with its
                                                             environment, user, folder and network; the container stays as it is
        """
    private static let koreanLookInsideUsage = """
        사용법: drydock look-inside CONTAINER [명령...]    정지된 컨테이너가 남긴 파일 위에서 셸(또는 명령)을 그 환경 변수, 사용자,
                                                           디렉터리, 네트워크로 실행한다. 컨테이너는 그대로다
        """
    private static let englishContextUsage = """
        usage: drydock context [-f FILE] [--json] [PATH]    list what docker build PATH would send, and what .dockerignore
                                                            leaves out by which of its lines; PATH is . without one
        """
    private static let koreanContextUsage = """
        사용법: drydock context [-f 파일] [--json] [경로]    docker build 경로가 무엇을 보내는지, .dockerignore의 몇째 줄이
                                                             무엇을 빼는지 보기. 경로를 빼면 .
        """
    private static let englishStepHelp = """
          next      n, empty line   go on to the next stop at this level
          into      i               go down: from an instruction (of a build) to its verbs, to their steps, to the kernel calls
          finish    f               come up: run on to the end of this level
          continue  c               run on; only breakpoints stop
          break ID  b ID            stop at a step (start.mount) or verb (create); break alone lists, unbreak [ID] removes
          look      l               what the kernel says now: mounts, namespaces, cgroup, addresses, the layer's files
          shell     s               in a build: a shell inside the step's container; else as !
          !                         a root shell at this very moment
          abort     a               take back everything this command has done
          help      h, ?            this list
        """
    private static let koreanStepHelp = """
          next      n, 빈 줄        같은 높이의 다음 멈춤으로
          into      i               안으로: (빌드의) 명령어에서 명령으로, 단계로, 커널 호출로
          finish    f               밖으로: 이 높이가 끝날 때까지
          continue  c               끝까지. 지정한 곳에서만 멈춘다
          break ID  b ID            단계(start.mount)나 명령(create)에서 멈춘다. break만 쓰면 목록, unbreak [ID]로 지운다
          look      l               커널이 지금 말해 주는 것: 마운트, 네임스페이스, cgroup, 주소, 계층의 파일
          shell     s               빌드에서는 이 단계의 컨테이너 안 셸, 그 밖에는 !와 같다
          !                         지금 이 순간의 root 셸
          abort     a               이 명령이 한 일을 모두 되돌린다
          help      h, ?            이 목록
        """
}
