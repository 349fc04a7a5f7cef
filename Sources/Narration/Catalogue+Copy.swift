extension Catalogue {
    /// `docker cp`.
    static let copy: [CatalogueEntry] = [
        CatalogueEntry(
            "cp",
            ko: StepText(
                "컨테이너와 파일 주고받기",
                "파일은 tar 아카이브 하나가 되어 오간다. 컨테이너가 돌고 있지 않아도 되고, 컨테이너 안의 프로그램은 아무것도 하지 않는다."),
            en: StepText(
                "Copy between container and host",
                "Files travel as one tar archive. The container need not run for that, and no program in it has a part in it.")),
        CatalogueEntry(
            "cp.find",
            ko: StepText(
                "무엇이 있는지 보기", "경로에 있는 것이 파일인지 폴더인지 링크인지 먼저 알아본다. 복사의 규칙이 그것에 달려 있다."),
            en: StepText(
                "Look what is there", "Whether a path is a file, a folder or a link comes first: the rules of copying depend on it.")),
        CatalogueEntry(
            "cp.read",
            ko: StepText(
                "컨테이너의 파일 읽기",
                "계층을 겹친 모습에 볼륨을 얹어, 엔진의 스레드 하나만 보는 마운트 네임스페이스에서 읽는다. 경로는 커널이 컨테이너의 루트 아래에서만 풀므로, 어떤 심볼릭 링크도 호스트로 "
                    + "새지 않는다. tmpfs와 /proc은 컨테이너 안의 것이라 보이지 않는다."),
            en: StepText(
                "Read the container's files",
                "The stacked layers with the volumes in them are read in a mount namespace that only one thread of the engine sees. The kernel "
                    + "resolves the path beneath the container's root, so that no symbolic link leads to the host. Its tmpfs and /proc are "
                    + "not part of this view.")),
        CatalogueEntry(
            "cp.write",
            ko: StepText(
                "컨테이너에 파일 쓰기",
                "아카이브를 컨테이너의 루트 아래에서 푼다. 새 파일은 컨테이너만의 계층에, 볼륨 아래의 것은 볼륨에 쓰인다. 파일의 주인은 숫자(uid, gid) 그대로 넘어간다."),
            en: StepText(
                "Write into the container",
                "The archive is unpacked beneath the container's root. New files land in the container's own layer, those below a volume in the "
                    + "volume. Owners come along as the numbers that they are.")),
    ]
}
