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
            "rmi.image",
            ko: StepText(
                "이름 떼고 남는 계층 지우기",
                "먼저 이름을 뗀다(Untagged). 다른 이름도, 이 이미지를 바탕으로 한 이미지나 컨테이너도 없을 때에만 계층을 지운다(Deleted)."),
            en: StepText(
                "Untag, then delete what is left",
                "First the name goes (Untagged). Layers follow (Deleted) only when no other name, image or container stands on them.")),
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
