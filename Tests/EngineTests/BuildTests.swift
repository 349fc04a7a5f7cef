import Basics
import Foundation
import Testing

/// The notes' 2.4: one container and one commit a step, a cache that says why, stages that copy.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct BuildTests {
    /// A context in a folder of its own.
    private final class Context {
        let path = "/var/tmp/drydock-context-\(UUID().uuidString)"

        init(_ dockerfile: String, _ files: [String: String] = [:]) throws {
            try write("Dockerfile", dockerfile)
            for (name, text) in files { try write(name, text) }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ name: String, _ text: String) throws {
            let file = URL(filePath: "\(path)/\(name)")
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    private func shell(_ dock: Dock, _ image: String, _ script: String) -> String {
        dock.must("run", "--rm", "--entrypoint", "/bin/sh", image, "-c", script)
    }

    @Test func theChaptersImage() throws {
        try Dock.with { dock in
            let context = try Context(
                """
                FROM ubuntu:14.04
                MAINTAINER rhehdrla
                LABEL "purpose"="practice"
                RUN echo update
                ADD test.html /var/www/html
                WORKDIR /var/www/html
                RUN ["/bin/bash", "-c", "echo hello >> test.html"]
                EXPOSE 80
                CMD httpd -f -p 80
                """, ["test.html": "test\n"])
            let first = dock.must("build", "-t", "mybuild:0.0", context.path)
            #expect(first.contains("Step 9/9 : CMD httpd -f -p 80"))
            #expect(first.hasSuffix("Successfully tagged mybuild:0.0") && !first.contains("Using cache"))
            #expect(shell(dock, "mybuild:0.0", "pwd; cat test.html") == "/var/www/html\ntest\nhello")
            #expect(dock.must("images", "-q", "--filter", "label=purpose=practice").split(separator: "\n").count == 1)
            let again = dock.must("build", "-t", "mybuild:0.0", context.path)
            #expect(again.components(separatedBy: "---> Using cache").count == 9)
            // The cache holds up to the step whose file has changed, and from there on no longer.
            try context.write("test.html", "changed\n")
            let changed = dock.must("build", "-t", "mybuild:0.1", context.path)
            #expect(changed.components(separatedBy: "---> Using cache").count == 4)
            #expect(shell(dock, "mybuild:0.1", "cat test.html") == "changed\nhello")
            // The intermediate containers are gone, the intermediate images are parents.
            #expect(dock.must("ps", "-aq").isEmpty)
            #expect(dock.must("history", "-q", "mybuild:0.1").split(separator: "\n").filter { $0 != "<missing>" }.count == 9)
            #expect(dock.must("rmi", "mybuild:0.1").hasPrefix("Untagged: mybuild:0.1\nDeleted: "))
            #expect(dock.must("build", "-q", context.path).hasPrefix("sha256:"))
            #expect(dock.ailments == "")
        }
    }

    @Test func theChaptersVariablesAndStages() throws {
        try Dock.with { dock in
            let variables = try Context(
                "FROM ubuntu:14.04\nENV env env_value\nRUN echo ${env:-value} / ${env:+value} / ${env2:-value} / ${env2:+value}\n")
            #expect(dock.must("build", variables.path).contains("\nenv_value / value / value /\n"))
            let folder = try Context("FROM ubuntu:14.04\nENV test /home\nWORKDIR $test\nRUN touch $test/mytouchfile\n")
            dock.must("build", "-t", "envtest", folder.path)
            #expect(shell(dock, "envtest", "ls /home; pwd") == "mytouchfile\n/home")
            let stages = try Context(
                """
                FROM ubuntu:14.04 as builder
                RUN mkdir -p /root && echo "echo from stage one" > /root/mainApp && chmod 750 /root/mainApp && chown 7:8 /root/mainApp
                FROM busybox:latest
                WORKDIR /root
                COPY --from=builder /root/mainApp .
                COPY --from=0 /root/mainApp other/
                CMD ["sh", "./mainApp"]
                """)
            dock.must("build", "-t", "multi", stages.path)
            #expect(dock.must("run", "--rm", "multi") == "from stage one")
            #expect(shell(dock, "multi", "stat -c '%a %u:%g' mainApp other/mainApp") == "750 7:8\n750 7:8")
            #expect(dock.must("build", "-t", "multi", stages.path).components(separatedBy: "Using cache").count == 6)
            #expect(dock.must("build", "--target", "BUILDER", stages.path).contains("Step 2/2"))
            #expect(
                dock.drydock("build", "--target", "zz", stages.path).error
                    == "Error response from daemon: failed to reach build target zz in Dockerfile\n")
        }
    }

    @Test func aCommandThatFailsKeepsItsContainerAndItsCode() throws {
        try Dock.with { dock in
            let context = try Context("FROM ubuntu:14.04\nRUN echo one > /one\nRUN echo out; echo err >&2; exit 3\n")
            let failed = dock.drydock("build", context.path)
            #expect(failed.code == 3)
            #expect(failed.error == "The command '/bin/sh -c echo out; echo err >&2; exit 3' returned a non-zero code: 3\n")
            #expect(failed.output.contains("out\n") && failed.output.contains("\u{1b}[91merr\n\u{1b}[0m"))
            #expect(dock.must("ps", "-a", "--format", "{{.Status}}").hasPrefix("Exited (3)"))
            // The step before it is in the cache, and the failed one isn't.
            let again = dock.drydock("build", "--force-rm", context.path)
            #expect(again.output.components(separatedBy: "Using cache").count == 2 && again.code == 3)
            #expect(dock.must("ps", "-aq").split(separator: "\n").count == 1)
            #expect(dock.drydock("build", "-q", context.path).error.contains("Step 3/3 : RUN echo out"))
        }
    }

    @Test func copyingHasDockersRules() throws {
        try Dock.with { dock in
            let context = try Context(
                """
                FROM busybox
                RUN mkdir -p /d/file /e && ln -s /d /link && ln -s /nowhere/x /dangling && mkdir /nowhere
                COPY a /d
                COPY a /d/file/
                COPY sub /s/t
                COPY a b? /many/
                COPY a /link/through
                COPY a /dangling
                COPY --chown=7 a /own/ed/a
                WORKDIR /w
                COPY a .
                COPY sub/../a ../up
                ADD pack.tar.gz /packed
                COPY pack.tar.gz /e
                COPY tolink /e/
                """, ["a": "A", "b1": "1", "b2": "2", "sub/in/deep": "D", "sub/.hidden": "h"])
            try FileManager.default.createSymbolicLink(atPath: context.path + "/tolink", withDestinationPath: "a")
            #expect(Outcome("/bin/sh", ["-c", "cd \(context.path) && tar czf pack.tar.gz sub/in"]).code == 0)
            dock.must("build", "-t", "copied", context.path)
            let seen = shell(
                dock, "copied",
                "cat /d/a /d/file/a /s/t/in/deep /s/t/.hidden /many/a /many/b1 /many/b2 /d/through /nowhere/x /w/a /up /packed/sub/in/deep /e/tolink;"
                    + " echo; stat -c '%u:%g %a' /own/ed /own/ed/a /s/t; ls /e; test -L /e/tolink || echo file")
            #expect(seen == "AADhA12AAAADA\n7:7 755\n7:7 644\n0:0 755\npack.tar.gz\ntolink\nfile")
        }
    }

    /// Found by Tests/Oracle/same-images.py, which compares whole images with Docker's.
    @Test func whatIsCopiedIsWhatDockerCopies() throws {
        try Dock.with { dock in
            let context = try Context(
                """
                FROM busybox AS first
                RUN mkdir -m 2775 /group /s && echo a > /s/a && ln /s/a /s/b && chown 5:6 /s/a && chmod 4751 /s/a && ln -s /none /s/dangling
                COPY tree /tree
                COPY program /group/sub/
                ADD pack.tar /merged/
                FROM busybox
                COPY --from=first /s /s
                COPY --from=0 --chown=7:8 /s/a /alone
                COPY --from=first /tree /tree
                COPY --from=first /merged /merged
                COPY --from=first /group /group
                """, ["tree/one": "1", "program": "p", "pack/file": "f"])
            let made = Outcome(
                "/bin/sh",
                [
                    "-c",
                    "cd \(context.path) && ln tree/one tree/two && chmod 4755 program && touch -d 1960-01-01 tree/one && chmod 711 pack"
                        + " && chown 9:9 pack && tar -C pack -cf pack.tar .",
                ])
            #expect(made.code == 0)
            dock.must("build", "-t", "same", context.path)
            let seen = shell(
                dock, "same",
                "stat -c '%n %a %u:%g %h' /s/a /s/b /alone /tree/two /group/sub/program; stat -c '%n %a %u:%g' /merged /group/sub; stat -c %Y /tree/one"
            )
            #expect(
                seen == """
                    /s/a 4751 5:6 2
                    /s/b 4751 5:6 2
                    /alone 751 7:8 1
                    /tree/two 644 0:0 2
                    /group/sub/program 755 0:0 1
                    /merged 755 0:0
                    /group/sub 2755 0:0
                    0
                    """)
        }
    }

    @Test(
        "what can't be copied is refused in one sentence",
        arguments: [
            ("COPY ../x /", "COPY failed: forbidden path outside the build context: ../x ()"),
            (
                "COPY missing /",
                "COPY failed: file not found in build context or excluded by .dockerignore: stat missing: file does not exist"
            ),
            ("COPY out /", "COPY failed: file not found in build context or excluded by .dockerignore: stat out: file does not exist"),
            (
                "COPY out/passwd /",
                "COPY failed: file not found in build context or excluded by .dockerignore: stat out/passwd: file does not exist"
            ),
            ("COPY no* /", "COPY failed: no source files were specified"),
            (
                "COPY a Dockerfile /x",
                "When using COPY with more than one source file, the destination must be a directory and end with a /"
            ),
            ("COPY --from=7 a /", "invalid from flag value 7: index out of bounds"),
            ("COPY --from=0 a /", "invalid from flag value 0: refers to current build stage"),
            (
                "COPY --chown=nobody1 a /",
                "unable to convert uid/gid chown string to host mapping: can't find uid for user nobody1: no such user: nobody1"
            ),
            ("EXPOSE abc", "Invalid containerPort: abc"), ("STOPSIGNAL abc", "Invalid signal: abc"),
            ("ENV x=${y", "failed to process \"${y\": missing ':' in substitution"),
        ])
    func refusals(line: String, sentence: String) throws {
        try Dock.with { dock in
            let context = try Context("FROM busybox\n\(line)\n", ["a": "A"])
            try FileManager.default.createSymbolicLink(atPath: context.path + "/out", withDestinationPath: "/etc")
            let outcome = dock.drydock("build", context.path)
            #expect(outcome.error == sentence + "\n" && outcome.code == 1)
            #expect(dock.ailments == "")
        }
    }

    @Test func triggersEntrypointsAndProbes() throws {
        try Dock.with { dock in
            let base = try Context(
                "FROM busybox\nONBUILD RUN echo triggered > /made\nONBUILD COPY a /a\nENTRYPOINT [\"echo\", \"entry\"]\nCMD [\"cmd\"]\n",
                ["a": "A"])
            dock.must("build", "-t", "base", base.path)
            #expect(dock.must("inspect", "-f", "{{json .Config.OnBuild}}", "base") == #"["RUN echo triggered > /made","COPY a /a"]"#)
            let child = try Context(
                "FROM base\nHEALTHCHECK --interval=5s --retries=7 CMD wget x\nSHELL [\"/bin/sh\", \"-xc\"]\nENV a=1 b=\"two words\"\nUSER nobody\n",
                ["a": "B"])
            let built = dock.must("build", "-t", "child", child.path)
            #expect(built.contains("# Executing 2 build triggers\n"))
            #expect(dock.must("inspect", "-f", "{{json .Config.OnBuild}}", "child") == "null")
            #expect(dock.must("run", "--rm", "--entrypoint", "cat", "child", "/made", "/a") == "triggered\nB")
            #expect(
                dock.must("history", "--no-trunc", "--format", "{{.CreatedBy}}", "child").contains(
                    #"/bin/sh -c #(nop)  HEALTHCHECK &{["CMD-SHELL" "wget x"] "5s" "0s" "0s" '\a'}"#))
            let reset = try Context("FROM base\nENTRYPOINT [\"echo\", \"own\"]\n", ["a": "C"])
            dock.must("build", "-t", "reset", reset.path)
            #expect(dock.must("run", "--rm", "reset") == "own")
        }
    }

    @Test func argumentsAreScopedRecordedAndCached() throws {
        try Dock.with { dock in
            let context = try Context("ARG tag=latest\nFROM busybox:${tag}\nARG who=world\nARG tag\nRUN echo hello $who $tag\n")
            #expect(dock.must("build", context.path).contains("\nhello world latest\n"))
            #expect(dock.must("build", context.path).components(separatedBy: "Using cache").count == 4)
            let other = dock.must("build", "-t", "args", "--build-arg", "who=you", "--build-arg", "none=1", context.path)
            #expect(other.contains("\nhello you latest\n"))
            #expect(other.contains("[Warning] One or more build-args [none] were not consumed\n"))
            #expect(
                dock.must("history", "--no-trunc", "--format", "{{.CreatedBy}}", "args").hasPrefix(
                    "|2 tag=latest who=you /bin/sh -c echo hello $who $tag"))
        }
    }

    @Test func aBuildThatIsKilledGoesOnFromItsLastWholeStep() throws {
        try Dock.with { dock in
            let context = try Context("FROM busybox\nRUN echo one > /one\nRUN echo waiting; sleep 600\nRUN echo two\n")
            dock.must("pull", "busybox")
            let build = Process()
            build.executableURL = URL(filePath: Dock.binaries + "/drydock")
            build.arguments = ["--root", dock.root, "build", context.path]
            let output = Pipe()
            build.standardOutput = output
            build.standardError = FileHandle.nullDevice
            try build.run()
            var said = ""
            while !said.contains("waiting\n") {
                let data = try readSome(output.fileHandleForReading.fileDescriptor)
                try #require(!data.isEmpty, "\(said)")
                said += String(decoding: data, as: UTF8.self)
            }
            try dock.killEngine()
            build.waitUntilExit()
            #expect(dock.must("ps", "-aq").isEmpty)
            try context.write("Dockerfile", "FROM busybox\nRUN echo one > /one\nRUN echo not waiting\n")
            #expect(dock.must("build", context.path).components(separatedBy: "Using cache").count == 2)
            #expect(dock.ailments == "")
        }
    }

    @Test func devicesAndPipesOfAContextAreNeverOpened() throws {
        try Dock.with { dock in
            let context = try Context("FROM busybox\nADD zero fifo /x/\nRUN ls -l /x | cut -c1; cat /x/zero | head -c 3 | wc -c\n")
            #expect(Outcome("/bin/sh", ["-c", "cd \(context.path) && mknod zero c 1 5 && mkfifo fifo"]).code == 0)
            // What a client would not read, an archive of a stranger can hold all the same.
            let archive = Outcome("/bin/sh", ["-c", "cd \(context.path) && tar cf - ."]).output
            let built = dock.drydock("build", "-", input: archive)
            #expect(built.output.contains("\nt\np\nc\n3\n"), "\(built.error)")
            #expect(Outcome("/bin/sh", ["-c", "cd \(context.path) && rm Dockerfile && mknod Dockerfile c 1 5"]).code == 0)
            let hostile = dock.drydock("build", "-", input: Outcome("/bin/sh", ["-c", "cd \(context.path) && tar cf - ."]).output)
            #expect(hostile.error.contains("Cannot locate specified Dockerfile: Dockerfile"))
            #expect(dock.ailments == "")
        }
    }

    /// Docker's sum of a context's member has the name that the archive gives it (Tests/Oracle/scenarios/b13-remote.txt).
    @Test func theArchivesOwnNamesCountForTheCache() throws {
        try Dock.with { dock in
            let context = try Context("FROM busybox\nCOPY f /f\n")
            try context.write("f", "f\n")
            func build(_ names: String) -> String {
                let archive = Outcome("/bin/sh", ["-c", "cd \(context.path) && tar cf - \(names)"]).output
                return dock.drydock("build", "-", input: archive).output
            }
            #expect(!build("Dockerfile f").contains("Using cache"))
            #expect(build("Dockerfile f").contains("Using cache"))
            #expect(!build("./Dockerfile ./f").contains("Using cache"))
            #expect(build("./Dockerfile ./f").contains("Using cache"))
        }
    }
}
