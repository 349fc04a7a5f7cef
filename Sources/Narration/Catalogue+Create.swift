extension Catalogue {
    static let create: [CatalogueEntry] = [
        CatalogueEntry(
            "create.name",
            ko: StepText(
                "이름 맡아 두기",
                "컨테이너 이름은 엔진 안에서 하나뿐이어야 한다. 주지 않으면 하나 지어 주고, 다른 명령이 가로채지 못하게 먼저 맡아 둔다."),
            en: StepText(
                "Reserve the name",
                "A container's name must be the only one of its kind here. If none was given one is made up, and it is reserved "
                    + "before anyone else can take it.")),
        CatalogueEntry(
            "create.layer",
            ko: StepText(
                "컨테이너 계층 만들기",
                "이미지는 읽기 전용으로 두고, 바뀌는 것은 모두 이 빈 계층에 쌓인다. 그래서 컨테이너에서 무엇을 하든 이미지는 그대로다."),
            en: StepText(
                "Make the container's own layer",
                "The image stays read-only; every change lands in this layer, which is still empty. So whatever the container "
                    + "does, the image is untouched.")),
        CatalogueEntry(
            "create.files",
            ko: StepText(
                "hostname, resolv.conf 쓰기",
                "컨테이너마다 달라야 하는 파일은 이미지 바깥에 써 둔다. 자기 이름과, 다른 이름을 물어볼 곳이다. hosts 파일은 시작할 때 쓴다."),
            en: StepText(
                "Write hostname and resolv.conf",
                "What must differ from container to container is kept beside the image: its own name, and whom to ask for "
                    + "others. The hosts file follows at the start.")),
        CatalogueEntry(
            "create.config",
            ko: StepText(
                "설정 기록하기",
                "명령줄과 이미지에서 모은 것을 파일 하나에 적고 디스크까지 내려보낸다. 나중에 start는 이 파일만 보고 컨테이너를 되살린다."),
            en: StepText(
                "Record the configuration",
                "What the command line and the image said goes into one file, all the way down to the disk. A later start needs "
                    + "nothing but this file.")),
        CatalogueEntry(
            "create.commit",
            ko: StepText(
                "컨테이너로 확정하기",
                "준비하던 자리에서 제자리로 이름만 바꾼다. 이 한순간 전에는 컨테이너가 없고, 뒤에는 온전히 있다."),
            en: StepText(
                "Make it exist",
                "What was prepared aside is renamed into its place. Before this one stroke there is no container; after it there "
                    + "is a whole one.")),
    ]
}
