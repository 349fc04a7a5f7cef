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
                "이름도, 이 이미지를 바탕으로 한 이미지도, 쓰는 컨테이너도 없다. 그래서 이미지가 지워지고(Deleted), 다른 이미지와 나누어 쓰지 않는 계층이 함께 지워진다."),
            en: StepText(
                "Delete what nobody uses",
                "No name, no image made on it and no container is left. So the image goes (Deleted), and with it the layers that it shares "
                    + "with no other image.")),
        CatalogueEntry(
            "commit",
            ko: StepText("컨테이너를 이미지로", "컨테이너가 바꾼 것만 새 계층이 되어 이미지의 계층들 위에 얹힌다."),
            en: StepText(
                "Make an image of the container", "What the container has changed, and only that, becomes a new layer on those of its image.")),
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
