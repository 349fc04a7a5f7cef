import Basics
import Testing

@testable import Dockerfile

/// Heredocs, as docker/dockerfile:1.4 has them.
struct HeredocTests {
    private func plan(_ text: String, syntax: String = "docker/dockerfile:1") throws -> [BuildCommand] {
        try BuildPlan(parsing: "# syntax=\(syntax)\nFROM busybox\n\(text)", name: "Dockerfile").stages[0].commands
    }

    private func line(_ text: String) throws -> BuildCommand.CommandLine {
        guard case .run(let line)? = try plan(text).first?.kind else { throw DrydockError(.failed, "no RUN") }
        return line
    }

    private func transfer(_ text: String) throws -> BuildCommand.Transfer {
        guard case .transfer(let transfer)? = try plan(text).first?.kind else { throw DrydockError(.failed, "no COPY") }
        return transfer
    }

    @Test func `only who asks for the language gets it`() throws {
        for syntax in [
            "docker/dockerfile:1", "docker/dockerfile:1.4", "docker.io/docker/dockerfile:1.10.2", "docker/dockerfile:1.3-labs",
            "docker/dockerfile", "docker/dockerfile:latest", "docker/dockerfile:1@sha256:00", "docker/dockerfile:2",
        ] {
            #expect(try plan("RUN <<EOF\necho hi\nEOF\nRUN x", syntax: syntax).count == 2, "\(syntax)")
        }
        for syntax in [
            "docker/dockerfile:1.3", "docker/dockerfile:1.2-labs", "docker/dockerfile:0", "other/dockerfile:1", "docker/dockerfiles",
        ] {
            #expect(throws: DrydockError.self, "\(syntax)") { try plan("RUN <<EOF\necho hi\nEOF", syntax: syntax) }
        }
        // Not the first directive, or none: as Docker 20.10, which knows no heredocs.
        for head in ["# escape=\\\n# syntax=docker/dockerfile:1\n", "", "# a comment\n# syntax=docker/dockerfile:1\n"] {
            #expect { try BuildPlan(parsing: "\(head)FROM x\nRUN <<EOF\necho hi\nEOF", name: "Dockerfile") } throws: {
                ($0 as? DrydockError)?.sentence.hasSuffix("unknown instruction: ECHO") == true
            }
        }
    }

    @Test func `RUN gives the lines to the shell`() throws {
        #expect(try line("RUN <<EOF\necho a\n  echo $b\n\n# c\nEOF\n").words == ["echo a\n  echo $b\n\n# c\n"])
        #expect(try line("RUN <<-EOF\n\techo a\n\t\techo b\n\tEOF").words == ["echo a\necho b\n"])
        #expect(try line("RUN cat <<A - 3<<'B' > /x\n$one\nA\ntwo\nB").words == ["cat <<A - 3<<'B' > /x\n$one\nA\ntwo\nB"])
        #expect(try line("RUN cat \\\n <<EOF\nin\nEOF").words == ["cat  <<EOF\nin\nEOF"])
        #expect(try line("RUN <<EOF\nEOF").words == [""])
        #expect(try line("RUN <<EOF\r\necho a\r\nEOF\r\n").words == ["echo a\r\n"])
        #expect(try plan("RUN <<EOF\na\nEOF\nENV a=b").count == 2)
        // None of these announces anything.
        for text in ["RUN cat <<<word", "RUN echo a<<EOF", "RUN [\"cat\", \"<<EOF\"]", "RUN echo '<<EOF'", "ENV a=<<EOF"] {
            #expect(try plan("\(text)\nENV x=y").count == 2, "\(text)")
        }
    }

    @Test func `a script runs itself`() throws {
        let script = try line("RUN <<EOF\n#!/bin/awk -f\nBEGIN { print 1 }\nEOF")
        #expect(script.words == ["/dev/pipes/EOF"] && script.isForShell)
        #expect(script.script?.content == "#!/bin/awk -f\nBEGIN { print 1 }\n" && script.script?.name == "EOF")
        #expect(throws: DrydockError.self) { try line("RUN <<a/b\n#!/bin/sh\na/b") }
    }

    @Test func `COPY makes files of them`() throws {
        let copy = try transfer("COPY --chown=1 f <<a.txt <<-'b' /d/\n$x\na.txt\n\t$y\n\tb")
        #expect(copy.sources == ["f"] && copy.destination == "/d/" && copy.owner == "1")
        #expect(copy.files.map(\.name) == ["a.txt", "b"] && copy.files.map(\.content) == ["$x\n", "$y\n"])
        #expect(copy.files.map(\.isExpanded) == [true, false])
        #expect(try transfer("ADD <<\"E F\" /d\nx\nE F").sources == ["<<\"E", "F\""])
        #expect { try transfer("COPY f <<EOF\nEOF") } throws: {
            ($0 as? DrydockError)?.sentence == "dockerfile parse error line 3: COPY cannot accept a heredoc as a destination"
        }
        #expect(throws: DrydockError.self) { try transfer("COPY <<.. /d\n..") }
    }

    @Test func `one without an end is refused`() {
        #expect { try plan("ENV a=b\nRUN <<EOF\necho hi\n EOF\nEOF2") } throws: {
            ($0 as? DrydockError)?.sentence == "dockerfile parse error line 4: unterminated heredoc: no line below has EOF alone"
        }
    }

    @Test func `a trigger takes its lines along`() throws {
        guard case .onbuild(let text)? = try plan("ONBUILD RUN <<EOF\necho hi\nEOF").first?.kind else { return #expect(Bool(false)) }
        #expect(text == "RUN <<EOF\necho hi\nEOF")
        guard case .run(let line)? = try BuildPlan.commands(ofTriggers: [text]).first?.kind else { return #expect(Bool(false)) }
        #expect(line.words == ["echo hi\n"])
    }

    @Test func `what is expanded keeps its quotes`() throws {
        let expansion = WordExpansion(escape: "\\", keepsQuotes: true) { $0 == "x" ? "val" : nil }
        #expect(try expansion.expand("a '$x' \"${x}\" \\$x ${u:-\"d\"}\n\tit's\n") == "a 'val' \"val\" $x \"d\"\n\tit's\n")
    }
}
