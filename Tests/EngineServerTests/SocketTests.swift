import Basics
import EngineServer
import Glibc
import Testing

@Suite("The socket")
struct SocketTests {
    @Test("belongs to owner and group alone, and goes with the server")
    func mode() throws {
        let path = try withServer { server in
            var status = stat()
            #expect(lstat(server.directory + "/e.sock", &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o660)
            return server.directory + "/e.sock"
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test("may lie deeper than a socket address reaches")
    func longPath() throws {
        let deep = (0..<20).map { "directory-number-\($0)" }.joined(separator: "/")
        try withServer(directory: deep) { server in
            let answer = try server.ask("GET", "/_ping")
            #expect(answer.body == "OK")
        }
    }

    @Test("replaces a socket left behind, but nothing else")
    func leftovers() throws {
        try withServer { server in
            let second = EngineServer(service: FakeEngine())
            try second.listen(directory: server.directory, name: "e.sock")
            #expect(try server.ask("GET", "/_ping").body == "OK")
            let file = open(server.directory + "/file", O_CREAT | O_WRONLY, 0o600)
            close(file)
            #expect { try second.listen(directory: server.directory, name: "file") } throws: {
                "\($0)".contains("is in the way: it is not a socket")
            }
            #expect { try second.listen(directory: "/nowhere", name: "e.sock") } throws: {
                "\($0)" == "cannot listen on /nowhere/e.sock: no such file or directory"
            }
            second.shutdown()
            second.waitUntilShutdown()
        }
    }
}
