extension Catalogue {
    static let pull: [CatalogueEntry] = [
        CatalogueEntry(
            "pull.resolve",
            ko: StepText(
                "이름을 레지스트리로 풀기",
                "이미지 이름은 [저장소 이름]/[이미지 이름]:[태그]이다. 생략한 부분을 채워 어느 레지스트리에 무엇을 물을지 정한다."),
            en: StepText(
                "Find the registry for the name",
                "An image name is [repository]/[image]:[tag]. What was left out is filled in, so that it is clear which registry "
                    + "to ask for what.")),
        CatalogueEntry(
            "pull.token",
            ko: StepText(
                "내려받기 허가 받기",
                "누구나 받을 수 있는 이미지라도 레지스트리는 짧게 쓰고 버리는 토큰을 요구한다. 이 토큰으로는 이 저장소를 읽기만 할 수 있다."),
            en: StepText(
                "Get leave to read",
                "Even for an image open to all, a registry asks for a short-lived token. This one allows reading this repository "
                    + "and nothing more.")),
        CatalogueEntry(
            "pull.tags",
            ko: StepText("저장소의 태그 알아보기", "-a는 저장소의 모든 이미지를 받는다. 어떤 태그가 있는지 레지스트리에 물어본다."),
            en: StepText(
                "Ask for the repository's tags", "-a pulls every image of a repository. The registry is asked which tags there are.")),
        CatalogueEntry(
            "pull.manifest",
            ko: StepText(
                "매니페스트 읽기",
                "태그는 움직이는 이름표라서, 먼저 그것이 지금 가리키는 매니페스트를 받는다. 여러 기종용이면 이 기계에 맞는 것을 고르고, 다이제스트로 내용이 맞는지 확인한다."),
            en: StepText(
                "Read the manifest",
                "A tag is a label that can move, so first comes the manifest it points to now. If there is one per platform, the "
                    + "one for this machine is picked, and its digest must match.")),
        CatalogueEntry(
            "pull.config",
            ko: StepText(
                "이미지 설정 받기",
                "기본 명령, 환경 변수, 계층의 순서가 적힌 작은 문서다. 이 문서의 다이제스트가 곧 이미지 ID다."),
            en: StepText(
                "Fetch the image's configuration",
                "A small document with the default command, the environment and the order of the layers. Its digest is the image ID.")),
        CatalogueEntry(
            "pull.layer",
            ko: StepText(
                "계층 하나 내려받기",
                "계층은 압축된 파일 묶음이다. 흘러 들어오는 동안 크기와 다이제스트를 재므로, 한 바이트라도 다르면 이 이름으로는 절대 보이지 않는다."),
            en: StepText(
                "Download one layer",
                "A layer is a compressed archive of files. Size and digest are checked while it streams in, so with one wrong "
                    + "byte it never appears under its name.")),
        CatalogueEntry(
            "pull.unpack",
            ko: StepText(
                "계층 하나 풀기",
                "계층을 제 디렉터리에 푼다. 아래 계층 위에 쌓을 파일과 지울 표시만 들어 있어서, 여러 이미지가 같은 계층을 함께 쓸 수 있다."),
            en: StepText(
                "Unpack one layer",
                "The layer goes into a directory of its own. It holds only what it adds to, or hides from, those below, so that "
                    + "many images can share it.")),
        CatalogueEntry(
            "pull.tag",
            ko: StepText(
                "이름 붙이기",
                "모든 것이 확인된 지금에야 이름이 이미지를 가리킨다. 한순간에 바뀌므로 반쯤 받은 이미지는 누구에게도 보이지 않는다."),
            en: StepText(
                "Give it its name",
                "Only now that all is verified does the name point to the image. It happens in one stroke: nobody ever sees a "
                    + "half-pulled image.")),
    ]
}
