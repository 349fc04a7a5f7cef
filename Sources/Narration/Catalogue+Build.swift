extension Catalogue {
    /// A build: each instruction is a look into the cache, and, where that finds nothing, a container or a copy, a layer and an image.
    static let build: [CatalogueEntry] = [
        CatalogueEntry(
            "build",
            ko: StepText(
                "이미지 빌드",
                "Dockerfile의 명령어마다 컨테이너 하나, 커밋 하나다. 명령어가 바뀌지 않았으면 전에 만든 이미지를 그대로 쓴다."),
            en: StepText(
                "Build an image",
                "Each instruction of the Dockerfile is one container and one commit. Where an instruction has not changed, the image "
                    + "that was made before is used.")),
        CatalogueEntry(
            "instruction",
            ko: StepText(
                "Dockerfile의 명령어 하나",
                "명령어 하나는 캐시에서 찾아보고, 없으면 컨테이너를 만들어 실행하고 커밋하는 여러 일이다. 멈춘 자리에서 next는 이 명령어를 한 번에 하고, into는 그 안으로 들어간다."),
            en: StepText(
                "An instruction of the Dockerfile",
                "One instruction is several things: a look into the cache, and where that has nothing, a container that is run and "
                    + "committed. At a stop, next does all of it at once, and into goes inside.")),
        CatalogueEntry(
            "build.from",
            ko: StepText(
                "스테이지 시작",
                "FROM에 적힌 이미지의 계층과 설정에서 시작한다. 없던 이미지면 먼저 pull했고, 앞 스테이지의 이름이면 그 스테이지가 만든 이미지다."),
            en: StepText(
                "A stage begins",
                "It begins with the layers and the configuration of the image that FROM names: one that was pulled before, if it was "
                    + "missing, or what an earlier stage has come to.")),
        CatalogueEntry(
            "build.stage",
            ko: StepText(
                "스테이지 끝",
                "FROM부터 여기까지가 이미지 하나가 되었다. 다음 스테이지는 COPY --from으로 적은 파일만 가져가고, 나머지는 최종 이미지에 남지 않는다."),
            en: StepText(
                "The stage is done",
                "From its FROM to here it has become an image. A later stage takes what COPY --from names, and the rest does not get "
                    + "into the final image.")),
        CatalogueEntry(
            "look-inside",
            ko: StepText(
                "남은 파일 들여다보기",
                "다른 컨테이너가 남긴 파일 위에 버릴 계층을 하나 얹은 컨테이너를 만든다. 나가면 이 컨테이너는 사라지고, 들여다본 것은 그대로다."),
            en: StepText(
                "Look at what is there",
                "A container with a throw-away layer of its own shows what another one has left. It goes when one leaves, and what was "
                    + "looked at stays as it is.")),
        CatalogueEntry(
            "look-inside.shell",
            ko: StepText("셸이 있는지 보기", "계층을 읽기 전용으로 겹쳐 /bin/sh를 찾아본다. 없는 이미지에서는 셸을 열 수 없다."),
            en: StepText(
                "Find out whether it has a shell",
                "The layers are stacked for reading, and /bin/sh is looked for. An image without one has no shell to open.")),
        CatalogueEntry(
            "build.context",
            ko: StepText(
                "빌드 컨텍스트 받기",
                "클라이언트가 보낸 파일 묶음을 엔진의 디렉터리에 푼다. ADD와 COPY는 이 안의 파일만 볼 수 있다."),
            en: StepText(
                "Take the build context",
                "The archive that the client has sent is unpacked into a folder of the engine's. ADD and COPY see the files in it and "
                    + "no others.")),
        CatalogueEntry(
            "build.context.kept",
            ko: StepText(
                "남은 컨텍스트에 바뀐 것 더하기",
                "같은 폴더로 지난번에 빌드할 때의 파일이 엔진에 남아 있다. 클라이언트는 크기와 시각이 달라진 것만 보냈고, 없어진 것은 지운다. Docker의 "
                    + "예전 빌더는 매번 전부 보낸다. ADD와 COPY는 이 안의 파일만 볼 수 있다."),
            en: StepText(
                "Bring the kept context up to date",
                "The files of this folder's last build are still with the engine. The client has sent only what has another size or "
                    + "time, and what is gone is removed. Docker's classic builder has everything sent each time. ADD and COPY see these "
                    + "files and no others.")),
        CatalogueEntry(
            "build.fetch",
            ko: StepText("주소에서 컨텍스트 받기", "주소에 있는 것이 묶음이면 풀어서 컨텍스트로 쓰고, 아니면 Dockerfile 하나로 본다."),
            en: StepText(
                "Fetch the context from its address",
                "What the address holds is unpacked if it is an archive, and otherwise taken for a Dockerfile alone.")),
        CatalogueEntry(
            "build.dockerfile",
            ko: StepText("Dockerfile 읽기", "명령어를 모두 읽고 틀린 것이 있는지 먼저 확인한다. 하나라도 틀리면 아무것도 만들지 않는다."),
            en: StepText(
                "Read the Dockerfile", "All instructions are read and checked first. If one of them is wrong, nothing is made at all.")),
        CatalogueEntry(
            "build.cache",
            ko: StepText(
                "캐시에서 찾기",
                "같은 이미지 위에서 같은 명령어로 만든 이미지가 있는지 본다. ADD와 COPY는 파일의 내용까지 같아야 한다. 한 번 없으면 그 뒤로는 찾지 않는다."),
            en: StepText(
                "Look into the cache",
                "Is there an image that was made on the same one by the same instruction? For ADD and COPY the files' content has to be "
                    + "the same too. Once nothing is found, nothing after it is looked for.")),
        CatalogueEntry(
            "build.source",
            ko: StepText(
                "다른 스테이지의 파일 보기",
                "COPY --from은 다른 이미지의 파일을 읽기 전용으로 겹쳐 보고, 캐시에 물어볼 다이제스트를 잰다."),
            en: StepText(
                "Look at another stage's files",
                "For COPY --from the layers of the other image are stacked for reading, and hashed for the question to the cache.")),
        CatalogueEntry(
            "build.download",
            ko: StepText("주소에서 받기", "ADD에 적힌 주소의 파일을 받는다. 내용을 봐야 캐시를 쓸 수 있는지 알 수 있어서, 물어보기 전에 받는다."),
            en: StepText(
                "Fetch from the address",
                "ADD names an address. Only the content tells whether the cache can be used, so it is fetched before that is asked.")),
        CatalogueEntry(
            "build.copy",
            ko: StepText(
                "파일 복사",
                "지금까지의 이미지 위에 빈 계층을 겹치고 파일을 복사한다. 복사한 것만 새 계층에 남는다. 컨테이너는 필요 없다."),
            en: StepText(
                "Copy the files",
                "An empty layer is stacked on the image so far, and the files are copied there: only they are in the new layer. No "
                    + "container is needed.")),
        CatalogueEntry(
            "build.workdir",
            ko: StepText("작업 디렉터리 만들기", "없으면 컨테이너의 계층에 디렉터리를 만든다. 이미 있으면 설정만 바뀐다."),
            en: StepText(
                "Make the working directory",
                "Where it is missing, the folder is made in the container's layer. If it is there, only the configuration changes.")),
        CatalogueEntry(
            "build.layer",
            ko: StepText("바뀐 것만 계층으로", "이 단계가 쓴 파일만 묶어 새 계층으로 만든다. 쓴 것이 없으면 계층도 생기지 않는다."),
            en: StepText(
                "Archive the difference as a layer",
                "What this step has written becomes a layer. Where nothing was written there is no layer either.")),
        CatalogueEntry(
            "build.image",
            ko: StepText(
                "이미지로 남기기",
                "지금까지의 계층과 설정이 하나의 이미지가 된다. 다음 단계는 이 이미지에서 시작하고, 다음 빌드는 이것을 캐시로 쓴다."),
            en: StepText(
                "Keep it as an image",
                "Layers and configuration so far become an image. The next step begins with it, and the next build finds it in the "
                    + "cache.")),
        CatalogueEntry(
            "build.kept",
            ko: StepText("실패한 컨테이너 남기기", "명령이 실패한 컨테이너는 지우지 않는다. 안을 들여다보고 무엇이 잘못되었는지 알 수 있다."),
            en: StepText(
                "Keep the container that failed",
                "The container whose command failed is not removed: one can look into it and see what went wrong.")),
        CatalogueEntry(
            "build.tag",
            ko: StepText("이름 붙이기", "마지막 이미지에 -t로 준 이름을 붙인다. 다른 이미지가 쓰던 이름이면 그 이미지는 이름을 잃는다."),
            en: StepText(
                "Give it its name",
                "The last image gets the name of -t. Another image that had that name loses it.")),
    ]
}
