import Basics
import DockerAPI
import EngineServer
import Testing

@Suite("Routes")
struct RouteTests {
    @Test(
        "answers with Docker's status and body",
        arguments: [
            ("GET", "/_ping", 200, "OK"),
            ("GET", "/v1.41/_ping", 200, "OK"),
            ("GET", "/version", 200, "\"ApiVersion\":\"1.41\""),
            ("GET", "/v1.12/info", 200, "\"Containers\":1"),
            ("GET", "/v1.41/containers/json?all=1", 200, "\"Names\":[\"/web\"]"),
            ("GET", "/containers/web/json", 200, "\"Name\":\"/web\""),
            ("GET", "/containers/missing/json", 404, "{\"message\":\"No such container: missing\""),
            ("GET", "/containers/web/top", 200, "{\"Processes\":[[\"root\",\"1\"]],\"Titles\":[\"UID\",\"PID\"]}\n"),
            ("POST", "/containers/web/start", 204, ""),
            ("POST", "/containers/stopped/stop?t=3", 304, ""),
            ("POST", "/containers/web/resize?h=24&w=80", 200, ""),
            ("POST", "/containers/web/wait", 200, "{\"Error\":null,\"StatusCode\":42}\n"),
            ("DELETE", "/containers/web?force=1&v=true", 204, ""),
            ("POST", "/containers/prune", 200, "{\"ContainersDeleted\":null,\"SpaceReclaimed\":0}\n"),
            ("GET", "/images/localhost:5000/some/name:tag/json", 200, "localhost:5000/some/name:tag"),
            ("GET", "/images/localhost%3A5000%2Fsome%2Fname/history", 200, "\"CreatedBy\":\"sh\""),
            ("DELETE", "/images/a/b", 200, "[{\"Untagged\":\"a/b\"}]\n"),
            ("POST", "/images/a/b/tag?repo=c&tag=d", 201, ""),
            ("GET", "/containers/web/changes", 200, "[{\"Kind\":1,\"Path\":\"/new\"}]\n"),
            ("GET", "/containers/box/changes", 200, "null\n"),
            ("POST", "/commit?container=web&repo=a/b&tag=1&changes=CMD%20x&changes=USER%20y", 201, "\"web a/b:1 CMD x|USER y\""),
            ("GET", "/images/get?names=a&names=b/c:1", 200, "a b/c:1"),
            ("GET", "/images/a/b:2/get", 200, "a/b:2"),
            ("GET", "/containers/web/export", 200, "web"),
            ("POST", "/images/create?fromSrc=-&repo=x&tag=2", 200, "- x:2 0"),
            ("GET", "/volumes", 200, "\"Warnings\":null"),
            ("GET", "/volumes/v", 200, "\"Labels\":null,\"Mountpoint\":\"\",\"Name\":\"v\",\"Options\":null,\"Scope\":\"local\"}"),
            ("DELETE", "/volumes/v?force=1", 204, ""),
            ("DELETE", "/volumes/missing", 404, "{\"message\":\"get missing: no such volume\""),
            ("POST", "/volumes/prune", 200, "{\"VolumesDeleted\":[],\"SpaceReclaimed\":0}\n"),
            ("GET", "/networks/bridge", 200, "\"Driver\":\"bridge\""),
            ("GET", "/drydock/ping", 200, "\"root\":\"/fake\""),
            ("GET", "/drydock/operations/7/look", 200, "\"pid\":5"),
            ("GET", "/drydock/doctor?repair=1", 200, "{\"findings\":[],\"checked\":[]}\n"),
            ("GET", "/drydock/layers?image=a", 200, "{\"layers\":[],\"images\":[],\"frees\":{\"a\":1}}\n"),
            ("GET", "/drydock/images/a/b:1/files", 200, "{\"file\":{\"path\":\"a/b:1\"}} 200\n"),
            ("GET", "/drydock/images/a/files?limit=0", 200, " -1\n"),
            ("GET", "/drydock/images/a/files?limit=-3", 400, "the limit must be a number of lines"),
            ("GET", "/drydock/images/missing/files", 404, "No such container: missing"),
            ("GET", "/drydock/operations", 200, "[{\"op\":\"10\"}]\n"),
            ("GET", "/drydock/operations?last=3", 200, "[{\"op\":\"3\"}]\n"),
            ("GET", "/drydock/operations?last=0", 400, "last must be a number"),
            ("GET", "/drydock/builds", 200, "\"image\":\"the last\""),
            ("GET", "/drydock/builds?image=a/b:1", 200, "\"image\":\"a/b:1\""),
            ("GET", "/drydock/builds?image=missing", 404, "No such image: missing"),
            ("POST", "/drydock/containers/web/visit", 200, "visitor of web false \n"),
            ("POST", "/drydock/containers/missing/visit", 404, "No such container: missing"),
            ("POST", "/drydock/operations/7/visit", 200, "visitor at 7\n"),
            ("GET", "/drydock/hub", 200, "alpine:latest"),
            ("GET", "/nothing/here", 404, "{\"message\":\"page not found\"}\n"),
            ("PUT", "/containers/json", 404, "page not found"),
            ("GET", "/v1.42/version", 400, "client version 1.42 is too new. Maximum supported API version is 1.41"),
            ("GET", "/v1.11/version", 400, "client version 1.11 is too old. Minimum supported API version is 1.12"),
            ("GET", "/v1.2.3/version", 400, "is not understood"),
        ])
    func answers(_ method: String, _ target: String, _ status: Int, _ body: String) throws {
        try withServer { server in
            let answer = try server.ask(method, target)
            #expect(answer.status == status)
            #expect(body.isEmpty ? answer.body.isEmpty : answer.body.contains(body))
            #expect(answer.saysWhereItEnds)
            if status != 404 || !answer.body.contains("page not found") {
                #expect(answer.header("Api-Version") == "1.41")
                #expect(answer.header("Ostype") == "linux")
                #expect(answer.header("Docker-Experimental") == "false")
            }
        }
    }

    @Test("HEAD /_ping has no body")
    func headPing() throws {
        try withServer { server in
            let answer = try server.ask("HEAD", "/_ping")
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
        }
    }

    @Test("holds a call until its session is listened to")
    func awaitsListeners() throws {
        try withServer { server in
            _ = try server.post(
                "/containers/create", json: #"{"Image":"a"}"#, headers: ["X-Drydock-Session: s1", "X-Drydock-Awaits-Listener: 1"])
            #expect(server.engine.calls == ["awaited s1", "create - session=s1 command=-"])
            // Whoever names no session waits for nobody.
            _ = try server.ask("GET", "/_ping", headers: ["X-Drydock-Awaits-Listener: 1"])
            #expect(server.engine.calls.count == 2)
        }
    }

    @Test("hands queries, bodies and drydock's headers to the engine")
    func passesOn() throws {
        try withServer { server in
            let filters = "%7B%22status%22%3A%7B%22running%22%3Atrue%2C%22x%22%3Afalse%7D%2C%22name%22%3A%5B%22a+b%22%5D%7D"
            _ = try server.ask("GET", "/containers/json?limit=3&all=false&filters=\(filters)")
            let created = try server.post(
                "/containers/create?name=box", json: #"{"Image":"alpine","Cmd":"ls","Volumes":{"/v":{}},"HostConfig":{"Binds":["/a:/b"]}}"#,
                headers: ["X-Drydock-Session: s1", "X-Drydock-Command: run"])
            #expect(created.status == 201)
            #expect(
                server.engine.calls == [
                    "ps all=false limit=3 filters=[(key: \"name\", value: [\"a b\"]), (key: \"status\", value: [\"running\"])]",
                    "create box session=s1 command=run",
                ])
            let request = try #require(server.engine.lastRequest)
            #expect(request.config.cmd == ["ls"])
            #expect(request.hostConfig.binds == ["/a:/b"])
            #expect(request.hostConfig.shmSize == 64 << 20)
            #expect(request.hostConfig.maskedPaths == HostConfig.defaultMaskedPaths)
        }
    }

    @Test("an error says its code and its advice")
    func errorBody() throws {
        try withServer { server in
            let answer = try server.ask("POST", "/containers/missing/start")
            #expect(
                answer.body
                    == "{\"message\":\"No such container: missing\",\"drydock\":{\"code\":\"notFound\",\"advice\":\"docker ps -a\"}}\n")
        }
    }

    @Test("POST /drydock/shutdown answers, then ends the server")
    func shutdown() throws {
        try withServer { server in
            let answer = try server.ask("POST", "/drydock/shutdown")
            #expect(answer.status == 204)
            server.server.waitUntilShutdown()
            #expect((try? server.connect()) == nil)
            #expect(server.engine.calls[0].hasPrefix("shutdown by pid "))
        }
    }
}
