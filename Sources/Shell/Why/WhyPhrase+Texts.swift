extension WhyPhrase {
    var texts: (en: String, ko: String) { general ?? removal ?? making ?? registries ?? execs ?? building ?? ending }

    private var general: (en: String, ko: String)? {
        switch self {
        case .usage:
            (
                """
                usage: drydock why                      why the last command ended as it did: what the engine has noted of it
                       drydock why CONTAINER | IMAGE    why a container ended so; what holds an image
                """,
                """
                사용법: drydock why                        마지막 명령이 왜 그렇게 끝났나: 엔진이 적어 둔 것으로 답한다
                        drydock why 컨테이너 | 이미지      컨테이너가 왜 그렇게 끝났나, 이미지를 무엇이 붙들고 있나
                """
            )
        case .nothingRun: ("No command has been run in this shell yet.", "이 셸에서 아직 실행한 명령이 없다.")
        case .nothingYet: ("No client has asked this engine to do anything yet.", "아직 이 엔진에 무엇을 시킨 명령이 없다.")
        case .noSuchThing:
            ("there is no container and no image %1, and none of the last to go was called so", "컨테이너도 이미지도 없고, 최근에 지워진 것 가운데에도 없는 이름: %1")
        case .more: ("… and %1 more requests of the command", "… 이 명령의 요청이 %1개 더 있다")
        case .running: ("running", "실행 중")
        case .stopped: ("stopped", "정지")
        case .neverAsked:
            (
                "The engine was never asked: no request of this command reached it. docker itself ended it with code %1, from the line alone.",
                "엔진은 부탁받은 적이 없다. 이 명령의 요청이 하나도 엔진에 오지 않았고, docker가 입력한 줄만 보고 코드 %1[으로/로] 끝냈다."
            )
        case .neverAskedTry:
            ("So nothing has changed. What docker printed says which word it didn't take.", "그래서 바뀐 것도 없다. 어느 낱말이 잘못인지는 docker가 출력한 글에 있다.")
        case .askedNothing:
            ("This command asked the engine for nothing, so nothing has changed there.", "이 명령은 엔진에 아무것도 묻지 않았고, 엔진 쪽에서 바뀐 것도 없다.")
        case .bashOnly:
            (
                "Nothing of this line reached the engine: what it did and its code %1 are the host's own.",
                "이 줄에서 엔진에 온 것은 없다. 한 일도 코드 %1도 호스트의 것이다."
            )
        case .interrupted: ("It was interrupted (code 130) before any of its requests reached the engine.", "엔진에 요청이 오기 전에 중단되었다(코드 130).")
        case .tooOld:
            ("The engine has been started anew since then, and its notes went with the old one.", "그 뒤에 엔진이 새로 시작되어 그 명령에 대한 기록이 남아 있지 않다.")
        case .looked:
            ("It only looked: the engine answered each question, and nothing was changed.", "보기만 한 명령이다. 엔진은 물은 것에 모두 답했고 바뀐 것은 없다.")
        case .worked: ("It worked, and the engine has noted nothing more of it than that.", "잘 되었다. 엔진이 더 적어 둔 것은 없다.")
        case .endedOtherwise:
            (
                "The engine has answered each of its requests and has noted no refusal; the command ended with code %1 all the same.",
                "엔진은 이 명령의 요청에 모두 답했고 거절한 기록이 없다. 그런데도 명령은 코드 %1[으로/로] 끝났다."
            )
        case .refused: ("The engine refused it: %1", "엔진이 거절했다: %1")
        case .noSuchImage:
            ("Here is no image %1. `docker images` lists the names that there are.", "여기에는 이미지 %1 없음. 있는 이름은 `docker images`로 볼 수 있다.")
        case .noSuchContainer:
            (
                "Here is no container %1. `docker ps -a` lists those that there are, also the stopped ones.",
                "여기에는 컨테이너 %1 없음. 정지된 것까지 모두 보려면 `docker ps -a`."
            )
        case .noSuchVolume:
            ("Here is no volume %1. `docker volume ls` lists those that there are.", "여기에는 볼륨 %1 없음. 있는 것은 `docker volume ls`로 볼 수 있다.")
        case .endUnknown:
            (
                "The container %1 is gone, and its end is not among the last that the engine has noted.",
                "컨테이너 %1: 지금은 없고, 엔진이 적어 둔 최근의 끝 가운데에도 없다."
            )
        case .needsRunning: ("%1 is not running, and exec goes into running containers only.", "%1: 돌고 있지 않다. exec는 돌고 있는 컨테이너에만 들어갈 수 있다.")
        case .notRunning: ("%1 was not running, so there was nothing to be done.", "%1: 돌고 있지 않아서 할 일이 없었다.")
        default: nil
        }
    }

    private var removal: (en: String, ko: String)? {
        switch self {
        case .rmiUntagged:
            ("Only the name %1 was taken away; the image itself stayed, because it is still needed:", "이름 %1만 떼었다. 이미지 자체는 아직 필요해서 남았다:")
        case .rmiDeleted:
            (
                "%1 was the last name of image %2, no container used it and no other image was made on it: the image was deleted.",
                "%1: 이미지 %2의 마지막 이름이었고, 쓰는 컨테이너도 그 위에 만든 이미지도 없어서 이미지까지 지웠다."
            )
        case .rmiDeletedByID:
            ("Image %1 was asked for by its ID; nothing needed it, so it was deleted.", "이미지 %1: ID로 지정했고 필요로 하는 것이 없어서 지웠다.")
        case .rmiLayers:
            ("Of its %2 layers, removed from the disk: %1.", "계층 %2개 가운데 디스크에서 지운 것: %1개.")
        case .rmiLayersKept: ("layers that stayed: %1, needed by %2", "남은 계층 %1개: %2에 필요하다")
        case .rmiParentDeleted:
            ("With it went what it was made on, which had no name and no other use: %1.", "이름이 없고 달리 쓰이지 않는 그 아래 이미지도 함께 지웠다: %1.")
        case .aContainer: ("container %1", "컨테이너 %1")
        case .rmiParentKept: ("Its parent %1 stayed:", "그 부모 %1: 남았다.")
        case .holdsName:
            ("Names that it has: %1.", "가진 이름: %1.")
        case .holdsChild:
            ("Made on it: %1.", "그 위에 만든 이미지: %1.")
        case .holdsContainer:
            ("Containers that use it: %1.", "쓰고 있는 컨테이너: %1.")
        case .rmiManyNames:
            (
                "%1 names an image by its ID, and that has several names: which one to take away isn't said.",
                "%1: ID로 지정했는데 이 이미지에는 이름이 여럿이라 어느 이름을 뗄지 정해지지 않는다."
            )
        case .rmiManyNamesTry:
            (
                "`docker rmi NAME` takes one name away; `docker rmi -f ID` all of them.",
                "`docker rmi 이름`은 그 이름 하나를, `docker rmi -f ID`는 모두 뗀다."
            )
        case .rmiChildren: ("%1 can't go: other images stand on its layers.", "%1: 다른 이미지가 이 이미지의 계층 위에 서 있어서 지울 수 없다.")
        case .rmiChildrenTry: ("Remove those first; -f doesn't help here.", "그것들을 먼저 지워야 한다. 여기서는 -f도 소용없다.")
        case .rmiUsed: ("%1 has one name left, and container %2 was made of it.", "%1: 이름이 하나뿐이고, 이것으로 만든 컨테이너가 있다: %2.")
        case .rmiUsedTry:
            (
                "Remove the container first (`docker rm`), or take the name away all the same with `docker rmi -f`: its layers stay as long as the container.",
                "컨테이너를 먼저 지우거나(`docker rm`), `docker rmi -f`로 이름을 떼면 된다. 그래도 계층은 컨테이너가 있는 동안 남는다."
            )
        case .rmiUsedRunningTry:
            ("It runs, so -f doesn't help either: stop and remove the container first.", "돌고 있으므로 -f도 소용없다. 컨테이너를 먼저 멈추고 지워야 한다.")
        case .imageOneName:
            ("`docker rmi %1` would only take this name away: the image has others.", "`docker rmi %1`: 이 이름만 뗀다. 이미지에 다른 이름이 있기 때문이다.")
        case .imageFree: ("Nothing needs %1: `docker rmi` would delete it.", "%1: 필요로 하는 것이 없다. `docker rmi`로 지워진다.")
        case .imageHeld: ("%1 can't simply be removed, because it is needed:", "%1: 필요로 하는 것이 있어서 그냥은 지워지지 않는다:")
        case .rmDone: ("%1 was not running: it went with its own layer. Its image stays.", "%1: 돌고 있지 않았으므로 자기 계층과 함께 지웠다. 이미지는 그대로다.")
        case .rmKilled: ("%1 was running; -f had it ended with SIGKILL first, then removed.", "%1: 돌고 있었다. -f 때문에 먼저 SIGKILL로 끝낸 다음 지웠다.")
        case .rmRunning: ("%1 has been running since %2 UTC, and rm takes only stopped ones.", "%1: %2 UTC부터 돌고 있고, rm은 정지된 컨테이너만 지운다.")
        case .rmPaused: ("%1 is paused, and a paused container counts as a running one.", "%1: 일시 정지된 컨테이너도 돌고 있는 것으로 친다.")
        case .rmRunningTry:
            (
                "`docker stop %1` first, or `docker rm -f %1`, which ends it with SIGKILL.",
                "`docker stop %1` 다음에 지우거나, SIGKILL로 끝내고 지우는 `docker rm -f %1`."
            )
        case .volumeDone: ("No container had the volume %1, so it went with everything in it.", "볼륨 %1: 쓰는 컨테이너가 없어서 안에 든 것까지 지웠다.")
        case .volumeUsed: ("The volume %1 belongs to containers that are there, running or not: %2.", "볼륨 %1: 쓰고 있는 컨테이너(정지된 것도 친다): %2.")
        case .volumeUsedTry: ("Remove those containers first.", "그 컨테이너를 먼저 지워야 한다.")
        default: nil
        }
    }

    private var making: (en: String, ko: String)? {
        switch self {
        case .nameTaken: ("The name %1 is taken: two containers can't have one name.", "이름 %1: 이미 쓰이고 있다. 두 컨테이너가 한 이름을 가질 수 없다.")
        case .nameTakenBy: ("It is the name of container %1, made of %2 at %3.", "가진 컨테이너: %1, 이미지 %2, 만든 때 %3.")
        case .nameFreeNow: ("Container %1 had it then; it is gone now.", "그때 가졌던 컨테이너 %1: 지금은 없다.")
        case .nameTakenTry:
            (
                "Take another name, or `docker rm %1` or `docker rename %1 OTHER` first.",
                "다른 이름을 쓰거나, 먼저 `docker rm %1` 또는 `docker rename %1 다른이름`."
            )
        case .portTaken:
            (
                "%1 was made, but not started: it was to have port %2 of the host, and that was taken.",
                "%1: 만들어졌지만 시작하지 못했다. 호스트의 포트 %2: 이미 쓰이고 있었다."
            )
        case .portByContainer: ("Container %1 publishes port %2.", "포트 %2: 컨테이너 %1에서 내놓고 있다.")
        case .portByProcess: ("A process of the host listens there: %1.", "그 포트를 듣고 있는 호스트의 프로세스: %1.")
        case .portFreeNow: ("Now nobody listens at port %1: whoever had it has gone since.", "지금 포트 %1: 듣는 프로세스가 없다. 그때 쓰던 것은 이미 끝났다.")
        case .portUnknown:
            (
                "No container of this engine has it, and the processes of the engine's machine can't be asked from here.",
                "이 엔진의 컨테이너는 아니고, 엔진이 있는 컴퓨터의 프로세스는 여기서 볼 수 없다."
            )
        case .portTry:
            (
                "Free that port, or publish another one: -p OTHER:PORT. `docker start` then tries again.",
                "그 포트를 비우고 `docker start`로 다시 시작하거나, 다른 포트를 쓴다: -p 다른포트:포트"
            )
        case .startFailed: ("%1 did not start; nothing of its own has run.", "%1: 시작하지 못했고, 안에서 실행된 것은 없다.")
        case .startNotInPath:
            (
                "No process of %2 ever ran: the image has no program %1 in the folders of its $PATH. Code 127 stands for that.",
                "%2: 프로세스가 하나도 실행되지 않았다. 이미지의 $PATH 디렉터리에 프로그램 %1 없음. 코드 127은 그런 뜻이다."
            )
        case .startNoFile:
            (
                "No process of %2 ever ran: the image has no file %1. Code 127 stands for that.",
                "%2: 프로세스가 하나도 실행되지 않았다. 이미지에 파일 %1 없음. 코드 127은 그런 뜻이다."
            )
        case .startNotAllowed:
            (
                "No process of %2 ever ran: %1 is there, but may not be executed (no x bit, or a folder). Code 126 stands for that.",
                "%2: 프로세스가 하나도 실행되지 않았다. %1: 있지만 실행할 수 없다(x 권한이 없거나 디렉터리다). 코드 126은 그런 뜻이다."
            )
        case .pullDenied:
            (
                "The registry gives %1 to nobody who isn't logged in. It doesn't say whether there is such a repository or whether it is private.",
                "레지스트리가 %1 내주기를 거절했다. 없는 저장소인지 로그인이 필요한 저장소인지는 알려 주지 않는다."
            )
        case .pullNoTag: ("The registry answered, and has no image with this name and tag: %1.", "레지스트리가 대답했고, 그 이름과 태그의 이미지는 없다고 했다: %1.")
        case .pullNoRepository: ("The registry answered, and has no repository of this name: %1.", "레지스트리가 대답했고, 그 이름의 저장소는 없다고 했다: %1.")
        case .pullLogin: ("The registry wants a login for %1: `docker login`.", "%1: 레지스트리가 로그인을 요구한다. `docker login`.")
        case .pullUnreachable:
            (
                "No registry could be reached for %1, so nobody was asked whether there is such an image.",
                "%1: 레지스트리에 닿지 못했다. 그런 이미지가 있는지 물어보지도 못했다."
            )
        case .pullFailed: ("%1 could not be fetched.", "%1: 내려받지 못했다.")
        case .pullDone: ("%1 is here.", "%1: 여기 있다.")
        case .pullNothing: ("%1 was here already, layer by layer: only its name was set.", "%1: 이미지가 이미 여기 있어서 이름만 다시 달았다. 받은 계층은 없다.")
        case .pullAll:
            ("%1: none of its layers was here, so all were fetched: %3.", "%1: 여기 있던 계층이 없어서 모두 받았다: %3개.")
        case .pullSome:
            (
                "%1: of its %3 layers, %4 were here already, from other images; fetched: %2.",
                "%1: 계층 %3개 가운데 %4개는 다른 이미지의 것으로 이미 있었다. 받은 것: %2개."
            )
        case .pulledFor: ("The engine had no image %1, so docker asked it to pull that first.", "엔진에 이미지 %1 없음. 그래서 docker가 먼저 pull을 부탁했다.")
        case .commitDone:
            (
                "Layers of %1: %2. Shared with %4, not copied: %3. New, made of what container %6 had changed: %5.",
                "%1: 계층 %2개. %4의 것을 복사 없이 함께 쓰는 계층: %3개. 컨테이너 %6에서 바뀐 것으로 새로 만든 계층: %5개."
            )
        default: nil
        }
    }

    private var registries: (en: String, ko: String)? {
        switch self {
        case .pushDone: ("%1 is in the registry now, as it is here.", "%1: 레지스트리에도 이제 여기와 같은 것이 있다.")
        case .pushNoImage:
            (
                "Here is no image with the name %1, so nothing was sent. `docker images` lists the names.",
                "여기에는 이름이 %1인 이미지가 없어서 보낸 것도 없다. 있는 이름은 `docker images`로 볼 수 있다."
            )
        case .pushDenied:
            (
                "The registry doesn't take %1 from whoever sent it: that needs a login as somebody who may write there (`docker login`), and a name that is theirs.",
                "레지스트리가 %1[을/를] 받기를 거절했다. 그 이름에 쓸 수 있는 사람으로 로그인해야 한다(`docker login`)."
            )
        case .pushUnreachable: ("No registry could be reached for %1, so nothing was sent.", "%1: 레지스트리에 닿지 못해서 보낸 것이 없다.")
        case .pushFailed: ("%1 could not be sent.", "%1: 보내지 못했다.")
        case .loginUnreachable:
            ("The registry could not be reached, so it was asked for no name and no password.", "레지스트리에 닿지 못해서 이름도 비밀번호도 물어보지 못했다.")
        case .loginWrong: ("The registry answered, and doesn't take this name with this password.", "레지스트리가 대답했고, 그 이름과 비밀번호를 받아들이지 않았다.")
        default: nil
        }
    }

    private var execs: (en: String, ko: String)? {
        switch self {
        case .execNoProgram:
            (
                "No process was begun: in %2 there is no program %1. The container runs on as before.",
                "프로세스를 시작하지 못했다. %2 안에 프로그램 %1[이/가] 없다. 컨테이너는 그대로 돈다."
            )
        case .execNotAllowed:
            (
                "No process was begun: %1 is in %2, but may not be executed (no x bit, or a folder). The container runs on as before.",
                "프로세스를 시작하지 못했다. %2 안의 %1[은/는] 실행할 수 없다(x 권한이 없거나 디렉터리다). 컨테이너는 그대로 돈다."
            )
        case .execFailed: ("No process was begun in %2; the container runs on as before.", "%2 안에서 프로세스를 시작하지 못했다. 컨테이너는 그대로 돈다.")
        case .execRuns: ("It still runs in %1, so it has no code yet.", "%1 안에서 아직 돌고 있어서 코드가 없다.")
        case .execZero:
            ("It ended in %1 with code 0; the container's own first process is another one.", "%1 안에서 코드 0으로 끝났다. 컨테이너의 첫 프로세스와는 다른 프로세스다.")
        case .execCode:
            (
                "It ended in %1 with code %2. What that means is the program's to say; the container's own first process is another one.",
                "%1 안에서 코드 %2[으로/로] 끝났다. 뜻은 그 프로그램이 정한다. 컨테이너의 첫 프로세스와는 다른 프로세스다."
            )
        case .execSignal:
            (
                "%1 = 128 + %2 stands for a process that %3 ended, or for a shell whose command it ended.",
                "%1 = 128 + %2: %3 시그널로 끝난 프로세스, 또는 그렇게 끝난 명령을 실행한 셸의 코드다."
            )
        default: nil
        }
    }

    private var building: (en: String, ko: String)? {
        switch self {
        case .buildRefused: ("The build did not begin.", "빌드가 시작되지 않았다.")
        case .buildExplained: ("--explain builds nothing: it only asked the cache.", "--explain은 빌드하지 않고 캐시에 묻기만 한다.")
        case .buildNoStory: ("No step of it has asked the cache.", "캐시를 찾아본 단계가 없다.")
        case .buildFailed: ("Step %1 failed: %2", "%1단계 실패: %2")
        case .buildNotRun: ("Steps behind it that were not run: %1.", "그 뒤에 실행되지 않은 단계: %1개.")
        case .buildNoBase:
            (
                "The image that FROM names was to be pulled first, and could not be had: no step was run.",
                "FROM의 이미지를 먼저 받아야 하는데 받지 못해서 실행한 단계가 없다."
            )
        case .buildNoFile:
            (
                "%1 is not in the context that was sent: it isn't in the folder, or .dockerignore leaves it out. `drydock context` lists what is sent.",
                "엔진에 보낸 컨텍스트에 %1[이/가] 없다. 폴더에 없거나 .dockerignore 때문에 빠졌다. 무엇을 보내는지는 `drydock context`로 볼 수 있다."
            )
        case .buildStopped: ("The build stopped on an error before any step was done anew.", "단계를 새로 하기 전에 오류로 멈췄다.")
        case .buildMissed: ("The first step that the cache did not have is step %1: %2", "캐시에 없던 첫 단계는 %1단계다: %2")
        case .buildAfter:
            (
                "Further steps that had to be done anew: %1. Each stands on the image of the step before, and that is a new one.",
                "뒤따라 새로 한 단계: %1개. 단계는 앞 단계의 이미지 위에 서는데 그것이 새 이미지이기 때문이다."
            )
        case .buildAllHit:
            (
                "All %1 steps came from the cache: on the same parent the same instruction with the same files had been done before.",
                "단계 %1개가 모두 캐시에서 왔다. 같은 부모 위에서 같은 명령을 같은 파일로 한 적이 있기 때문이다."
            )
        case .buildNoSteps: ("It has no step of which the cache could be asked.", "캐시에서 찾을 단계가 없다.")
        case .missNoCache: ("--no-cache: the cache was not to be asked.", "--no-cache 때문에 캐시를 찾아보지 않았다.")
        case .missNothing: ("On its parent (%1) nothing had been built before.", "그 부모(%1) 위에 아직 아무것도 만든 적이 없다.")
        case .missFiles: ("The instruction is the same, but files that it copies are others than then: %1", "명령은 그대로인데 복사할 파일이 그때와 다르다: %1")
        case .missArgument: ("A value that it is run with has changed: %1", "실행할 때 주는 값이 바뀌었다: %1")
        case .missConfiguration: ("What was set before it is another than then: %1", "앞서 정해진 설정이 그때와 다르다: %1")
        case .missInstruction:
            ("On the same parent another instruction stood then: %1. Now it is: %2", "같은 부모 위에 그때는 다른 명령이 있었다: %1. 지금은 이렇다: %2")
        case .missParent: ("An earlier stage had already been made anew.", "앞 단계가 이미 새로 만들어졌다.")
        default: nil
        }
    }

    private var ending: (en: String, ko: String) {
        switch self {
        case .exitRunning: ("%1 runs, since %2 UTC: it has no exit code yet.", "%1: %2 UTC부터 돌고 있어서 아직 종료 코드가 없다.")
        case .exitPaused: ("%1 is paused: it has no exit code yet.", "%1: 일시 정지 상태라 아직 종료 코드가 없다.")
        case .exitCreated: ("%1 has been made and never started.", "%1: 만들어졌을 뿐 시작한 적이 없다.")
        case .exitUnknown:
            (
                "%1 ended with code %2. By what is not on record: an older engine wrote it down.",
                "%1: 코드 %2[으로/로] 끝났다. 무엇 때문인지는 기록이 없다. 예전 엔진이 적은 것이다."
            )
        case .exitUnrecorded:
            (
                "The shim of %1 went without telling how it ended; %2 is what is assumed then.",
                "%1: shim이 끝을 알리지 못하고 사라졌다. 코드 %2[은/는] 그럴 때 쓰는 값이다."
            )
        case .exitFact: ("%1: code %2 at %3 UTC, as the shim has told", "%1: 코드 %2, %3 UTC, shim이 알린 것")
        case .exitSentFact: ("%1 UTC  %2 sent %3", "%1 UTC  %2: %3 보냄")
        case .exitRunsOn: ("%2 was sent to the first process of %1, and it runs on.", "%1: 첫 프로세스에 %2[을/를] 보냈는데 계속 돌고 있다.")
        case .exitHandled:
            (
                "It has a handler for %1 (SigCgt in /proc/%2/status): what it does with the signal is the program's choice.",
                "%1 처리기가 있다(/proc/%2/status의 SigCgt). 시그널을 받아 무엇을 할지는 프로그램이 정한다."
            )
        case .exitNotHandled:
            (
                "It has no handler for %1 (SigCgt in /proc/%2/status), and in its namespace it is pid 1: without a handler the kernel delivers pid 1 nothing but SIGKILL and SIGSTOP.",
                "%1 처리기가 없다(/proc/%2/status의 SigCgt). 네임스페이스의 pid 1에는 처리기가 없는 시그널을 커널이 전하지 않는다. SIGKILL과 SIGSTOP만 예외다."
            )
        case .exitSignal:
            (
                "The first process of %1 was ended by the signal %2: its code %3 is 128 + %4.",
                "%1: 첫 프로세스가 시그널 %2 때문에 끝났다. 코드 %3 = 128 + %4."
            )
        case .exitStopKilled:
            (
                "`%1` had asked with %2, but it was still there %3 s later; so `%1` sent SIGKILL, which can't be ignored.",
                "`%1` 명령이 %2 시그널로 부탁했지만 %3초 뒤에도 끝나지 않아, 무시할 수 없는 SIGKILL을 보냈다."
            )
        case .exitSent: ("The engine sent it for `%1`, at %3 UTC.", "엔진이 보냈다. 시킨 명령은 `%1`, 때는 %3 UTC.")
        case .exitAlsoMemory: ("The kernel's OOM killer had been at work in its cgroup, too.", "그 cgroup에서 커널의 OOM killer도 움직였다.")
        case .exitMemory:
            (
                "The engine did not send it. The kernel's OOM killer did: its cgroup may have %1 of memory, and needed more.",
                "엔진이 보낸 것이 아니다. 메모리 한도 %1보다 더 쓰려 해서 커널의 OOM killer가 끝냈다."
            )
        case .exitMemoryUnlimited:
            (
                "The engine did not send it. The kernel's OOM killer ended it, with no limit of its own: the machine's memory, or a cgroup above, was full.",
                "엔진이 보낸 것이 아니다. 자기 한도는 없었지만 컴퓨터나 상위 cgroup의 메모리가 차서 커널의 OOM killer가 끝냈다."
            )
        case .exitKilledUnknown:
            (
                "The engine did not send it, and the kernel's OOM killer has counted nothing in its cgroup. So it came from another process, outside or within; which one the kernel doesn't tell.",
                "엔진이 보낸 것이 아니고, 그 cgroup에서 커널의 OOM killer가 움직인 기록도 없다. 그러니 안이나 밖의 다른 프로세스가 보냈다. 어느 것인지는 커널이 알려 주지 않는다."
            )
        case .exitSignalUnknown: ("The engine did not send %1.", "%1: 엔진이 보낸 것이 아니다.")
        case .faultMemory:
            (
                "The kernel sends %1 to a program that touches memory which it may not; another process could have sent it, too.",
                "%1: 쓸 수 없는 메모리를 건드린 프로그램에 커널이 보내는 시그널이다. 다른 프로세스가 보냈을 수도 있다."
            )
        case .faultNumber:
            (
                "The kernel sends %1 for arithmetic that has no result; another process could have sent it, too.",
                "%1: 0으로 나누기처럼 답이 없는 계산에 커널이 보내는 시그널이다. 다른 프로세스가 보냈을 수도 있다."
            )
        case .faultInstruction:
            (
                "The kernel sends %1 for machine code that the processor doesn't know; another process could have sent it, too.",
                "%1: 프로세서가 모르는 기계어에 커널이 보내는 시그널이다. 다른 프로세스가 보냈을 수도 있다."
            )
        case .faultAbort:
            (
                "A program sends %1 to itself when it gives up: abort(3). Another process could have sent it, too.",
                "%1: 프로그램이 스스로 그만둘 때 자기에게 보내는 시그널이다(abort). 다른 프로세스가 보냈을 수도 있다."
            )
        case .exitZero: ("%1 ended by itself, with code 0: its program (%3) was through.", "%1: 스스로 코드 0으로 끝났다. 프로그램(%3)이 할 일을 마쳤다.")
        case .exitCode:
            (
                "%1 ended by itself: its program (%3) chose the code %2. What that means is the program's to say; `docker logs` may tell.",
                "%1: 스스로 끝났다. 코드 %2[은/는] 프로그램(%3)이 고른 것이고 뜻도 그 프로그램이 정한다. `docker logs`에 까닭이 있을 수 있다."
            )
        case .exitAfterSignal:
            (
                "Before that `%1` had sent it %2: the program took the signal and ended on its own.",
                "그 전에 `%1` 명령이 %2 시그널을 보냈다. 프로그램이 그것을 받아 스스로 끝냈다."
            )
        case .exitShell126: ("Shells choose 126 for a command that is there but can't be executed.", "셸은 있지만 실행할 수 없는 명령에 126을 고른다.")
        case .exitShell127: ("Shells choose 127 for a command that they don't find.", "셸은 찾지 못한 명령에 127을 고른다.")
        case .exitShellSignal:
            (
                "Shells choose %1 = 128 + %2 when a program that they had started was ended by %3. The first process itself was not.",
                "셸은 자기가 실행한 프로그램이 %3 시그널로 끝났을 때 %1 = 128 + %2[을/를] 고른다. 첫 프로세스 자신은 시그널로 끝나지 않았다."
            )
        case .exitMemoryInside: ("The kernel's OOM killer has ended a process in its cgroup.", "그 cgroup에서 커널의 OOM killer가 프로세스를 끝냈다.")
        default: ("", "")
        }
    }
}
