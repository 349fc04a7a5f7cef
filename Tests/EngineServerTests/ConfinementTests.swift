import Basics
import DockerAPI
import Testing

@testable import EngineServer

/// What a client that is held to a learner's rights may ask an engine for (docs/decisions/0016).
@Suite struct ConfinementTests {
    private func container(_ host: JSONValue, _ more: JSONObject = [:]) throws(ConfinedReason) -> JSONValue {
        var body = more
        body["Image"] = "busybox"
        body["HostConfig"] = host
        return try ConfinedBodies(limits: Confinement.Limits()).confined(.object(body), of: "POST containers/create")
    }

    @Test func everyRouteIsDecidedUpon() throws {
        for name in Router.engine.names {
            #expect(
                ConfinedRoutes.allowed.contains(name) != ConfinedRoutes.refused.contains(name),
                "is \(name) for the program of a transcript, or not?")
        }
        #expect(ConfinedRoutes.refusal(of: "POST", "containers/*/checkpoint", try Query("")) != nil)
    }

    @Test(
        arguments: [
            ("GET", "drydock/events", "all=1"), ("POST", "images/create", "fromSrc=http://127.0.0.1/x.tar"),
            ("POST", "images/create", "fromSrc=file:///etc/shadow"), ("POST", "build", "remote=http://127.0.0.1/"),
            ("POST", "build", "networkmode=host"), ("POST", "build", "networkmode=container:web"), ("POST", "build", "cgroupparent=/x"),
            ("POST", "build", "securityopt=seccomp=unconfined"), ("POST", "drydock/shutdown", ""), ("GET", "drydock/refusals", ""),
        ])
    func aRequestThatReachesFurtherIsRefused(_ method: String, _ pattern: String, _ query: String) throws {
        #expect(ConfinedRoutes.refusal(of: method, pattern, try Query(query[...])) != nil)
    }

    @Test(
        arguments: [
            ("GET", "drydock/events", "session=a"), ("POST", "images/create", "fromSrc=-"), ("POST", "images/create", "fromImage=busybox"),
            ("POST", "build", "t=x&networkmode=default&rm=1"), ("POST", "containers/create", "name=web"),
        ])
    func whatALearnerNeedsIsNot(_ method: String, _ pattern: String, _ query: String) throws {
        #expect(ConfinedRoutes.refusal(of: method, pattern, try Query(query[...])) == nil)
    }

    @Test(
        arguments: [
            #"{"Binds":["/:/host"]}"#, #"{"Binds":["web:/x","/etc:/etc:ro"]}"#, #"{"Binds":["../x:/x"]}"#, #"{"Binds":["~/x:/x"]}"#,
            #"{"Binds":[7]}"#, #"{"Binds":{"a":"/:/x"}}"#, #"{"Mounts":[{"Type":"bind","Source":"/","Target":"/x"}]}"#,
            #"{"Mounts":[{"Source":"/","Target":"/x"}]}"#, #"{"Mounts":[{"Type":"volume","Source":"/etc","Target":"/x"}]}"#,
            #"{"Mounts":[{"Type":"volume","Source":"a","VolumeOptions":{"DriverConfig":{"Options":{"device":"/"}}}}]}"#,
            #"{"Mounts":[{"Type":"npipe","Source":"a"}]}"#, #"{"Mounts":[{"Type":"BIND","Source":"/"}]}"#,
            #"{"Privileged":true}"#, #"{"NetworkMode":"host"}"#, #"{"NetworkMode":"container:web"}"#,
            #"{"NetworkMode":"ns:/proc/1/ns/net"}"#,
            #"{"PidMode":"host"}"#, #"{"PidMode":"container:web"}"#, #"{"IpcMode":"host"}"#, #"{"IpcMode":"container:web"}"#,
            #"{"UTSMode":"host"}"#, #"{"UsernsMode":"host"}"#, #"{"CgroupnsMode":"host"}"#, #"{"CapAdd":["SYS_ADMIN"]}"#,
            #"{"CapAdd":"ALL"}"#, #"{"Devices":[{"PathOnHost":"/dev/vda"}]}"#, #"{"DeviceRequests":[{"Count":-1}]}"#,
            #"{"DeviceCgroupRules":["b *:* rwm"]}"#, #"{"SecurityOpt":["seccomp=unconfined"]}"#, #"{"CgroupParent":"/"}"#,
            #"{"Cgroup":"container:web"}"#, #"{"Sysctls":{"kernel.core_pattern":"|/x"}}"#, #"{"Runtime":"other"}"#,
            #"{"MaskedPaths":[]}"#, #"{"ReadonlyPaths":[]}"#, #"{"OomKillDisable":true}"#, #"{"OomScoreAdj":-1000}"#,
            #"{"OomScoreAdj":"-1000"}"#, #"{"StorageOpt":{"size":"1t"}}"#, #"{"LogConfig":{"Type":"syslog"}}"#,
            #"{"VolumeDriver":"other"}"#,
            #"{"SomethingNew":"x"}"#, #"{"privileged":true}"#, #"{"CpuRealtimeRuntime":9}"#, "7", "[]",
        ])
    func aContainerThatReachesFurtherIsRefused(_ host: String) throws {
        let value = try JSONValue(parsing: Array(host.utf8))
        #expect(throws: ConfinedReason.self) { try container(value) }
    }

    @Test(
        arguments: [
            "{}", "null", #"{"Binds":["data:/data","logs_1:/logs:ro"]}"#, #"{"Mounts":[{"Type":"volume","Source":"a","Target":"/x"}]}"#,
            #"{"Mounts":[{"Type":"tmpfs","Target":"/x","TmpfsOptions":{"SizeBytes":4096}}]}"#, #"{"NetworkMode":"default"}"#,
            #"{"NetworkMode":"none"}"#, #"{"NetworkMode":"my_net-1"}"#, #"{"IpcMode":"private","PidMode":"","Privileged":false}"#,
            #"{"CapDrop":["ALL"],"ReadonlyRootfs":true,"AutoRemove":true,"PublishAllPorts":true,"RestartPolicy":{"Name":"always"}}"#,
            #"{"MaskedPaths":null,"Devices":[],"OomKillDisable":false,"OomScoreAdj":500,"LogConfig":{"Type":"","Config":{}}}"#,
        ])
    func anOrdinaryContainerIsNot(_ host: String) throws {
        let value = try JSONValue(parsing: Array(host.utf8))
        #expect(try container(value)["HostConfig"]?["Memory"] == .integer(256 << 20))
    }

    @Test func whatTheCommandLineSendsIsNotRefused() throws {
        // Docker 20.10's own words for `docker run -it --rm busybox`, all fields.
        let host = #"""
            {"Binds":null,"ContainerIDFile":"","LogConfig":{"Type":"","Config":{}},"NetworkMode":"default","PortBindings":{},
            "RestartPolicy":{"Name":"no","MaximumRetryCount":0},"AutoRemove":true,"VolumeDriver":"","VolumesFrom":null,"CapAdd":null,
            "CapDrop":null,"CgroupnsMode":"","Dns":[],"DnsOptions":[],"DnsSearch":[],"ExtraHosts":null,"GroupAdd":null,"IpcMode":"",
            "Cgroup":"","Links":null,"OomScoreAdj":0,"PidMode":"","Privileged":false,"PublishAllPorts":false,"ReadonlyRootfs":false,
            "SecurityOpt":null,"UTSMode":"","UsernsMode":"","ShmSize":0,"ConsoleSize":[0,0],"Isolation":"","CpuShares":0,"Memory":0,
            "NanoCpus":0,"CgroupParent":"","BlkioWeight":0,"BlkioWeightDevice":[],"BlkioDeviceReadBps":null,"BlkioDeviceWriteBps":null,
            "BlkioDeviceReadIOps":null,"BlkioDeviceWriteIOps":null,"CpuPeriod":0,"CpuQuota":0,"CpuRealtimePeriod":0,
            "CpuRealtimeRuntime":0,"CpusetCpus":"","CpusetMems":"","Devices":[],"DeviceCgroupRules":null,"DeviceRequests":null,
            "KernelMemory":0,"KernelMemoryTCP":0,"MemoryReservation":0,"MemorySwap":0,"MemorySwappiness":-1,"OomKillDisable":false,
            "PidsLimit":0,"Ulimits":null,"CpuCount":0,"CpuPercent":0,"IOMaximumIOps":0,"IOMaximumBandwidth":0,"MaskedPaths":null,
            "ReadonlyPaths":null}
            """#
        let confined = try container(try JSONValue(parsing: Array(host.utf8)), ["NetworkingConfig": ["EndpointsConfig": [:]], "Tty": true])
        #expect(confined["HostConfig"]?["PidsLimit"] == 128)
    }

    @Test func limitsHoldOverWhatIsAsked() throws {
        let greedy = try container(["Memory": 1_099_511_627_776, "MemorySwap": -1, "PidsLimit": -1])["HostConfig"]
        #expect(greedy?["Memory"] == .integer(256 << 20) && greedy?["MemorySwap"] == .integer(512 << 20) && greedy?["PidsLimit"] == 128)
        let modest = try container(["Memory": 16_777_216, "PidsLimit": 10])["HostConfig"]
        #expect(modest?["Memory"] == 16_777_216 && modest?["PidsLimit"] == 10)
        let bodies = ConfinedBodies(limits: Confinement.Limits())
        #expect(try bodies.confined(["CpuShares": 5], of: "POST containers/*/update") == ["CpuShares": 5])
        #expect(try bodies.confined(["PidsLimit": -1], of: "POST containers/*/update") == ["PidsLimit": 128])
    }

    @Test func otherBodiesAreLookedAtToo() throws {
        let bodies = ConfinedBodies(limits: Confinement.Limits())
        let hostile: [(String, JSONValue)] = [
            ("POST containers/*/exec", ["Cmd": ["sh"], "Privileged": true]),
            ("POST volumes/create", ["Name": "a", "DriverOpts": ["type": "none", "o": "bind", "device": "/"]]),
            ("POST volumes/create", ["Name": "a", "Driver": "other"]), ("POST networks/create", ["Name": "a", "Driver": "host"]),
            ("POST networks/create", ["Name": "a", "Driver": "macvlan"]),
            ("POST networks/create", ["Name": "a", "Options": ["parent": "eth0"]]),
        ]
        for (route, body) in hostile {
            #expect(throws: ConfinedReason.self, "\(body)") { try bodies.confined(body, of: route) }
        }
        #expect(throws: ConfinedReason.self) { try container([:], ["NetworkingConfig": ["EndpointsConfig": ["host": [:]]]]) }
        #expect(throws: ConfinedReason.self) { try container([:], ["hostconfig": ["Privileged": true]]) }
        #expect(try bodies.confined(["Cmd": ["sh"], "Privileged": false], of: "POST containers/*/exec")["Cmd"] == ["sh"])
    }

    @Test func refusalsAreRememberedUpToABound() {
        let confinement = Confinement()
        for number in 0..<1000 { _ = confinement.refuse("POST", "containers/\(number)", "no") }
        #expect(confinement.refusals.count == 1000 && confinement.refusals.refusals.count == 200)
        #expect(confinement.refusals.refusals.first?.message == "this engine replays a transcript: no")
    }
}
