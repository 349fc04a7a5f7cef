import Basics
import Testing

@testable import DockerCLI

struct SearchRowTests {
    private let answer: [JSONValue] = [
        ["star_count": 3, "is_official": false, "name": "me/b", "is_automated": true, "description": "line\none\rtwo"],
        [
            "star_count": 12, "is_official": true, "name": "ubuntu", "is_automated": false,
            "description": "Ubuntu is a Debian-based Linux operating system based on free software",
        ],
        ["star_count": 3, "is_official": false, "name": "a/a", "is_automated": false, "description": ""],
    ]

    private func text(_ format: String = "", truncates: Bool = true) throws -> String {
        try SearchRow.text(answer, format: format, truncates: truncates)
    }

    /// As `docker search` 20.10 printed it for that answer.
    @Test func `the table is Docker's, the most stars first`() throws {
        let table = """
            NAME      DESCRIPTION                                     STARS     OFFICIAL   AUTOMATED
            ubuntu    Ubuntu is a Debian-based Linux operating sys…   12        [OK]       \("")
            me/b      line one two                                    3                    [OK]
            a/a                                                       3                    \("")

            """
        #expect(try text() == table)
        #expect(try text("table") == table)
    }

    @Test func `descriptions are whole on request`() throws {
        #expect(
            try text("{{.Description}}", truncates: false).hasPrefix(
                "Ubuntu is a Debian-based Linux operating system based on free software\n"))
    }

    @Test func `templates have marks, JSON has truths in words`() throws {
        #expect(try text("{{.Name}}|{{.StarCount}}|{{.IsOfficial}}|{{.IsAutomated}}") == "ubuntu|12|[OK]|\nme/b|3||[OK]\na/a|3||\n")
        let json = #"{"Description":"line one two","IsAutomated":"true","IsOfficial":"false","Name":"me/b","StarCount":"3"}"#
        #expect(try text("{{json .}}").split(separator: "\n")[1] == json)
        #expect(try text("table {{.Name}}\\t{{.IsAutomated}}\\t{{.StarCount}}").hasPrefix("NAME      AUTOMATED   STARS\n"))
    }

    @Test func `a field that does not exist is told in Docker's words`() {
        let failure = #expect(throws: CommandFailure.self) { try text("{{.Bad}}") }
        #expect(
            failure?.text
                == "template parsing error: template: :1:2: executing \"\" at <.Bad>: can't evaluate field Bad in type "
                + "*registry.searchContext"
        )
    }

    @Test func `nothing found is a table of titles`() throws {
        #expect(try SearchRow.text([], format: "", truncates: true) == "NAME      DESCRIPTION   STARS     OFFICIAL   AUTOMATED\n")
        #expect(try SearchRow.text([], format: "{{.Bad}}", truncates: true) == "")
    }
}
