extension Catalogue {
    /// Verbs that are not part of a container's life.
    static let others: [CatalogueEntry] = [
        CatalogueEntry(
            "load",
            ko: StepText("이미지 파일 불러오기", "save로 만든 파일에서 이미지를 되살린다. 레지스트리 없이 이미지를 옮기는 길이다."),
            en: StepText("Load images from a file", "Images come back from a file that save made: a way to move them without a registry.")),
        CatalogueEntry(
            "load.images",
            ko: StepText(
                "계층을 확인하며 풀기",
                "파일 속의 계층도 내려받은 것과 똑같이 다이제스트로 확인하고, 이미 가진 계층은 다시 풀지 않는다."),
            en: StepText(
                "Verify and unpack the layers",
                "Layers in a file are checked against their digests just like downloaded ones, and those already here are not unpacked "
                    + "again.")),
        CatalogueEntry(
            "rmi",
            ko: StepText("이미지 삭제", "이미지는 이름을 잃을 뿐이고, 아무도 쓰지 않게 된 계층만 실제로 지워진다."),
            en: StepText("Remove an image", "An image merely loses its name; only layers that nobody uses any more are really deleted.")),
        CatalogueEntry(
            "rmi.untag",
            ko: StepText(
                "이름 떼기",
                "이름은 이미지를 가리키는 표지일 뿐이다. 그것만 떼어 낸다(Untagged). 계층은 아직 그대로 있다."),
            en: StepText(
                "Take the name away",
                "A name merely points to an image. It alone goes here (Untagged); every layer is still there.")),
        CatalogueEntry(
            "rmi.delete",
            ko: StepText(
                "아무도 쓰지 않는 것 지우기",
                "이미지가 지워지고(Deleted), 그 계층 가운데 다른 이미지도 컨테이너도 쓰지 않는 것이 함께 지워진다."),
            en: StepText(
                "Delete what nobody uses",
                "The image goes (Deleted), and with it those of its layers that neither another image nor a container has.")),
        CatalogueEntry(
            "save",
            ko: StepText("이미지를 파일로", "계층과 설정과 이름을 그대로 담는다. load하면 같은 이미지 ID로 되살아난다."),
            en: StepText("Save images to a file", "Layers, configuration and names go in as they are; load brings the same image ids back.")
        ),
        CatalogueEntry(
            "save.archive",
            ko: StepText(
                "계층마다 한 번씩 담기",
                "여러 이미지가 나누어 쓰는 계층은 한 번만 담긴다. 압축은 풀어서 담으므로 파일은 내려받은 것보다 크다."),
            en: StepText(
                "Put each layer in once",
                "A layer that several images share goes in only once. Layers go in uncompressed, so the file is larger than what was "
                    + "pulled.")),
        CatalogueEntry(
            "export",
            ko: StepText("컨테이너의 파일을 파일로", "컨테이너가 보는 모습 그대로의 파일만 담는다. 계층도 설정도 담지 않는다."),
            en: StepText(
                "Export a container's files", "Just the files as the container sees them go in: no layers and no configuration.")),
        CatalogueEntry(
            "export.archive",
            ko: StepText(
                "겹쳐 놓고 하나로 묶기",
                "계층들을 overlay로 겹쳐 읽기 전용으로 펼치고, 보이는 파일을 하나의 아카이브로 묶는다. 그래서 계층이 하나로 합쳐진다."),
            en: StepText(
                "Stack them and archive what shows",
                "The layers are stacked by an overlay, read only, and the files that show go into one archive. That is how the layers become "
                    + "one.")),
        CatalogueEntry(
            "commit.pause",
            ko: StepText(
                "컨테이너 잠시 멈추기",
                "돌고 있는 컨테이너는 cgroup의 freezer로 얼려 둔다. 읽는 동안 파일이 바뀌면 어느 순간의 모습도 아닌 이미지가 되기 때문이다."),
            en: StepText(
                "Hold the container still",
                "A running container is frozen by its cgroup's freezer. Files that change while they are read would give an image of no "
                    + "moment at all.")),
        CatalogueEntry(
            "commit.resume",
            ko: StepText("컨테이너 다시 움직이게 하기", "다 읽었으니 얼린 프로세스를 풀어 준다. 이미지를 만드는 나머지 일은 컨테이너와 상관없다."),
            en: StepText(
                "Let the container go on",
                "All is read, so its processes are let go. What is left to do for the image doesn't need the container.")),
        CatalogueEntry(
            "import.download",
            ko: StepText("주소에서 받아 오기", "받는 일은 명령을 친 쪽이 아니라 엔진이 한다. 다 받은 뒤에야 풀기 시작한다."),
            en: StepText(
                "Fetch from the address",
                "The engine fetches it, not the client. It is unpacked only when all of it is here.")),
        CatalogueEntry(
            "import",
            ko: StepText("파일들로 이미지 만들기", "아카이브의 파일이 하나의 계층이 된다. 실행할 명령 같은 설정은 알 수 없어 비어 있다."),
            en: StepText(
                "Make an image of files",
                "The files of an archive become one layer. How to run it is not known, so its configuration is empty.")),
        CatalogueEntry(
            "import.layer",
            ko: StepText("하나의 계층으로 풀기", "아카이브를 확인하며 풀어 저장한다. 계층의 이름은 여기서도 내용의 다이제스트다."),
            en: StepText(
                "Unpack it as one layer",
                "The archive is checked, unpacked and kept. Here too the layer's name is the digest of its content.")),
        CatalogueEntry(
            "import.image",
            ko: StepText("설정을 쓰고 이름 붙이기", "계층 하나와 빈 설정으로 된 이미지가 생기고, 주어진 이름이 붙는다."),
            en: StepText(
                "Write a configuration and name it", "An image of one layer and an empty configuration comes into being and gets its name.")
        ),
        CatalogueEntry(
            "rmi.kept",
            ko: StepText(
                "이미지는 남기기",
                "이름만 떼었고 이미지는 남는다. 이것을 바탕으로 한 이미지나 쓰는 컨테이너, 또는 다른 이름이 아직 있기 때문이다."),
            en: StepText(
                "Keep the image",
                "Only the name went; the image stays, because an image made on it, a container or another name still refers to it.")),
        CatalogueEntry(
            "commit",
            ko: StepText("컨테이너를 이미지로", "컨테이너가 바꾼 것만 새 계층이 되어 이미지의 계층들 위에 얹힌다."),
            en: StepText(
                "Make an image of the container",
                "What the container has changed, and only that, becomes a new layer on those of its image.")),
        CatalogueEntry(
            "commit.layer",
            ko: StepText(
                "바뀐 것만 계층으로 묶기",
                "컨테이너 계층의 파일을 하나의 아카이브로 묶는다. 지운 것은 whiteout으로 적힌다. 그 다이제스트가 계층의 이름(diff ID)이 되고, 같은 내용은 한 번만 저장된다."),
            en: StepText(
                "Archive the difference as a layer",
                "The files of the container's own layer go into one archive; what was deleted is noted as a whiteout. The archive's digest is "
                    + "the layer's name (diff id), and the same content is kept only once.")),
        CatalogueEntry(
            "commit.image",
            ko: StepText(
                "설정 쓰기",
                "이미지의 설정에는 컨테이너의 명령과 환경, 계층들의 목록, 내력이 담긴다. 이 설정의 다이제스트가 곧 이미지 ID다."),
            en: StepText(
                "Write the configuration",
                "An image's configuration has the container's command and environment, the list of layers and its history. Its digest is the "
                    + "image id.")),
        CatalogueEntry(
            "tag",
            ko: StepText("이미지에 이름 더하기", "기존 이름은 그대로 두고, 같은 이미지를 가리키는 이름을 하나 더한다. 복사는 없다."),
            en: StepText("Add a name to an image", "The old name stays; one more name points to the same image. Nothing is copied.")),
        CatalogueEntry(
            "rename",
            ko: StepText("컨테이너 이름 바꾸기", "이름표만 바뀐다. ID도 프로세스도 계층도 그대로다."),
            en: StepText("Rename the container", "Only the label changes; ID, process and layer stay what they are.")),
        CatalogueEntry(
            "shutdown",
            ko: StepText("엔진 끝내기", "도는 컨테이너가 없으니, 모두를 위해 커널에 만들어 둔 것도 함께 가져간다."),
            en: StepText(
                "End the engine", "No container runs, so what was made in the kernel for all of them goes along with the engine.")),
        CatalogueEntry(
            "shutdown.network",
            ko: StepText("브리지와 방화벽 규칙 없애기", "컨테이너들이 꽂혀 있던 스위치와 NAT 규칙이다. 다음 엔진이 다시 만든다."),
            en: StepText(
                "Remove the bridge and its rules",
                "The switch that containers were plugged into, and the NAT rules. The next engine makes them again.")),
        CatalogueEntry(
            "shutdown.cgroups",
            ko: StepText("cgroup 폴더 없애기", "컨테이너들의 cgroup을 담던 폴더다. 이제 비어 있다."),
            en: StepText("Remove the cgroups' folder", "It held the containers' cgroups and is empty by now.")),
        CatalogueEntry(
            "doctor",
            ko: StepText("남은 것 찾기", "엔진의 기록과 커널과 디스크에 실제로 있는 것을 견주어 본다."),
            en: StepText(
                "Look for what is left over", "What the engine's records say is held against what is really in the kernel and on disk.")),
        CatalogueEntry(
            "doctor.check",
            ko: StepText(
                "기록과 실제 견주기",
                "주인 없는 마운트, cgroup, 네트워크 장치, 파일을 찾는다. 고치라고 했을 때만 치운다."),
            en: StepText(
                "Compare records with reality",
                "Mounts, cgroups, network devices and files that no container owns are found, and swept only when asked to.")),
    ]
}
