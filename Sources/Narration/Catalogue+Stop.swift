extension Catalogue {
    static let stop: [CatalogueEntry] = [
        CatalogueEntry(
            "stop.signal",
            ko: StepText(
                "끝내 달라고 부탁하기",
                "이미지가 정한 시그널(보통 SIGTERM)을 첫 프로세스에 보낸다. 하던 일을 정리할 기회를 주는 것이다."),
            en: StepText(
                "Ask it to end",
                "The signal the image names, usually SIGTERM, goes to the first process: a chance to put its things in order.")),
        CatalogueEntry(
            "stop.wait",
            ko: StepText(
                "끝나기를 기다리기",
                "-t로 정한 시간까지 기다린다. 셸처럼 SIGTERM을 흘려듣는 프로그램은 여기서 시간을 다 쓴다."),
            en: StepText(
                "Wait for it to end",
                "It gets as long as -t allows. Programs deaf to SIGTERM, a shell for instance, use up all of that time here.")),
        CatalogueEntry(
            "stop.kill",
            ko: StepText(
                "강제로 끝내기",
                "기다린 시간이 다 지나면 거부할 수 없는 SIGKILL을 보낸다. 정리할 틈은 없다."),
            en: StepText(
                "End it by force",
                "Time is up, so SIGKILL follows, which no process can refuse. There is no moment left to tidy up.")),
        CatalogueEntry(
            "kill.signal",
            ko: StepText(
                "시그널 보내기",
                "고른 시그널을 첫 프로세스에 보낸다. 고르지 않으면 SIGKILL이다. 어떤 시그널은 끝내라는 뜻이 아니라 설정을 다시 읽으라는 뜻이기도 하다."),
            en: StepText(
                "Send the signal",
                "The signal of your choice, SIGKILL unless you said otherwise, goes to the first process. Some mean not the end "
                    + "but, say, reading the configuration anew.")),
    ]
}
