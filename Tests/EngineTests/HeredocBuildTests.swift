import Foundation
import Testing

/// Builds of what stands in the Dockerfile itself, and of what is fetched.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct HeredocBuildTests {
    private func build(_ dock: Dock, _ dockerfile: String, _ words: String...) -> Outcome {
        dock.drydock(["build"] + words + ["-"], input: dockerfile)
    }

    @Test func heredocsRunAndCopy() throws {
        try Dock.with { dock in
            let file = """
                # syntax=docker/dockerfile:1
                FROM ubuntu:14.04
                ARG who=world
                RUN <<EOF
                echo one > /one
                echo "two $who" >> /one
                EOF
                RUN cat <<A - <<'B' > /both
                a $who
                A
                b $who
                B
                RUN <<script
                #!/bin/bash
                echo "I am $0" > /three
                ls -d /dev/pipes >> /three
                script
                COPY --chown=7 <<f.txt <<'g' /d/
                it's "$who" \\$who
                f.txt
                $who
                g
                COPY <<-x /plain
                \ttabs go
                x
                """
            let built = build(dock, file, "-t", "here")
            #expect(built.code == 0 && built.output.contains("Step 3/7 : RUN <<EOF\n"), "\(built.error)")
            let seen = dock.must(
                "run", "--rm", "here", "sh", "-c",
                "cat /one /three /d/f.txt /d/g /plain; stat -c '%a %u %n' /d/f.txt /plain; ls -d /dev/pipes 2>&1 | wc -l; ls /dev/pipes 2> /dev/null; true"
            )
            #expect(
                seen == """
                    one
                    two world
                    I am /dev/pipes/script
                    /dev/pipes
                    it's "world" $who
                    $who
                    tabs go
                    644 7 /d/f.txt
                    644 0 /plain
                    1
                    """)
            #expect(dock.must("history", "--no-trunc", "--format", "{{.CreatedBy}}", "here").contains("/bin/sh -c #(nop) COPY file:"))
            // The content counts for the cache, of a script as of a file.
            #expect(build(dock, file).output.components(separatedBy: "Using cache").count == 7)
            let script = build(dock, file.replacingOccurrences(of: "I am", with: "We are")).output
            #expect(script.components(separatedBy: "Using cache").count == 4)
            let copied = build(dock, file.replacingOccurrences(of: "tabs go", with: "tabs went")).output
            #expect(copied.components(separatedBy: "Using cache").count == 6)
            #expect(dock.ailments == "")
        }
    }

    @Test func withoutItsLineADockerfileIsDockers20() throws {
        try Dock.with { dock in
            let old = build(dock, "FROM busybox\nRUN <<EOF\necho hi\nEOF\n")
            #expect(old.error == "Error response from daemon: dockerfile parse error line 3: unknown instruction: ECHO\n")
            let open = build(dock, "# syntax=docker/dockerfile:1.4\nFROM busybox\nRUN <<EOF\necho hi\n")
            #expect(
                open.error
                    == "Error response from daemon: dockerfile parse error line 3: unterminated heredoc: no line below has EOF alone\n")
        }
    }

    @Test func aScriptThatFailsCanBeStartedAgain() throws {
        try Dock.with { dock in
            let failed = build(dock, "# syntax=docker/dockerfile:1\nFROM busybox\nRUN <<EOF\n#!/bin/sh\nexit 5\nEOF\n")
            #expect(failed.code == 5 && failed.error == "The command '/bin/sh -c /dev/pipes/EOF' returned a non-zero code: 5\n")
            let kept = dock.must("ps", "-aq")
            #expect(dock.drydock("start", "-a", kept).code == 5)
            dock.must("rm", kept)
            #expect(dock.ailments == "")
        }
    }

    @Test func aTriggerBringsItsHeredoc() throws {
        try Dock.with { dock in
            let parent = build(dock, "# syntax=docker/dockerfile:1\nFROM busybox\nONBUILD COPY <<EOF /t\nhi\nEOF\n", "-t", "parent")
            #expect(parent.code == 0, "\(parent.error)")
            #expect(build(dock, "FROM parent\nRUN cat /t\n").output.contains("\nhi\n"))
        }
    }

    @Test func nothingCanBeRunOnScratch() throws {
        try Dock.with { dock in
            let failed = build(dock, "FROM scratch\nRUN echo hi\n")
            #expect(failed.code == 1)
            #expect(
                failed.error
                    == "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "
                    + "\"/bin/sh\": stat /bin/sh: no such file or directory: unknown\n")
            #expect(
                dock.must("ps", "-a", "--format", "{{.Image}}|{{.Command}}|{{.Status}}") == "<no image>|\"/bin/sh -c 'echo hi'\"|Created")
            dock.must("rm", dock.must("ps", "-aq"))
            #expect(dock.ailments == "")
        }
    }

    @Test func limitsHoldForAllProcesses() throws {
        try Dock.with { dock in
            dock.must("run", "-d", "--name", "lim", "--ulimit", "nofile=100:200", "--ulimit", "core=0", "busybox", "sleep", "100")
            #expect(dock.must("exec", "lim", "sh", "-c", "ulimit -n; ulimit -Hn; ulimit -c") == "100\n200\n0")
            #expect(dock.must("exec", "lim", "sed", "-n", "s/Max open files *//p", "/proc/1/limits").hasPrefix("100"))
            #expect(
                dock.must("inspect", "-f", "{{json .HostConfig.Ulimits}}", "lim")
                    == "[{\"Name\":\"nofile\",\"Hard\":200,\"Soft\":100},{\"Name\":\"core\",\"Hard\":0,\"Soft\":0}]")
            let refused = dock.drydock("run", "--rm", "--ulimit", "nofile=-1", "busybox", "true")
            #expect(refused.code == 125 && refused.error.contains("error setting rlimit type 7: operation not permitted"))
            let built = dock.drydock(["build", "--ulimit", "nofile=77:88", "-"], input: "FROM busybox\nRUN ulimit -n\n")
            #expect(built.output.contains("\n77\n"))
            dock.must("rm", "-f", "lim")
            #expect(dock.ailments == "")
        }
    }

    @Test func explainingFetchesNothing() throws {
        try Dock.with { dock in
            let told = build(dock, "FROM alpine\nRUN echo hi\n", "--explain")
            #expect(told.code == 0 && told.output.contains("NOT KNOWN") && told.output.contains("NOT RUN"), "\(told.output)\(told.error)")
            #expect(dock.must("images", "-q", "alpine").isEmpty)
            dock.must("pull", "busybox")
            let address = build(dock, "FROM busybox\nADD http://127.0.0.1:1/x /x\n", "--explain")
            #expect(address.output.contains(" ---> NOT KNOWN") && address.code == 0, "\(address.output)\(address.error)")
        }
    }

    @Test func whatAnEngineIsToFetchIsCheckedFirst() throws {
        try Dock.with { dock in
            let refused = dock.drydock("build", "http://127.0.0.1:1/x")
            #expect(
                refused.error
                    == "unable to prepare context: unable to download remote context http://127.0.0.1:1/x: Get \"http://127.0.0.1:1/x\": dial "
                    + "tcp 127.0.0.1:1: connect: connection refused\n")
            #expect(
                dock.drydock("build", "https://127.0.0.1:1/x.git#-u").error
                    == "unable to prepare context: unable to 'git clone' to temporary context directory: invalid refspec: -u\n")
        }
    }
}
