extension Catalogue {
    static let volumes: [CatalogueEntry] = [
        CatalogueEntry(
            "volume",
            ko: StepText("볼륨 다루기", "볼륨은 컨테이너 바깥에 있는 폴더다. 컨테이너가 지워져도 남고, 여러 컨테이너가 함께 쓸 수 있다."),
            en: StepText(
                "Manage volumes",
                "A volume is a folder outside of every container: it outlives them, and several can share it.")),
        CatalogueEntry(
            "create.volume",
            ko: StepText(
                "볼륨 마련하기",
                "컨테이너의 계층과 따로 사는 폴더를 마련한다. 비어 있으면 이미지가 그 자리에 가진 파일을 소유자와 권한까지 그대로 베껴 넣고, 내용이 있으면 손대지 않는다."),
            en: StepText(
                "Provide a volume",
                "A folder that lives apart from the container's layer. An empty one gets what the image has in its place, with owners and "
                    + "modes; one with content is left alone.")),
        CatalogueEntry(
            "start.volume",
            ko: StepText(
                "볼륨의 파일 시스템 마운트하기",
                "옵션으로 파일 시스템을 정한 볼륨은 처음 쓰는 컨테이너가 시작될 때 마운트한다. 이 마운트만은 호스트에 있어서 여러 컨테이너가 같은 것을 본다."),
            en: StepText(
                "Mount the volume's file system",
                "A volume whose options name a file system is mounted when the first container that uses it starts. This mount alone is on "
                    + "the host, so that several containers see the same one.")),
        CatalogueEntry(
            "exit.volume",
            ko: StepText(
                "볼륨의 파일 시스템 떼기",
                "쓰는 컨테이너가 더 없으면 마운트를 푼다. tmpfs라면 담겨 있던 것도 여기서 사라진다."),
            en: StepText(
                "Unmount the volume's file system",
                "When no other container uses it, it is unmounted. What was in a tmpfs is gone with that.")),
        CatalogueEntry(
            "volume.create",
            ko: StepText(
                "볼륨 만들기",
                "빈 폴더와 이름표를 옆에서 준비해 이름을 바꾸며 제자리에 놓는다. 그래서 반쯤 만들어진 볼륨은 없다."),
            en: StepText(
                "Make the volume",
                "An empty folder and its label are prepared aside and renamed into place, so there is never half a volume.")),
        CatalogueEntry(
            "volume.rm",
            ko: StepText("볼륨 목록에서 빼기", "쓰는 컨테이너가 하나도 없는지 확인하고 이름을 치운다. 여기까지는 되돌릴 수 있다."),
            en: StepText(
                "Take the volume off the list",
                "No container may use it. Its name is taken away first; up to here it can be brought back.")),
        CatalogueEntry(
            "volume.files",
            ko: StepText("볼륨의 파일 지우기", "담겨 있던 데이터가 여기서 정말로 사라진다. 이제는 되돌릴 수 없다."),
            en: StepText("Delete the volume's files", "Here the data in it really disappears, and can't be brought back.")),
        CatalogueEntry(
            "volume.prune",
            ko: StepText("안 쓰는 볼륨 찾기", "도는 것이든 멈춘 것이든, 어느 컨테이너도 쓰지 않는 볼륨을 고른다."),
            en: StepText(
                "Find the unused volumes", "Those that no container has, whether it runs or not.")),
        CatalogueEntry(
            "rm.volumes",
            ko: StepText(
                "이름 없는 볼륨도 지우기",
                "이 컨테이너 때문에 저절로 생긴 볼륨을 함께 지운다. 이름을 준 볼륨과 다른 컨테이너도 쓰는 볼륨은 남는다."),
            en: StepText(
                "Remove volumes without a name",
                "Those that came into being with this container go with it. Volumes that were given a name, and those that another "
                    + "container has, stay.")),
    ]
}
