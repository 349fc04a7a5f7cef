import Narration
import Testing

@testable import Lessons

@Suite struct CheckTests {
    private func check(_ text: String) throws -> Check { try CheckParser.check(text, file: "x", line: 1) }

    @Test(arguments: [
        ("container a exit-code == 0", Observation.text("0"), true), ("container a exit-code == 0", .text("1"), false),
        ("image a layers >= 4", .text("4"), true), ("image a layers > 4", .text("4"), false), ("image a layers > 4", .text("many"), false),
        ("container a file /f == one", .text("one\n"), true), ("container a file /f == one", .text("one\n\n"), false),
        ("container a logs contains \"b c\"", .text("a\nb c\n"), true), ("container a logs lacks x", .text("abc"), true),
        ("container a logs matches \"b*\"", .text("a\nbcd\n"), true), ("container a logs == x", .absent, false),
        ("image a exists", .text(""), true), ("image a exists", .absent, false), ("image a absent", .absent, true),
        ("image a parent == b", .list(["sha256:1", "b"]), true), ("image a parent != b", .list(["sha256:1", "b"]), false),
        ("asked \"GET /x\"", .list(["200"]), true), ("asked \"GET /x\"", .list(["404"]), false),
        ("asked \"GET /x\" == 409", .list(["200", "409"]), true),
        ("asked \"GET /x\" absent", .absent, true),
    ])
    func judges(_ text: String, _ found: Observation, _ passes: Bool) throws {
        #expect(try check(text).judge(found, values: [:]).hasPassed == passes)
    }

    @Test func keptValuesAreFilledIn() throws {
        #expect(try check("container a image == {first}").judge(.text("sha256:1"), values: ["first": "sha256:1"]) == .passed)
        #expect(try !check("container a image == {first}").judge(.text("sha256:1"), values: [:]).hasPassed)
    }

    @Test func whatCannotBeAskedIsNotWrong() throws {
        #expect(try check("asked \"GET /x\"").judge(.unanswerable("no list"), values: [:]) == .notReached(why: "no list"))
    }

    @Test func saysWhatShouldBeAndWhatIs() throws {
        let four = try check("image a:1 layers == 4")
        #expect(four.text(.english, found: .text("3")) == "image a:1 should have a number of layers of 4 (now: 3)")
        #expect(four.text(.korean, found: .text("3")) == "이미지 a:1: 계층 수는 4여야 한다 (지금: 3)")
        #expect(try check("image a command contains b").text(.korean) == "이미지 a: 명령(CMD)은 \"b\"를 담고 있어야 한다")
        #expect(try check("container a file /f absent").text(.korean, found: .absent) == "컨테이너 a: 파일 /f가 없어야 한다 (지금: 없음)")
    }

    /// Learners think in commands.
    @Test(arguments: [
        ("GET /images/json*single*", "docker images"), ("GET /containers/json?*all=1*", "docker ps"),
        ("GET /containers/*/logs*tail=2*", "docker logs"), ("POST /images/rhehdrla/my-image/push*", "docker push rhehdrla/my-image"),
        ("GET /images/a:1/json", "docker inspect a:1"), ("GET /containers/web/json*", "docker inspect web"),
        ("DELETE /images/a/b:1*", "docker rmi a/b:1"), ("DELETE /containers/first*", "docker rm first"),
        ("GET /volumes", "docker volume ls"), ("GET /volumes*", "docker volume ls"), ("GET /volumes/data", "docker volume inspect data"),
        ("GET /images/search*term=x*", "docker search"), ("POST /build*t=a*", "docker build"), ("POST /images/load*", "docker load"),
        ("POST /containers/left/exec*", "docker exec left"), ("GET /networks/bridge*", "docker network inspect bridge"),
    ])
    func requestsAreNamedByTheirCommand(_ request: String, _ command: String) throws {
        let asked = try check("asked \"\(request)\"")
        #expect(asked.text(.english) == "the request of `\(command)` (\(request)) should be asked of the engine")
        #expect(asked.text(.korean) == "`\(command)` 명령의 요청 (\(request)): 엔진에 물어보아야 한다")
    }

    @Test func aRequestOfNoCommandStandsAsItIs() throws {
        #expect(try check("asked \"GET /x/y/z\"").text(.english) == "the request GET /x/y/z should be asked of the engine")
        #expect(RequestWords.command("GET /") == nil && RequestWords.command("") == nil && RequestWords.command("GET") == nil)
    }
}
