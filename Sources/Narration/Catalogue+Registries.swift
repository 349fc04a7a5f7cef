extension Catalogue {
    static let registries: [CatalogueEntry] = [
        CatalogueEntry(
            "push",
            ko: StepText(
                "이미지 올리기",
                "계층, 설정, 매니페스트의 차례로 올린다. 레지스트리에 이미 있는 계층은 보내지 않으니, 바꾼 만큼만 오간다."),
            en: StepText(
                "Push the image",
                "Layers, configuration and manifest go up in this order. Layers that the registry has already are not sent: only "
                    + "the change travels.")),
        CatalogueEntry(
            "login",
            ko: StepText("레지스트리에 로그인", "아이디와 비밀번호가 맞는지 레지스트리에 물어본다."),
            en: StepText("Log in to a registry", "The registry is asked whether it knows this name and password.")),
        CatalogueEntry(
            "search",
            ko: StepText("레지스트리에서 찾기", "어떤 저장소가 있는지 레지스트리의 색인에 물어본다."),
            en: StepText("Search a registry", "The registry's index is asked which repositories there are.")),
        CatalogueEntry(
            "push.resolve",
            ko: StepText(
                "올릴 레지스트리 정하기",
                "이미지 이름의 앞부분이 곧 목적지다. 그래서 push 전에 tag로 [사용자 이름]/[저장소 이름]:[태그] 꼴의 이름을 붙인다."),
            en: StepText(
                "Find the registry to push to",
                "The first part of an image's name is where it goes. That is why tag comes before push: it gives the image a name "
                    + "like user/repository:tag.")),
        CatalogueEntry(
            "push.token",
            ko: StepText(
                "올리기 허가 받기",
                "내려받기와 달리 쓰기에는 로그인이 필요하다. 아이디와 비밀번호는 토큰을 받는 데만 쓰고, 그 뒤로는 이 저장소에만 통하는 짧은 토큰을 쓴다."),
            en: StepText(
                "Get leave to write",
                "Unlike reading, writing needs a login. Name and password only buy a token; from then on the short-lived token is "
                    + "used, good for this repository alone.")),
        CatalogueEntry(
            "push.layer",
            ko: StepText(
                "계층 하나 올리기",
                "먼저 다이제스트로 물어본다. 레지스트리에 있거나 이웃 저장소에서 가져올 수 있으면 한 바이트도 보내지 않는다. 없을 때만 압축해서 보낸다."),
            en: StepText(
                "Send one layer",
                "First comes the question by digest. If the registry has the layer, or can take it from a repository next door, "
                    + "not a byte is sent. Only what is missing is compressed and sent.")),
        CatalogueEntry(
            "push.config",
            ko: StepText(
                "이미지 설정 올리기",
                "기본 명령과 계층의 순서가 적힌 문서다. 이 문서의 다이제스트가 이미지 ID라서, 다른 곳에서 받아도 ID가 같다."),
            en: StepText(
                "Send the image's configuration",
                "The document with the default command and the order of the layers. Its digest is the image ID, so the ID is the "
                    + "same wherever the image is pulled.")),
        CatalogueEntry(
            "push.manifest",
            ko: StepText(
                "매니페스트 올리고 태그 옮기기",
                "부품이 모두 올라간 뒤에야 목록을 올린다. 이 순간 태그가 새 이미지를 가리키므로, 반쯤 올라간 이미지는 누구도 받을 수 없다."),
            en: StepText(
                "Send the manifest and move the tag",
                "The list goes up only when all its parts are there. At this moment the tag points to the new image, so nobody can "
                    + "pull half of one.")),
        CatalogueEntry(
            "login.resolve",
            ko: StepText("물어볼 레지스트리 정하기", "주소를 생략하면 기본 레지스트리다."),
            en: StepText("Find the registry to ask", "Without an address it is the default registry.")),
        CatalogueEntry(
            "login.ask",
            ko: StepText(
                "레지스트리에 확인하기",
                "엔진은 아이디와 비밀번호가 맞는지 물어보기만 하고 간직하지 않는다. 저장은 명령을 친 쪽의 config.json이 한다."),
            en: StepText(
                "Ask the registry",
                "The engine only asks whether name and password are right, and keeps neither. They are kept by the client, in its "
                    + "config.json.")),
        CatalogueEntry(
            "search.ask",
            ko: StepText("색인에서 찾기", "레지스트리의 색인에 낱말을 보내 저장소 이름과 설명에서 찾는다. 이미지를 받는 것은 아니다."),
            en: StepText(
                "Look in the index",
                "The word goes to the registry's index, which looks for it in the names and descriptions of repositories. No image "
                    + "is fetched.")),
    ]
}
