import Basics
import DockerAPI
import Testing

/// What Docker 20.10.24 printed goes through the models and comes out the same, byte for byte: key order, nulls, omissions.
@Suite("Models against Docker's own output")
struct ModelTests {
    @Test("inspect of containers, plain and with every option", arguments: [plain, rich])
    func inspect(_ text: String) throws {
        let value = try JSONDecoder().decode(ContainerInspect.self, from: Array(text.utf8))
        #expect(String(decoding: try JSONEncoder().bytes(value), as: UTF8.self) == text)
    }

    @Test("what a client leaves out has Go's zero value")
    func zeroValues() throws {
        let request = try JSONDecoder().decode(CreateContainerRequest.self, from: Array("{\"Image\":\"x\",\"Env\":null}".utf8))
        #expect(request.config.image == "x")
        #expect(request.config.env == nil)
        #expect(request.hostConfig.consoleSize == [0, 0])
        #expect(request.networkingConfig == nil)
    }

    @Test("a frame has Docker's header")
    func frame() {
        #expect(StandardStream.error.frame(Array("ab".utf8)) == [2, 0, 0, 0, 0, 0, 0, 2, 97, 98])
        #expect(StandardStream.output.header(length: 0x0102_0304) == [1, 0, 0, 0, 1, 2, 3, 4])
    }

    // Recorded with `docker create` on an engine 20.10.24.
    static let plain = [
        #"{"Id":"5c9d80094ef4aa037df8be02ae49415dc0b7071b4c659808623d510ed4687e3a","Created":"2026-11-23T23:31:36.794857"#,
        #"562Z","Path":"true","Args":[],"State":{"Status":"created","Running":false,"Paused":false,"Restarting":false,"O"#,
        #"OMKilled":false,"Dead":false,"Pid":0,"ExitCode":0,"Error":"","StartedAt":"0001-01-01T00:00:00Z","FinishedAt":""#,
        #"0001-01-01T00:00:00Z"},"Image":"sha256:563b7703bcde8b6ab7b2b91bcbdd397953dbb4005839a1a045e11d2d3de8cdab","Reso"#,
        #"lvConfPath":"","HostnamePath":"","HostsPath":"","LogPath":"","Name":"/srv-c","RestartCount":0,"Driver":"overla"#,
        #"y2","Platform":"linux","MountLabel":"","ProcessLabel":"","AppArmorProfile":"","ExecIDs":null,"HostConfig":{"Bi"#,
        #"nds":null,"ContainerIDFile":"","LogConfig":{"Type":"json-file","Config":{}},"NetworkMode":"default","PortBindi"#,
        #"ngs":{},"RestartPolicy":{"Name":"no","MaximumRetryCount":0},"AutoRemove":false,"VolumeDriver":"","VolumesFrom""#,
        #":null,"CapAdd":null,"CapDrop":null,"CgroupnsMode":"host","Dns":[],"DnsOptions":[],"DnsSearch":[],"ExtraHosts":"#,
        #"null,"GroupAdd":null,"IpcMode":"private","Cgroup":"","Links":null,"OomScoreAdj":0,"PidMode":"","Privileged":fa"#,
        #"lse,"PublishAllPorts":false,"ReadonlyRootfs":false,"SecurityOpt":null,"UTSMode":"","UsernsMode":"","ShmSize":6"#,
        #"7108864,"Runtime":"runc","ConsoleSize":[0,0],"Isolation":"","CpuShares":0,"Memory":0,"NanoCpus":0,"CgroupParen"#,
        #"t":"","BlkioWeight":0,"BlkioWeightDevice":[],"BlkioDeviceReadBps":[],"BlkioDeviceWriteBps":[],"BlkioDeviceRead"#,
        #"IOps":[],"BlkioDeviceWriteIOps":[],"CpuPeriod":0,"CpuQuota":0,"CpuRealtimePeriod":0,"CpuRealtimeRuntime":0,"Cp"#,
        #"usetCpus":"","CpusetMems":"","Devices":[],"DeviceCgroupRules":null,"DeviceRequests":null,"KernelMemory":0,"Ker"#,
        #"nelMemoryTCP":0,"MemoryReservation":0,"MemorySwap":0,"MemorySwappiness":null,"OomKillDisable":false,"PidsLimit"#,
        #"":null,"Ulimits":[],"CpuCount":0,"CpuPercent":0,"IOMaximumIOps":0,"IOMaximumBandwidth":0,"MaskedPaths":["/proc"#,
        #"/asound","/proc/acpi","/proc/kcore","/proc/keys","/proc/latency_stats","/proc/timer_list","/proc/timer_stats","#,
        #""/proc/sched_debug","/proc/scsi","/sys/firmware"],"ReadonlyPaths":["/proc/bus","/proc/fs","/proc/irq","/proc/s"#,
        #"ys","/proc/sysrq-trigger"]},"GraphDriver":{"Data":{"LowerDir":"/var/lib/docker/overlay2/a467e75b50932e2fbc210f"#,
        #"d159fe9727ca4f9ccd39ab11a0d47351bebf0ef21d-init/diff:/var/lib/docker/overlay2/b7dabbe5cf9989be131b8617510e590d"#,
        #"c8d8ffb003a892b141fce20336a47b34/diff","MergedDir":"/var/lib/docker/overlay2/a467e75b50932e2fbc210fd159fe9727c"#,
        #"a4f9ccd39ab11a0d47351bebf0ef21d/merged","UpperDir":"/var/lib/docker/overlay2/a467e75b50932e2fbc210fd159fe9727c"#,
        #"a4f9ccd39ab11a0d47351bebf0ef21d/diff","WorkDir":"/var/lib/docker/overlay2/a467e75b50932e2fbc210fd159fe9727ca4f"#,
        #"9ccd39ab11a0d47351bebf0ef21d/work"},"Name":"overlay2"},"Mounts":[],"Config":{"Hostname":"5c9d80094ef4","Domain"#,
        #"name":"","User":"","AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"OpenStdin":false,""#,
        #"StdinOnce":false,"Env":null,"Cmd":["true"],"Image":"alpine","Volumes":null,"WorkingDir":"","Entrypoint":null,""#,
        #"OnBuild":null,"Labels":{}},"NetworkSettings":{"Bridge":"","SandboxID":"","HairpinMode":false,"LinkLocalIPv6Add"#,
        #"ress":"","LinkLocalIPv6PrefixLen":0,"Ports":{},"SandboxKey":"","SecondaryIPAddresses":null,"SecondaryIPv6Addre"#,
        #"sses":null,"EndpointID":"","Gateway":"","GlobalIPv6Address":"","GlobalIPv6PrefixLen":0,"IPAddress":"","IPPrefi"#,
        #"xLen":0,"IPv6Gateway":"","MacAddress":"","Networks":{"bridge":{"IPAMConfig":null,"Links":null,"Aliases":null,""#,
        #"NetworkID":"","EndpointID":"","Gateway":"","IPAddress":"","IPPrefixLen":0,"IPv6Gateway":"","GlobalIPv6Address""#,
        #":"","GlobalIPv6PrefixLen":0,"MacAddress":"","DriverOpts":null}}}}"#,
    ].joined()

    static let rich = [
        #"{"Id":"f6a2c7cd4df676aa6b9572243f74831e72ae40d2e22004866d4d407e801eb871","Created":"2026-11-23T23:33:14.049861"#,
        #"614Z","Path":"sh","Args":["-c","echo hi"],"State":{"Status":"created","Running":false,"Paused":false,"Restarti"#,
        #"ng":false,"OOMKilled":false,"Dead":false,"Pid":0,"ExitCode":0,"Error":"","StartedAt":"0001-01-01T00:00:00Z","F"#,
        #"inishedAt":"0001-01-01T00:00:00Z"},"Image":"sha256:563b7703bcde8b6ab7b2b91bcbdd397953dbb4005839a1a045e11d2d3de"#,
        #"8cdab","ResolvConfPath":"","HostnamePath":"","HostsPath":"","LogPath":"","Name":"/srv-rich","RestartCount":0,""#,
        #"Driver":"overlay2","Platform":"linux","MountLabel":"","ProcessLabel":"","AppArmorProfile":"","ExecIDs":null,"H"#,
        #"ostConfig":{"Binds":["/tmp:/t:ro"],"ContainerIDFile":"","LogConfig":{"Type":"json-file","Config":{}},"NetworkM"#,
        #"ode":"default","PortBindings":{"80/udp":[{"HostIp":"127.0.0.1","HostPort":"8099"}],"81/tcp":[{"HostIp":"","Hos"#,
        #"tPort":""}]},"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3},"AutoRemove":false,"VolumeDriver":"","#,
        #""VolumesFrom":null,"CapAdd":["SYS_ADMIN"],"CapDrop":["MKNOD"],"CgroupnsMode":"host","Dns":["1.1.1.1"],"DnsOpti"#,
        #"ons":[],"DnsSearch":[],"ExtraHosts":["a:1.2.3.4"],"GroupAdd":null,"IpcMode":"private","Cgroup":"","Links":null"#,
        #","OomScoreAdj":0,"PidMode":"","Privileged":false,"PublishAllPorts":false,"ReadonlyRootfs":false,"SecurityOpt":"#,
        #"null,"Tmpfs":{"/run":"size=1m"},"UTSMode":"","UsernsMode":"","ShmSize":10485760,"Sysctls":{"net.core.somaxconn"#,
        #"":"1"},"Runtime":"runc","ConsoleSize":[0,0],"Isolation":"","CpuShares":0,"Memory":104857600,"NanoCpus":1500000"#,
        #"000,"CgroupParent":"","BlkioWeight":0,"BlkioWeightDevice":[],"BlkioDeviceReadBps":null,"BlkioDeviceWriteBps":n"#,
        #"ull,"BlkioDeviceReadIOps":null,"BlkioDeviceWriteIOps":null,"CpuPeriod":0,"CpuQuota":0,"CpuRealtimePeriod":0,"C"#,
        #"puRealtimeRuntime":0,"CpusetCpus":"","CpusetMems":"","Devices":[{"PathOnHost":"/dev/null","PathInContainer":"/"#,
        #"dev/nn","CgroupPermissions":"r"}],"DeviceCgroupRules":null,"DeviceRequests":null,"KernelMemory":0,"KernelMemor"#,
        #"yTCP":0,"MemoryReservation":0,"MemorySwap":209715200,"MemorySwappiness":null,"OomKillDisable":false,"PidsLimit"#,
        #"":50,"Ulimits":[{"Name":"nofile","Hard":20,"Soft":10}],"CpuCount":0,"CpuPercent":0,"IOMaximumIOps":0,"IOMaximu"#,
        #"mBandwidth":0,"Mounts":[{"Type":"volume","Source":"srv-vol","Target":"/v"},{"Type":"tmpfs","Target":"/tt","Tmp"#,
        #"fsOptions":{"SizeBytes":1000000}}],"MaskedPaths":["/proc/asound","/proc/acpi","/proc/kcore","/proc/keys","/pro"#,
        #"c/latency_stats","/proc/timer_list","/proc/timer_stats","/proc/sched_debug","/proc/scsi","/sys/firmware"],"Rea"#,
        #"donlyPaths":["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"],"Init":true},"GraphDriver":"#,
        #"{"Data":{"LowerDir":"/var/lib/docker/overlay2/1e3d8ad5cb6c9a6e54325edc62b5c7f62432128a2f71c0b56c881151916db705"#,
        #"-init/diff:/var/lib/docker/overlay2/b7dabbe5cf9989be131b8617510e590dc8d8ffb003a892b141fce20336a47b34/diff","Me"#,
        #"rgedDir":"/var/lib/docker/overlay2/1e3d8ad5cb6c9a6e54325edc62b5c7f62432128a2f71c0b56c881151916db705/merged","U"#,
        #"pperDir":"/var/lib/docker/overlay2/1e3d8ad5cb6c9a6e54325edc62b5c7f62432128a2f71c0b56c881151916db705/diff","Wor"#,
        #"kDir":"/var/lib/docker/overlay2/1e3d8ad5cb6c9a6e54325edc62b5c7f62432128a2f71c0b56c881151916db705/work"},"Name""#,
        #":"overlay2"},"Mounts":[{"Type":"bind","Source":"/tmp","Destination":"/t","Mode":"ro","RW":false,"Propagation":"#,
        #""rslave"},{"Type":"volume","Name":"srv-vol","Source":"/var/lib/docker/volumes/srv-vol/_data","Destination":"/v"#,
        #"","Driver":"local","Mode":"z","RW":true,"Propagation":""},{"Type":"tmpfs","Source":"","Destination":"/tt","Mod"#,
        #"e":"","RW":true,"Propagation":""},{"Type":"volume","Name":"336ec3867e14c37073e65d13b46411074717c3d982fdc5d384a"#,
        #"f3fdf3394e333","Source":"/var/lib/docker/volumes/336ec3867e14c37073e65d13b46411074717c3d982fdc5d384af3fdf3394e"#,
        #"333/_data","Destination":"/anon","Driver":"local","Mode":"","RW":true,"Propagation":""}],"Config":{"Hostname":"#,
        #""hh","Domainname":"","User":"0:0","AttachStdin":true,"AttachStdout":true,"AttachStderr":true,"ExposedPorts":{""#,
        #"80/udp":{},"81/tcp":{},"99/tcp":{}},"Tty":true,"OpenStdin":true,"StdinOnce":true,"Env":["A=1","B=2"],"Cmd":["-"#,
        #"c","echo hi"],"Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":5000000000},"Image":"alpine","Volumes":{"/"#,
        #"anon":{}},"WorkingDir":"/tmp","Entrypoint":["sh"],"MacAddress":"02:42:ac:11:00:99","OnBuild":null,"Labels":{"a"#,
        #"":"b","l":"1"},"StopSignal":"SIGINT","StopTimeout":3},"NetworkSettings":{"Bridge":"","SandboxID":"","HairpinMo"#,
        #"de":false,"LinkLocalIPv6Address":"","LinkLocalIPv6PrefixLen":0,"Ports":{},"SandboxKey":"","SecondaryIPAddresse"#,
        #"s":null,"SecondaryIPv6Addresses":null,"EndpointID":"","Gateway":"","GlobalIPv6Address":"","GlobalIPv6PrefixLen"#,
        #"":0,"IPAddress":"","IPPrefixLen":0,"IPv6Gateway":"","MacAddress":"","Networks":{"bridge":{"IPAMConfig":null,"L"#,
        #"inks":null,"Aliases":null,"NetworkID":"","EndpointID":"","Gateway":"","IPAddress":"","IPPrefixLen":0,"IPv6Gate"#,
        #"way":"","GlobalIPv6Address":"","GlobalIPv6PrefixLen":0,"MacAddress":"","DriverOpts":null}}}}"#,
    ].joined()
}
