// Docker's commands as data: names, usage, flags. Texts are those of Docker's command line 20.10, which scripts and people know.

extension CommandTable {
    private static let eventsSpec = CommandSpec(
        [CommandSpec.Name(nil, "events"), CommandSpec.Name("system", "events")],
        "[OPTIONS]", "Get real time events from the server",
        rule: .none,
        flags: [
            FlagSpec("filter", "f", .filter, "Filter output based on conditions provided"),
            FlagSpec("format", .string, "Format the output using the given Go template"),
            FlagSpec("since", .string, "Show all events created since timestamp"),
            FlagSpec("until", .string, "Stream events until this timestamp"),
        ])

    private static let infoSpec = CommandSpec(
        [CommandSpec.Name(nil, "info"), CommandSpec.Name("system", "info")],
        "[OPTIONS]", "Display system-wide information",
        rule: .none,
        flags: [
            FlagSpec("format", "f", .string, "Format the output using the given Go template")
        ], handler: infoCommand)

    private static let inspectSpec = CommandSpec(
        [CommandSpec.Name(nil, "inspect")],
        "[OPTIONS] NAME|ID [NAME|ID...]", "Return low-level information on Docker objects",
        rule: .atLeast(1),
        flags: [
            FlagSpec("format", "f", .string, "Format the output using the given Go template"),
            FlagSpec("size", "s", .bool, "Display total file sizes if the type is container"),
            FlagSpec("type", .string, "Return JSON for specified type"),
        ], completion: .objects, handler: inspectCommand)

    private static let versionSpec = CommandSpec(
        [CommandSpec.Name(nil, "version")],
        "[OPTIONS]", "Show the Docker version information",
        rule: .none,
        flags: [
            FlagSpec("format", "f", .string, "Format the output using the given Go template"),
            FlagSpec("kubeconfig", .string, "Kubernetes config file"),
        ], handler: versionCommand)

    private static let builderPruneSpec = CommandSpec(
        [CommandSpec.Name("builder", "prune")],
        "", "Remove build cache",
        rule: .none,
        flags: [
            FlagSpec("all", "a", .bool, "Remove all unused build cache, not just dangling ones"),
            FlagSpec("filter", .filter, "Provide filter values (e.g. 'until=24h')"),
            FlagSpec("force", "f", .bool, "Do not prompt for confirmation"),
            FlagSpec("keep-storage", .bytes, "Amount of disk space to keep for cache"),
        ])

    private static let systemDfSpec = CommandSpec(
        [CommandSpec.Name("system", "df")],
        "[OPTIONS]", "Show docker disk usage",
        rule: .none,
        flags: [
            FlagSpec("format", .string, "Pretty-print images using a Go template"),
            FlagSpec("verbose", "v", .bool, "Show detailed information on space usage"),
        ])

    private static let systemPruneSpec = CommandSpec(
        [CommandSpec.Name("system", "prune")],
        "[OPTIONS]", "Remove unused data",
        rule: .none,
        flags: [
            FlagSpec("all", "a", .bool, "Remove all unused images not just dangling ones"),
            FlagSpec("filter", .filter, "Provide filter values (e.g. 'label=<key>=<value>')"),
            FlagSpec("force", "f", .bool, "Do not prompt for confirmation"),
            FlagSpec("volumes", .bool, "Prune volumes"),
        ])

    private static let volumeCreateSpec = CommandSpec(
        [CommandSpec.Name("volume", "create")],
        "[OPTIONS] [VOLUME]", "Create a volume",
        rule: .atMost(1),
        flags: [
            FlagSpec("driver", "d", .string, "Specify volume driver name (default \"local\")"),
            FlagSpec("label", .list, "Set metadata for a volume"),
            FlagSpec("opt", "o", .map, "Set driver specific options (default map[])"),
        ], handler: createVolumeCommand)

    private static let volumeInspectSpec = CommandSpec(
        [CommandSpec.Name("volume", "inspect")],
        "[OPTIONS] VOLUME [VOLUME...]", "Display detailed information on one or more volumes",
        rule: .atLeast(1),
        flags: [
            FlagSpec("format", "f", .string, "Format the output using the given Go template")
        ], completion: .volumes, handler: inspectVolumeCommand)

    private static let volumeLsSpec = CommandSpec(
        [CommandSpec.Name("volume", "ls", aliases: ["list"])],
        "[OPTIONS]", "List volumes",
        rule: .none,
        flags: [
            FlagSpec("filter", "f", .filter, "Provide filter values (e.g. 'dangling=true')"),
            FlagSpec("format", .string, "Pretty-print volumes using a Go template"),
            FlagSpec("quiet", "q", .bool, "Only display volume names"),
        ], handler: listVolumesCommand)

    private static let volumePruneSpec = CommandSpec(
        [CommandSpec.Name("volume", "prune")],
        "[OPTIONS]", "Remove all unused local volumes",
        rule: .none,
        flags: [
            FlagSpec("filter", .filter, "Provide filter values (e.g. 'label=<label>')"),
            FlagSpec("force", "f", .bool, "Do not prompt for confirmation"),
        ], handler: pruneVolumesCommand)

    private static let volumeRmSpec = CommandSpec(
        [CommandSpec.Name("volume", "rm", aliases: ["remove"])],
        "[OPTIONS] VOLUME [VOLUME...]", "Remove one or more volumes",
        details: """
            Remove one or more volumes. You cannot remove a volume that is in use by a container.
            """,
        examples: "\n$ docker volume rm hello\nhello\n",
        rule: .atLeast(1),
        flags: [
            FlagSpec("force", "f", .bool, "Force the removal of one or more volumes")
        ], completion: .volumes, handler: removeVolumeCommand)

    private static let networkConnectSpec = CommandSpec(
        [CommandSpec.Name("network", "connect")],
        "[OPTIONS] NETWORK CONTAINER", "Connect a container to a network",
        rule: .exactly(2),
        flags: [
            FlagSpec("alias", .strings, "Add network-scoped alias for the container"),
            FlagSpec("driver-opt", .strings, "driver options for the network"),
            FlagSpec("ip", .string, "IPv4 address (e.g., 172.30.100.104)"),
            FlagSpec("ip6", .string, "IPv6 address (e.g., 2001:db8::33)"),
            FlagSpec("link", .list, "Add link to another container"),
            FlagSpec("link-local-ip", .strings, "Add a link-local address for the container"),
        ], completion: .networks)

    private static let networkCreateSpec = CommandSpec(
        [CommandSpec.Name("network", "create")],
        "[OPTIONS] NETWORK", "Create a network",
        rule: .exactly(1),
        flags: [
            FlagSpec("attachable", .bool, "Enable manual container attachment"),
            FlagSpec("aux-address", .map, "Auxiliary IPv4 or IPv6 addresses used by Network driver (default map[])"),
            FlagSpec("config-from", .string, "The network from which to copy the configuration"),
            FlagSpec("config-only", .bool, "Create a configuration only network"),
            FlagSpec("driver", "d", .string, "Driver to manage the Network (default \"bridge\")"),
            FlagSpec("gateway", .strings, "IPv4 or IPv6 Gateway for the master subnet"),
            FlagSpec("ingress", .bool, "Create swarm routing-mesh network"),
            FlagSpec("internal", .bool, "Restrict external access to the network"),
            FlagSpec("ip-range", .strings, "Allocate container ip from a sub-range"),
            FlagSpec("ipam-driver", .string, "IP Address Management Driver (default \"default\")"),
            FlagSpec("ipam-opt", .map, "Set IPAM driver specific options (default map[])"),
            FlagSpec("ipv6", .bool, "Enable IPv6 networking"),
            FlagSpec("label", .list, "Set metadata on a network"),
            FlagSpec("opt", "o", .map, "Set driver specific options (default map[])"),
            FlagSpec("scope", .string, "Control the network's scope"),
            FlagSpec("subnet", .strings, "Subnet in CIDR format that represents a network segment"),
        ])

    private static let networkDisconnectSpec = CommandSpec(
        [CommandSpec.Name("network", "disconnect")],
        "[OPTIONS] NETWORK CONTAINER", "Disconnect a container from a network",
        rule: .exactly(2),
        flags: [
            FlagSpec("force", "f", .bool, "Force the container to disconnect from a network")
        ], completion: .networks)

    private static let networkInspectSpec = CommandSpec(
        [CommandSpec.Name("network", "inspect")],
        "[OPTIONS] NETWORK [NETWORK...]", "Display detailed information on one or more networks",
        rule: .atLeast(1),
        flags: [
            FlagSpec("format", "f", .string, "Format the output using the given Go template"),
            FlagSpec("verbose", "v", .bool, "Verbose output for diagnostics"),
        ], completion: .networks, handler: inspectNetworkCommand)

    private static let networkLsSpec = CommandSpec(
        [CommandSpec.Name("network", "ls", aliases: ["list"])],
        "[OPTIONS]", "List networks",
        rule: .none,
        flags: [
            FlagSpec("filter", "f", .filter, "Provide filter values (e.g. 'driver=bridge')"),
            FlagSpec("format", .string, "Pretty-print networks using a Go template"),
            FlagSpec("no-trunc", .bool, "Do not truncate the output"),
            FlagSpec("quiet", "q", .bool, "Only display network IDs"),
        ], handler: listNetworksCommand)

    private static let networkPruneSpec = CommandSpec(
        [CommandSpec.Name("network", "prune")],
        "[OPTIONS]", "Remove all unused networks",
        rule: .none,
        flags: [
            FlagSpec("filter", .filter, "Provide filter values (e.g. 'until=<timestamp>')"),
            FlagSpec("force", "f", .bool, "Do not prompt for confirmation"),
        ], handler: pruneNetworksCommand)

    private static let networkRmSpec = CommandSpec(
        [CommandSpec.Name("network", "rm", aliases: ["remove"])],
        "NETWORK [NETWORK...]", "Remove one or more networks",
        rule: .atLeast(1), completion: .networks, handler: removeNetworkCommand)

    static let systemSpecs: [CommandSpec] = [
        eventsSpec, infoSpec, inspectSpec, versionSpec, builderPruneSpec, systemDfSpec, systemPruneSpec, volumeCreateSpec,
        volumeInspectSpec, volumeLsSpec, volumePruneSpec, volumeRmSpec, networkConnectSpec, networkCreateSpec,
        networkDisconnectSpec, networkInspectSpec, networkLsSpec, networkPruneSpec, networkRmSpec,
    ]
}
