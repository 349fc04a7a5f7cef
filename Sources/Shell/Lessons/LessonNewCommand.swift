import Basics
import Glibc
import Lessons
import Narration

/// `drydock lesson new ID`: a lesson to begin with, which lints clean and can be played at once.
struct LessonNewCommand {
    let language: Language

    func run(_ arguments: [String]) throws -> Int32 {
        guard arguments.count == 1, let id = arguments.first, !id.hasPrefix("-") else {
            complain(language == .korean ? "사용법: drydock lesson new ID" : "usage: drydock lesson new ID")
            return 125
        }
        let text = Self.template(id)
        do { _ = try LessonParser.parse(text, file: "\(id).md") } catch { throw DrydockError(.invalid, error.sentence) }
        let descriptor = open("\(id).md", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DrydockError(.conflict, "cannot make \(id).md", errno: .current) }
        defer { close(descriptor) }
        do { try writeAll(descriptor, text) } catch { throw DrydockError(.failed, "cannot write \(id).md", errno: error) }
        say(
            language == .korean
                ? "\(id).md (쓰는 법: docs/lessons.md, 확인: drydock lesson lint --pack . \(id))"
                : "\(id).md (how to go on: docs/lessons.md; to try it: drydock lesson lint --pack . \(id))")
        return 0
    }

    private static func template(_ id: String) -> String {
        """
        ---
        id: \(id)
        section: \(id)
        title.en: A first lesson
        title.ko: 첫 실습
        images: busybox
        minutes: 3
        ---
        # A first lesson / 첫 실습

        :::en
        What is this about, and why is it worth knowing?
        :::
        :::ko
        무엇에 관한 것이고, 왜 알아 둘 만한가?
        :::

        ## greet: Say hello / 인사하기

        :::en
        Run a container named `greeting` that prints `hello`.
        :::
        :::ko
        `hello`를 출력하는 `greeting`이라는 컨테이너를 실행한다.
        :::

        ```drydock
        $ docker run --name greeting busybox echo hello
        hello
        ```

        % check: container greeting exited
        % check: container greeting logs == "hello"
        % hint.en: docker run --name NAME IMAGE COMMAND
        % hint.ko: docker run --name 이름 이미지 명령

        :::en
        The container ended as soon as its command did.
        :::
        :::ko
        명령이 끝나자 컨테이너도 끝났다.
        :::

        """
    }
}
