/// The Go types of what Docker inspects (API v1.41), for `inspect --format`.
///
/// The client renders with these first. When that fails, it renders the plain JSON (`.any`, `missingKey: .error`) and reports
/// that error, as Docker does.
public enum DockerShapes {
    public static var container: GoShape { types.shape("types.ContainerJSON") }
    public static var image: GoShape { types.shape("types.ImageInspect") }
    public static var network: GoShape { types.shape("types.NetworkResource") }
    public static var volume: GoShape { types.shape("types.Volume") }

    private static var types: GoTypes { GoTypes(containerTypes + hostTypes + networkTypes + imageTypes) }

    private static let containerTypes = """
        types.ContainerJSON *ContainerJSONBase:*types.ContainerJSONBase Mounts:[]types.MountPoint Config:*container.Config
        types.ContainerJSON NetworkSettings:*types.NetworkSettings
        types.ContainerJSONBase ID=Id:string Created:string Path:string Args:[]string State:*types.ContainerState Image:string
        types.ContainerJSONBase ResolvConfPath:string HostnamePath:string HostsPath:string LogPath:string Node:*types.ContainerNode
        types.ContainerJSONBase Name:string RestartCount:int Driver:string Platform:string MountLabel:string ProcessLabel:string
        types.ContainerJSONBase AppArmorProfile:string ExecIDs:[]string HostConfig:*container.HostConfig
        types.ContainerJSONBase GraphDriver:types.GraphDriverData SizeRw:*int SizeRootFs:*int
        types.ContainerNode ID:string IPAddress=IP:string Addr:string Name:string Cpus:int Memory:int Labels:map[]string
        types.ContainerState Status:string Running:bool Paused:bool Restarting:bool OOMKilled:bool Dead:bool Pid:int ExitCode:int
        types.ContainerState Error:string StartedAt:string FinishedAt:string Health:*types.Health
        types.Health Status:string FailingStreak:int Log:[]*types.HealthcheckResult
        types.HealthcheckResult Start:time End:time ExitCode:int Output:string
        types.GraphDriverData Data:map[]string Name:string
        types.MountPoint Type:string Name:string Source:string Destination:string Driver:string Mode:string RW:bool Propagation:string
        container.Config Hostname:string Domainname:string User:string AttachStdin:bool AttachStdout:bool AttachStderr:bool
        container.Config ExposedPorts:nat.PortSet Tty:bool OpenStdin:bool StdinOnce:bool Env:[]string Cmd:[]string
        container.Config Healthcheck:*container.HealthConfig ArgsEscaped:bool Image:string Volumes:map[]empty WorkingDir:string
        container.Config Entrypoint:[]string NetworkDisabled:bool MacAddress:string OnBuild:[]string Labels:map[]string
        container.Config StopSignal:string StopTimeout:*int Shell:[]string
        container.HealthConfig Test:[]string Interval:int Timeout:int StartPeriod:int Retries:int
        empty

        """

    private static let hostTypes = """
        container.HostConfig Binds:[]string ContainerIDFile:string LogConfig:container.LogConfig NetworkMode:string
        container.HostConfig PortBindings:nat.PortMap RestartPolicy:container.RestartPolicy AutoRemove:bool
        container.HostConfig VolumeDriver:string VolumesFrom:[]string CapAdd:[]string CapDrop:[]string CgroupnsMode:string
        container.HostConfig DNS=Dns:[]string DNSOptions=DnsOptions:[]string DNSSearch=DnsSearch:[]string ExtraHosts:[]string
        container.HostConfig GroupAdd:[]string IpcMode:string Cgroup:string Links:[]string OomScoreAdj:int PidMode:string
        container.HostConfig Privileged:bool PublishAllPorts:bool ReadonlyRootfs:bool SecurityOpt:[]string StorageOpt:map[]string
        container.HostConfig Tmpfs:map[]string UTSMode:string UsernsMode:string ShmSize:int Sysctls:map[]string Runtime:string
        container.HostConfig ConsoleSize:[]int Isolation:string *Resources:container.Resources Mounts:[]mount.Mount
        container.HostConfig MaskedPaths:[]string ReadonlyPaths:[]string Init:*bool
        container.LogConfig Type:string Config:map[]string
        container.RestartPolicy Name:string MaximumRetryCount:int
        nat.PortBinding HostIP=HostIp:string HostPort:string
        container.Resources CPUShares=CpuShares:int Memory:int NanoCPUs=NanoCpus:int CgroupParent:string BlkioWeight:int
        container.Resources BlkioWeightDevice:[]*blkiodev.WeightDevice BlkioDeviceReadBps:[]*blkiodev.ThrottleDevice
        container.Resources BlkioDeviceWriteBps:[]*blkiodev.ThrottleDevice BlkioDeviceReadIOps:[]*blkiodev.ThrottleDevice
        container.Resources BlkioDeviceWriteIOps:[]*blkiodev.ThrottleDevice CPUPeriod=CpuPeriod:int CPUQuota=CpuQuota:int
        container.Resources CPURealtimePeriod=CpuRealtimePeriod:int CPURealtimeRuntime=CpuRealtimeRuntime:int
        container.Resources CpusetCpus:string CpusetMems:string Devices:[]container.DeviceMapping DeviceCgroupRules:[]string
        container.Resources DeviceRequests:[]any KernelMemory:int KernelMemoryTCP:int MemoryReservation:int MemorySwap:int
        container.Resources MemorySwappiness:*int OomKillDisable:*bool PidsLimit:*int Ulimits:[]*units.Ulimit
        container.Resources CPUCount=CpuCount:int CPUPercent=CpuPercent:int IOMaximumIOps:int IOMaximumBandwidth:int
        blkiodev.WeightDevice Path:string Weight:int
        blkiodev.ThrottleDevice Path:string Rate:int
        container.DeviceMapping PathOnHost:string PathInContainer:string CgroupPermissions:string
        units.Ulimit Name:string Hard:int Soft:int
        mount.Mount Type:string Source:string Target:string ReadOnly:bool Consistency:string BindOptions:*mount.BindOptions
        mount.Mount VolumeOptions:*mount.VolumeOptions TmpfsOptions:*mount.TmpfsOptions
        mount.BindOptions Propagation:string NonRecursive:bool
        mount.VolumeOptions NoCopy:bool Labels:map[]string DriverConfig:*mount.Driver
        mount.Driver Name:string Options:map[]string
        mount.TmpfsOptions SizeBytes:int Mode:int

        """

    private static let networkTypes = """
        types.NetworkSettings *NetworkSettingsBase:types.NetworkSettingsBase *DefaultNetworkSettings:types.DefaultNetworkSettings
        types.NetworkSettings Networks:map[]*network.EndpointSettings
        types.NetworkSettingsBase Bridge:string SandboxID:string HairpinMode:bool LinkLocalIPv6Address:string
        types.NetworkSettingsBase LinkLocalIPv6PrefixLen:int Ports:nat.PortMap SandboxKey:string
        types.NetworkSettingsBase SecondaryIPAddresses:[]network.Address SecondaryIPv6Addresses:[]network.Address
        types.DefaultNetworkSettings EndpointID:string Gateway:string GlobalIPv6Address:string GlobalIPv6PrefixLen:int
        types.DefaultNetworkSettings IPAddress:string IPPrefixLen:int IPv6Gateway:string MacAddress:string
        network.Address Addr:string PrefixLen:int
        network.EndpointSettings IPAMConfig:*network.EndpointIPAMConfig Links:[]string Aliases:[]string NetworkID:string
        network.EndpointSettings EndpointID:string Gateway:string IPAddress:string IPPrefixLen:int IPv6Gateway:string
        network.EndpointSettings GlobalIPv6Address:string GlobalIPv6PrefixLen:int MacAddress:string DriverOpts:map[]string
        network.EndpointIPAMConfig IPv4Address:string IPv6Address:string LinkLocalIPs:[]string
        types.NetworkResource Name:string ID=Id:string Created:time Scope:string Driver:string EnableIPv6:bool IPAM:network.IPAM
        types.NetworkResource Internal:bool Attachable:bool Ingress:bool ConfigFrom:network.ConfigReference ConfigOnly:bool
        types.NetworkResource Containers:map[]types.EndpointResource Options:map[]string Labels:map[]string Peers:[]any
        types.NetworkResource Services:map[]any
        network.IPAM Driver:string Options:map[]string Config:[]network.IPAMConfig
        network.IPAMConfig Subnet:string IPRange:string Gateway:string AuxAddress=AuxiliaryAddresses:map[]string
        network.ConfigReference Network:string
        types.EndpointResource Name:string EndpointID:string MacAddress:string IPv4Address:string IPv6Address:string

        """

    private static let imageTypes = """
        types.ImageInspect ID=Id:string RepoTags:[]string RepoDigests:[]string Parent:string Comment:string Created:string
        types.ImageInspect Container:string ContainerConfig:*container.Config DockerVersion:string Author:string
        types.ImageInspect Config:*container.Config Architecture:string Variant:string Os:string OsVersion:string Size:int
        types.ImageInspect VirtualSize:int GraphDriver:types.GraphDriverData RootFS:types.RootFS Metadata:types.ImageMetadata
        types.RootFS Type:string Layers:[]string BaseLayer:string
        types.ImageMetadata LastTagTime:time
        types.Volume CreatedAt:string Driver:string Labels:map[]string Mountpoint:string Name:string Options:map[]string Scope:string
        types.Volume Status:map[]any UsageData:*types.VolumeUsageData
        types.VolumeUsageData RefCount:int Size:int

        """
}
