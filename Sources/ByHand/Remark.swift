import Narration

/// What the script says besides the steps' own texts, both languages side by side. `%1` is filled in.
enum Remark: CaseIterable, Sendable {
    case heading, needs, usage, folderTaken, folderMissing, notRoot, layersHere, notes, shim, bridgeStands, bridgeMissing, addressFar
    case portMoved, inside, unlikeClone, slots, pivot, oldRoot, seccomp, terminal, streams, chain, cgroupParent, neverReady, running,
        endHint
    case failedCall, cannot, textLost, copiesImage, outsideLink, challenge, diffDigest, imageNotes, clean, cleanRest, waits, execInput
    case layerWasThere, intoCgroup, deviceFilter, portsHeld, detachedLog
    case contextHere, storeHere, toolsFile, release, ignored, sentAnyway, setUserID, scratch, cached, neverRuns, view, sourceLook
    case imageAtEnd, imageIsIn, oldForm, byDigest, tagBeside, packed, login, runningFiles, stoppedFiles, detachedExec, endUnseen

    var texts: (en: String, ko: String) {
        switch self {
        case .heading:
            (
                "What this did, by hand: %1\nMade from the calls that drydock recorded while it did it. Nothing of drydock is needed.",
                "이 명령이 한 일을 손으로: %1\ndrydock이 실행하며 기록한 호출로 만들었다. drydock 없이 돈다."
            )
        case .needs:
            (
                "Wants root, bash, coreutils, util-linux, iproute2, nftables, and for images tar, gzip and curl. Its own names: below $B, cgroups in $CG.",
                "필요한 것: root, bash, coreutils, util-linux, iproute2, nftables, 이미지라면 tar, gzip, curl. 자기 이름을 쓴다: 파일은 $B 아래, cgroup은 $CG 안."
            )
        case .usage: ("bash SCRIPT does it, bash SCRIPT clean takes it back.", "bash 스크립트: 실행, bash 스크립트 clean: 되돌리기.")
        case .folderTaken: ("is there already: call this script with clean first", "이미 있다. 먼저 clean을 붙여 실행하라")
        case .folderMissing:
            ("is not there: run the script of the container's own run or create first", "없다. 그 컨테이너의 run이나 create 스크립트를 먼저 실행하라")
        case .notRoot: ("only root may do this", "root만 할 수 있다")
        case .layersHere:
            (
                "The image's layers are plain folders, read and never written: drydock's own serve as well as those of a pull by hand.",
                "이미지 계층은 읽기만 하는 보통 디렉터리다. drydock의 것을 그대로 써도 되고, 손으로 pull한 것을 써도 된다."
            )
        case .notes: ("left out, since it is drydock's note to itself: %1", "drydock이 자기만 보려고 적는 것이라 뺐다: %1")
        case .shim:
            (
                "drydock starts its shim here, the container's parent, which keeps its streams and its exit code. By hand that is unshare(1) below.",
                "drydock은 여기서 컨테이너의 부모인 shim을 띄운다. 입출력과 종료 코드를 지키는 프로세스다. 손으로 할 때는 아래 unshare(1)가 그 자리에 선다."
            )
        case .bridgeStands:
            (
                "Where the bridge stands already, drydock's or an earlier script's, it is used. Its recorded address stays its own.",
                "브리지가 이미 있으면(drydock의 것이든 앞선 스크립트의 것이든) 그것을 쓴다. 브리지 주소는 기록된 그대로다."
            )
        case .bridgeMissing:
            (
                "the bridge is not there, and it was not made in this recording: start a container with drydock, or record the first one after its engine's start",
                "브리지가 없고, 이 기록에서 만들어진 것도 아니다. drydock으로 컨테이너를 하나 띄우거나, 엔진이 시작된 뒤 첫 컨테이너를 기록하라"
            )
        case .addressFar:
            (
                "drydock gave %1 and counts upwards; the script takes one from the far end of the same subnet, so that both can run.",
                "drydock이 준 주소는 %1이고 아래에서부터 센다. 둘이 함께 돌 수 있도록 스크립트는 같은 서브넷의 반대쪽 끝에서 고른다."
            )
        case .portsHeld:
            (
                "drydock holds the port with a socket, so that nobody else takes it. A shell can't: %1",
                "drydock은 소켓을 열어 포트를 잡아 둔다. 셸로는 할 수 없다: %1"
            )
        case .portMoved:
            ("The container of drydock has the port; the script's is 10000 away.", "그 포트는 drydock의 컨테이너가 쓰므로 스크립트는 10000만큼 떨어진 포트를 쓴다.")
        case .inside:
            (
                "What the new process does before it is the container's program. It is bash at first, with the host's tools at hand.",
                "새 프로세스가 컨테이너의 프로그램이 되기까지 하는 일. 처음에는 호스트의 도구를 쓰는 bash다."
            )
        case .unlikeClone:
            (
                "drydock's shim clones; unshare(1) makes the same namespaces and forks. Recorded: %1",
                "drydock은 shim이 clone한다. unshare(1)는 같은 네임스페이스를 만들고 fork한다. 기록: %1"
            )
        case .slots:
            (
                "open_tree takes a copy of a mount, to be put in its place once no path leads out of the container: here a bind mount, moved later.",
                "open_tree는 마운트의 사본을 떠 두고, 컨테이너 밖으로 나가는 길이 없어진 뒤 제자리에 놓는다. 여기서는 bind 마운트를 해 두었다가 옮긴다."
            )
        case .pivot:
            (
                "From here on / is the container's. The shell stays in the host's /usr, from where the tools are called, each by the loader, "
                    + "since the container need not have one.",
                "여기서부터 /는 컨테이너의 것이다. 셸은 호스트의 /usr에 머물며 그곳의 도구를 부른다. 컨테이너에 로더가 없을 수 있어 로더로 직접 부른다."
            )
        case .oldRoot:
            (
                "umount2 MNT_DETACH of the old root: recorded right behind pivot_root; a shell needs its tools up to here.",
                "옛 루트의 umount2 MNT_DETACH. 기록에는 pivot_root 바로 뒤에 있지만 셸에는 여기까지 도구가 필요하다."
            )
        case .seccomp:
            (
                "NOT DONE: %1\nA shell can't load a filter of system calls: no program of util-linux or coreutils does. What follows runs without it.",
                "하지 않음: %1\n시스템 콜 필터는 셸로 걸 수 없다. util-linux나 coreutils에 그런 프로그램이 없다. 뒤에 오는 것은 필터 없이 돈다."
            )
        case .terminal:
            (
                "NOT DONE: %1\nA shell can't make a pseudo-terminal: the one that this script runs on serves, without job control.",
                "하지 않음: %1\n셸은 의사 터미널을 만들 수 없다. 이 스크립트가 도는 터미널을 쓴다. 작업 제어는 되지 않는다."
            )
        case .streams:
            ("not done, since the streams are the caller's: %1", "입출력이 부른 쪽의 것이라 하지 않는다: %1")
        case .chain:
            (
                "setsid, the privileges and the folder, recorded one by one above, belong to the program that is executed: they stand in one line. "
                    + "setpriv gives up the capabilities before env enters the folder; drydock enters it before.",
                "위에 하나하나 기록된 setsid, 권한, 작업 디렉터리는 실행될 프로그램의 것이라 한 줄에 모인다. drydock은 디렉터리에 먼저 들어가지만, 여기서는 "
                    + "setpriv가 권한을 내려놓은 뒤 env가 들어간다."
            )
        case .cgroupParent:
            ("drydock's parent cgroup was there before; the script's own is not.", "drydock의 부모 cgroup은 전부터 있었지만 스크립트의 것은 아직 없다.")
        case .neverReady: ("the container's process did not get as far as its program", "컨테이너의 프로세스가 프로그램까지 가지 못했다")
        case .running: ("running; its pid here is", "실행 중. 여기서 본 pid:")
        case .endHint: ("to end it and take everything back: bash SCRIPT clean", "끝내고 모두 되돌리기: bash 스크립트 clean")
        case .failedCall: ("was no failure: %1 = %2", "실패가 아니었다: %1 = %2")
        case .cannot: ("NOT DONE, no program does it: %1", "하지 않음, 그런 프로그램이 없다: %1")
        case .textLost:
            ("NOT DONE: what was written to %1 is no text, or too long to be recorded", "하지 않음: %1에 쓴 것이 글자가 아니거나 너무 길어 기록되지 않았다")
        case .copiesImage:
            ("A new volume begins with the image's files of that place.", "새 볼륨은 이미지의 그 자리에 있던 파일로 시작한다.")
        case .outsideLink: ("a link in the image leads elsewhere: nothing is copied", "이미지의 링크가 다른 곳을 가리킨다. 복사하지 않는다")
        case .challenge:
            ("401 is what is expected: the answer's head names where tokens are to be had.", "401이 맞다. 응답의 헤더가 토큰을 어디서 받는지 알려 준다.")
        case .diffDigest:
            (
                "Another program's tar of the same files has other bytes (order, times of headers), so another digest than drydock's: compare the files.",
                "같은 파일이라도 다른 프로그램의 tar는 바이트가 달라(순서, 헤더) drydock의 것과 다이제스트가 다르다. 파일을 비교하라."
            )
        case .imageNotes:
            (
                "drydock writes the image's configuration and manifest into its store here, which are its notes.",
                "drydock은 여기서 이미지 설정과 매니페스트를 저장소에 적는다. 자기가 볼 기록이다."
            )
        case .layerWasThere:
            (
                "This layer had come with another image: its folder serves as it stands.", "다른 이미지와 함께 이미 받은 계층이다. 그 디렉터리를 그대로 쓴다."
            )
        case .clean: ("Takes back all that is made below, the last first.", "아래에서 만드는 것을 모두 되돌린다. 나중 것부터.")
        case .cleanRest: ("What the container's script made besides goes with its files.", "컨테이너의 스크립트가 그 밖에 만든 것도 함께 치운다.")
        case .waits: ("Waits for the end, as a container in the foreground is waited for.", "앞에서 도는 컨테이너처럼 끝나기를 기다린다.")
        case .execInput: ("opened here, so it is the host's device: %1", "여기서 열기 때문에 호스트의 장치다: %1")
        case .intoCgroup: ("CLONE_INTO_CGROUP: the process moves itself.", "CLONE_INTO_CGROUP: 프로세스가 스스로 옮겨 간다.")
        case .deviceFilter: ("NOT DONE, a shell loads no BPF program: %1", "하지 않음, 셸은 BPF 프로그램을 걸 수 없다: %1")
        case .contextHere: ("The files that COPY takes: your own folder.", "COPY가 가져갈 파일: 당신의 디렉터리.")
        case .storeHere:
            (
                "Layers and blobs of images that were here before are read from drydock's store, and never written.",
                "전부터 있던 이미지의 계층과 블롭은 drydock의 저장소에서 읽기만 한다."
            )
        case .toolsFile:
            (
                "What the shells inside need, too: those that show an image's files, and those that become a container's process.",
                "안에서 도는 셸에도 필요한 함수: 이미지의 파일을 펼치는 셸과 컨테이너의 프로세스가 될 셸이 읽는다."
            )
        case .release:
            (
                "What is not in $B goes: the container of the step under way, cgroups, and the bridge if it was made here.",
                "$B 밖에 만든 것을 치운다: 진행 중인 단계의 컨테이너, cgroup, 여기서 만든 브리지."
            )
        case .ignored:
            (
                "What .dockerignore left out when this was recorded is not sent: COPY does not find it.",
                "기록할 때 .dockerignore가 뺀 것은 보내지 않는다. COPY는 그 파일을 찾지 못한다."
            )
        case .sentAnyway:
            (
                "The builder reads these, so they are sent, but .dockerignore names them: COPY is not to find them.",
                "빌더가 읽어야 해서 보냈지만 .dockerignore에 적혀 있으므로 COPY가 찾지 못하게 지운다."
            )
        case .setUserID:
            (
                "COPY gives each file another owner, and chown(2) takes set-user-id and set-group-id away.",
                "COPY는 파일의 주인을 바꾸고, chown(2)은 그때 set-user-id와 set-group-id를 지운다."
            )
        case .scratch: ("Nothing is below: the first layer will be the lowest.", "아래에 아무것도 없다. 처음 만드는 계층이 맨 아래가 된다.")
        case .cached:
            (
                "FROM THE CACHE: an earlier build made this, and nothing of how was recorded now. Its layer is drydock's own. "
                    + "With build --no-cache the script does it itself.",
                "캐시에서: 예전 빌드가 만든 것이라 지금은 어떻게 만드는지 기록된 것이 없다. 계층은 drydock의 것을 그대로 쓴다. "
                    + "build --no-cache로 하면 스크립트가 직접 한다."
            )
        case .neverRuns:
            (
                "drydock makes the container %1 for this and removes it again, as Docker's classic builder does.\n"
                    + "It never runs, and nothing of it gets into the image: it is left out.",
                "drydock은 Docker의 예전 빌더처럼 컨테이너 %1을 만들었다가 지운다.\n한 번도 돌지 않고 이미지에 남는 것도 없어서 뺐다."
            )
        case .view:
            (
                "The image so far, and an empty folder on top that takes what is written. No one else sees these mounts, and they go "
                    + "with this shell.",
                "지금까지의 이미지 위에 빈 디렉터리를 하나 얹고, 쓴 것은 거기에 남는다. 이 마운트는 다른 프로세스에 보이지 않고 이 셸과 함께 사라진다."
            )
        case .sourceLook:
            (
                "drydock shows the other image's files here to hash them for the cache. That changes nothing: it is left out.",
                "drydock은 여기서 다른 이미지의 파일을 펼쳐 캐시에 물어볼 다이제스트를 잰다. 바뀌는 것이 없어서 뺐다."
            )
        case .imageAtEnd:
            (
                "The image: its configuration and its layers in one archive. Its id is another than drydock's, since times and archives are.\n"
                    + "The members container and container_config, which the classic builder adds, are left out.",
                "이미지: 설정과 계층을 묶음 하나로. 시각과 묶음의 바이트가 달라서 id도 drydock의 것과 다르다.\n"
                    + "예전 빌더가 더 적는 container와 container_config는 뺐다."
            )
        case .detachedExec:
            (
                "Nobody waits for it, and what it prints is dropped by drydock: here it goes to $B/exec.log.",
                "기다리지 않는다. 출력은 drydock이 버리지만 여기서는 $B/exec.log에 남는다."
            )
        case .endUnseen:
            (
                "drydock's shim tells of the first process's end, and the engine clears up after it apart from this command. Its network "
                    + "namespace takes the cable along; here that is made sure of. The cgroups serve again.",
                "첫 프로세스가 끝났다는 것은 shim이 알리고, 엔진은 이 명령과 따로 뒷정리를 한다. 케이블은 네트워크 네임스페이스와 함께 사라지는데, "
                    + "여기서는 확실히 지운다. cgroup은 다시 쓴다."
            )
        case .oldForm:
            (
                "For readers older than manifest.json drydock adds VERSION and json to each layer, and repositories: left out.",
                "manifest.json을 모르는 옛 도구를 위해 drydock은 계층마다 VERSION과 json, 그리고 repositories를 더 넣는다. 여기서는 뺐다."
            )
        case .byDigest:
            (
                "Each member is found by its digest, which is also its check: the names differ between docker save and OCI layouts.",
                "멤버는 다이제스트로 찾는다. 그것이 곧 검사다. 이름은 docker save와 OCI 레이아웃이 서로 다르다."
            )
        case .tagBeside:
            (
                "drydock's own push keeps its tag; this one goes beside it.",
                "drydock이 push한 태그는 그대로 두고, 이 스크립트는 옆에 다른 태그로 올린다."
            )
        case .packed:
            (
                "drydock keeps a layer that was made here as it is, and compresses it to be sent. Another gzip's bytes have another digest.",
                "drydock은 여기서 만든 계층을 그대로 두었다가 보낼 때 압축한다. gzip이 다르면 바이트가 다르고 다이제스트도 다르다."
            )
        case .login:
            (
                "The password is not in here: LOGIN=USER:PASSWORD bash SCRIPT",
                "비밀번호는 여기에 없다: LOGIN=사용자:비밀번호 bash 스크립트"
            )
        case .runningFiles:
            (
                "drydock shows the container's root, its volumes and bind mounts in a mount namespace of its own. By hand /proc/PID/root "
                    + "leads there; it has the container's tmpfs, too.",
                "drydock은 따로 만든 마운트 네임스페이스에 컨테이너의 루트와 볼륨, bind 마운트를 펼친다. 손으로는 /proc/PID/root로 가면 된다. "
                    + "거기에는 컨테이너의 tmpfs도 보인다."
            )
        case .stoppedFiles:
            (
                "The container does not run: its layers are shown here for as long as this takes, and what it mounts on top of them.",
                "컨테이너가 돌고 있지 않아서, 복사하는 동안만 계층을 펼치고 그 위에 컨테이너의 마운트를 얹는다."
            )
        case .imageIsIn: ("docker load takes the image from", "docker load로 읽을 수 있는 이미지:")
        case .detachedLog: ("In the background what it prints goes to a file.", "배경에서 돌 때 출력은 파일로 간다.")
        }
    }

    func text(_ language: Language, _ values: String...) -> String { filled(language == .korean ? texts.ko : texts.en, values) }
}
