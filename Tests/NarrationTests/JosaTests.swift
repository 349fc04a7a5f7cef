import Narration
import Testing

/// Korean particles behind words that are inserted into texts.
@Suite struct JosaTests {
    /// By how the last digit is read: 영, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구; and 십, 백, 천.
    @Test(arguments: [
        ("0", "은", "으로"), ("1", "은", "로"), ("2", "는", "로"), ("3", "은", "으로"), ("4", "는", "로"), ("5", "는", "로"),
        ("6", "은", "으로"), ("7", "은", "로"), ("8", "은", "로"), ("9", "는", "로"), ("10", "은", "으로"), ("100", "은", "으로"),
        ("127", "은", "로"), ("137", "은", "로"), ("143", "은", "으로"),
    ])
    func numbersAreReadAsTheirLastDigit(_ number: String, _ topic: String, _ direction: String) {
        #expect(Josa.topic.after(number) == number + topic)
        #expect(Josa.direction.after(number) == number + direction)
    }

    @Test(arguments: [
        ("컨테이너", "가", "로"), ("볼륨", "이", "으로"), ("파일", "이", "로"), ("명령(CMD)", "이", "으로"), ("\"이미지\"", "가", "로"), ("(값)", "이", "으로"),
    ])
    func syllablesTellTheirLastConsonant(_ word: String, _ subject: String, _ direction: String) {
        #expect(Josa.subject.after(word) == word + subject)
        #expect(Josa.direction.after(word) == word + direction)
    }

    /// As they are written in Korean: 드라이독, 웹, 비지박스, 우분투, 도커, 파일, 볼륨, 이미지, 깃, 호스트, 레이아웃 …
    @Test(arguments: [
        ("drydock", true), ("web", true), ("busybox", false), ("ubuntu", false), ("docker", false), ("myfile", true), ("volume", true),
        ("image", false), ("git", true), ("host", false), ("root", false), ("port", false), ("app", true), ("disk", false), ("tag", false),
        ("ping", true), ("hub", false), ("alpine", true), ("node", false), ("nginx", false), ("html", true),
        // Letter by letter, 알엠 and 씨피유; or as a word, 식킬 and 식텀.
        ("rm", true), ("cp", false), ("URL", true), ("CPU", false), ("XML", true), ("SIGKILL", true), ("SIGTERM", true), ("SIGINT", false),
        ("SIGSTOP", true), ("SIGUSR1", true), ("SIGUSR2", false), ("ubuntu:14.04", false), ("app:latest", false), ("80/tcp", false),
        ("/var/lib/", true),
    ])
    func latinNamesAreReadAsInKorean(_ name: String, _ endsInConsonant: Bool) {
        #expect(Josa.object.after(name) == name + (endsInConsonant ? "을" : "를"))
    }

    @Test(arguments: ["", "🐳", "...", "かな"]) func whatNobodyCanTellHasBoth(_ word: String) {
        #expect(Josa.topic.after(word) == word + "은(는)" && Josa.direction.after(word) == word + "(으)로")
    }

    @Test func blanksTakeTheFittingParticle() {
        #expect(filled("코드 %1[은/는] %2[으로/로]", ["7", "0"]) == "코드 7은 0으로")
        #expect(filled("`%1`[을/를] %1[과/와]", ["web"]) == "`web`을 web과")
        // What is no particle stays, and so does a value that looks like a blank.
        #expect(filled("%1[a/b] 100% %3", ["%1[은/는]"]) == "%1[은/는][a/b] 100% %3")
    }
}
