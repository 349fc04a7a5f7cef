// Docker's commands as data: names, usage, flags. Texts are those of Docker's command line 20.10, which scripts and people know.

extension CommandTable {
    private static let attachSpec = CommandSpec(
        [CommandSpec.Name(nil, "attach"), CommandSpec.Name("container", "attach")],
        "[OPTIONS] CONTAINER", "Attach local standard input, output, and error streams to a running container",
        rule: .exactly(1),
        flags: [
            FlagSpec("detach-keys", .string, "Override the key sequence for detaching a container"),
            FlagSpec("no-stdin", .bool, "Do not attach STDIN"),
            FlagSpec("sig-proxy", .bool, "Proxy all received signals to the process (default true)"),
        ], completion: .runningContainers, handler: attachCommand)

    private static let commitSpec = CommandSpec(
        [CommandSpec.Name(nil, "commit"), CommandSpec.Name("container", "commit")],
        "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]", "Create a new image from a container's changes",
        rule: .between(1, 2),
        flags: [
            FlagSpec("author", "a", .string, "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")"),
            FlagSpec("change", "c", .list, "Apply Dockerfile instruction to the created image"),
            FlagSpec("message", "m", .string, "Commit message"),
            FlagSpec("pause", "p", .bool, "Pause container during commit (default true)"),
        ], completion: .containers, handler: commitCommand)

    private static let cpSpec = CommandSpec(
        [CommandSpec.Name(nil, "cp"), CommandSpec.Name("container", "cp")],
        "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n[OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
        "Copy files/folders between a container and the local filesystem",
        details: """
            Copy files/folders between a container and the local filesystem

            Use '-' as the source to read a tar archive from stdin
            and extract it to a directory destination in a container.
            Use '-' as the destination to stream a tar archive of a
            container source to stdout.
            """,
        rule: .exactly(2),
        flags: [
            FlagSpec("archive", "a", .bool, "Archive mode (copy all uid/gid information)"),
            FlagSpec("follow-link", "L", .bool, "Always follow symbol link in SRC_PATH"),
        ], completion: .containers, handler: copyCommand)

    private static let diffSpec = CommandSpec(
        [CommandSpec.Name(nil, "diff"), CommandSpec.Name("container", "diff")],
        "CONTAINER", "Inspect changes to files or directories on a container's filesystem",
        rule: .exactly(1), completion: .containers, handler: diffCommand)

    private static let execSpec = CommandSpec(
        [CommandSpec.Name(nil, "exec"), CommandSpec.Name("container", "exec")],
        "[OPTIONS] CONTAINER COMMAND [ARG...]", "Run a command in a running container",
        rule: .atLeast(2),
        flags: [
            FlagSpec("detach", "d", .bool, "Detached mode: run command in the background"),
            FlagSpec("detach-keys", .string, "Override the key sequence for detaching a container"),
            FlagSpec("env", "e", .list, "Set environment variables", check: .environment),
            FlagSpec("env-file", .list, "Read in a file of environment variables"),
            FlagSpec("interactive", "i", .bool, "Keep STDIN open even if not attached"),
            FlagSpec("privileged", .bool, "Give extended privileges to the command"),
            FlagSpec("tty", "t", .bool, "Allocate a pseudo-TTY"),
            FlagSpec("user", "u", .string, "Username or UID (format: <name|uid>[:<group|gid>])"),
            FlagSpec("workdir", "w", .string, "Working directory inside the container"),
        ], optionsEndAtFirstArgument: true, completion: .containerThenCommand, handler: execCommand)

    private static let exportSpec = CommandSpec(
        [CommandSpec.Name(nil, "export"), CommandSpec.Name("container", "export")],
        "[OPTIONS] CONTAINER", "Export a container's filesystem as a tar archive",
        rule: .exactly(1),
        flags: [
            FlagSpec("output", "o", .string, "Write to a file, instead of STDOUT")
        ], completion: .containers, handler: exportCommand)

    private static let containerInspectSpec = CommandSpec(
        [CommandSpec.Name("container", "inspect")],
        "[OPTIONS] CONTAINER [CONTAINER...]", "Display detailed information on one or more containers",
        rule: .atLeast(1),
        flags: [
            FlagSpec("format", "f", .string, "Format the output using the given Go template"),
            FlagSpec("size", "s", .bool, "Display total file sizes"),
        ], completion: .containers, handler: inspectContainerCommand)

    private static let killSpec = CommandSpec(
        [CommandSpec.Name(nil, "kill"), CommandSpec.Name("container", "kill")],
        "[OPTIONS] CONTAINER [CONTAINER...]", "Kill one or more running containers",
        rule: .atLeast(1),
        flags: [
            FlagSpec("signal", "s", .string, "Signal to send to the container (default \"KILL\")")
        ], completion: .runningContainers, handler: killCommand)

    private static let logsSpec = CommandSpec(
        [CommandSpec.Name(nil, "logs"), CommandSpec.Name("container", "logs")],
        "[OPTIONS] CONTAINER", "Fetch the logs of a container",
        rule: .exactly(1),
        flags: [
            FlagSpec("details", .bool, "Show extra details provided to logs"),
            FlagSpec("follow", "f", .bool, "Follow log output"),
            FlagSpec("since", .string, "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)"),
            FlagSpec("tail", "n", .string, "Number of lines to show from the end of the logs (default \"all\")"),
            FlagSpec("timestamps", "t", .bool, "Show timestamps"),
            FlagSpec("until", .string, "Show logs before a timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)"),
        ], completion: .containers, handler: logsCommand)

    private static let pauseSpec = CommandSpec(
        [CommandSpec.Name(nil, "pause"), CommandSpec.Name("container", "pause")],
        "CONTAINER [CONTAINER...]", "Pause all processes within one or more containers",
        rule: .atLeast(1), completion: .runningContainers, handler: pauseCommand)

    private static let portSpec = CommandSpec(
        [CommandSpec.Name(nil, "port"), CommandSpec.Name("container", "port")],
        "CONTAINER [PRIVATE_PORT[/PROTO]]", "List port mappings or a specific mapping for the container",
        rule: .between(1, 2), completion: .containers, handler: portCommand)

    private static let containerPruneSpec = CommandSpec(
        [CommandSpec.Name("container", "prune")],
        "[OPTIONS]", "Remove all stopped containers",
        rule: .none,
        flags: [
            FlagSpec("filter", .filter, "Provide filter values (e.g. 'until=<timestamp>')"),
            FlagSpec("force", "f", .bool, "Do not prompt for confirmation"),
        ], handler: pruneContainersCommand)

    private static let psSpec = CommandSpec(
        [CommandSpec.Name(nil, "ps"), CommandSpec.Name("container", "ls", aliases: ["ps", "list"])],
        "[OPTIONS]", "List containers",
        rule: .none,
        flags: [
            FlagSpec("all", "a", .bool, "Show all containers (default shows just running)"),
            FlagSpec("filter", "f", .filter, "Filter output based on conditions provided"),
            FlagSpec("format", .string, "Pretty-print containers using a Go template"),
            FlagSpec("last", "n", .int, "Show n last created containers (includes all states) (default -1)"),
            FlagSpec("latest", "l", .bool, "Show the latest created container (includes all states)"),
            FlagSpec("no-trunc", .bool, "Don't truncate output"),
            FlagSpec("quiet", "q", .bool, "Only display container IDs"),
            FlagSpec("size", "s", .bool, "Display total file sizes"),
        ], handler: psCommand)

    private static let renameSpec = CommandSpec(
        [CommandSpec.Name(nil, "rename"), CommandSpec.Name("container", "rename")],
        "CONTAINER NEW_NAME", "Rename a container",
        rule: .exactly(2), completion: .containers, handler: renameCommand)

    private static let restartSpec = CommandSpec(
        [CommandSpec.Name(nil, "restart"), CommandSpec.Name("container", "restart")],
        "[OPTIONS] CONTAINER [CONTAINER...]", "Restart one or more containers",
        rule: .atLeast(1),
        flags: [
            FlagSpec("time", "t", .int, "Seconds to wait for stop before killing the container (default 10)")
        ], completion: .containers, handler: restartCommand)

    private static let rmSpec = CommandSpec(
        [CommandSpec.Name(nil, "rm"), CommandSpec.Name("container", "rm")],
        "[OPTIONS] CONTAINER [CONTAINER...]", "Remove one or more containers",
        rule: .atLeast(1),
        flags: [
            FlagSpec("force", "f", .bool, "Force the removal of a running container (uses SIGKILL)"),
            FlagSpec("link", "l", .bool, "Remove the specified link"),
            FlagSpec("volumes", "v", .bool, "Remove anonymous volumes associated with the container"),
        ], completion: .containers, handler: removeCommand)

    private static let startSpec = CommandSpec(
        [CommandSpec.Name(nil, "start"), CommandSpec.Name("container", "start")],
        "[OPTIONS] CONTAINER [CONTAINER...]", "Start one or more stopped containers",
        rule: .atLeast(1),
        flags: [
            FlagSpec("attach", "a", .bool, "Attach STDOUT/STDERR and forward signals"),
            FlagSpec("detach-keys", .string, "Override the key sequence for detaching a container"),
            FlagSpec("interactive", "i", .bool, "Attach container's STDIN"),
        ], completion: .stoppedContainers, handler: startCommand)

    private static let statsSpec = CommandSpec(
        [CommandSpec.Name(nil, "stats"), CommandSpec.Name("container", "stats")],
        "[OPTIONS] [CONTAINER...]", "Display a live stream of container(s) resource usage statistics",
        rule: .any,
        flags: [
            FlagSpec("all", "a", .bool, "Show all containers (default shows just running)"),
            FlagSpec("format", .string, "Pretty-print images using a Go template"),
            FlagSpec("no-stream", .bool, "Disable streaming stats and only pull the first result"),
            FlagSpec("no-trunc", .bool, "Do not truncate output"),
        ], completion: .runningContainers)

    private static let stopSpec = CommandSpec(
        [CommandSpec.Name(nil, "stop"), CommandSpec.Name("container", "stop")],
        "[OPTIONS] CONTAINER [CONTAINER...]", "Stop one or more running containers",
        rule: .atLeast(1),
        flags: [
            FlagSpec("time", "t", .int, "Seconds to wait for stop before killing it (default 10)")
        ], completion: .runningContainers, handler: stopCommand)

    private static let topSpec = CommandSpec(
        [CommandSpec.Name(nil, "top"), CommandSpec.Name("container", "top")],
        "CONTAINER [ps OPTIONS]", "Display the running processes of a container",
        rule: .atLeast(1), optionsEndAtFirstArgument: true, completion: .runningContainers, handler: topCommand)

    private static let unpauseSpec = CommandSpec(
        [CommandSpec.Name(nil, "unpause"), CommandSpec.Name("container", "unpause")],
        "CONTAINER [CONTAINER...]", "Unpause all processes within one or more containers",
        rule: .atLeast(1), completion: .runningContainers, handler: unpauseCommand)

    private static let updateSpec = CommandSpec(
        [CommandSpec.Name(nil, "update"), CommandSpec.Name("container", "update")],
        "[OPTIONS] CONTAINER [CONTAINER...]", "Update configuration of one or more containers",
        rule: .atLeast(1),
        flags: [
            FlagSpec("blkio-weight", .uint16, "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)"),
            FlagSpec("cpu-period", .int, "Limit CPU CFS (Completely Fair Scheduler) period"),
            FlagSpec("cpu-quota", .int, "Limit CPU CFS (Completely Fair Scheduler) quota"),
            FlagSpec("cpu-rt-period", .int, "Limit the CPU real-time period in microseconds"),
            FlagSpec("cpu-rt-runtime", .int, "Limit the CPU real-time runtime in microseconds"),
            FlagSpec("cpu-shares", "c", .int, "CPU shares (relative weight)"),
            FlagSpec("cpus", .decimal, "Number of CPUs"),
            FlagSpec("cpuset-cpus", .string, "CPUs in which to allow execution (0-3, 0,1)"),
            FlagSpec("cpuset-mems", .string, "MEMs in which to allow execution (0-3, 0,1)"),
            FlagSpec("kernel-memory", .bytes, "Kernel memory limit"),
            FlagSpec("memory", "m", .bytes, "Memory limit"),
            FlagSpec("memory-reservation", .bytes, "Memory soft limit"),
            FlagSpec("memory-swap", .memorySwap, "Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
            FlagSpec("pids-limit", .int, "Tune container pids limit (set -1 for unlimited)"),
            FlagSpec("restart", .string, "Restart policy to apply when a container exits"),
        ], completion: .containers)

    private static let waitSpec = CommandSpec(
        [CommandSpec.Name(nil, "wait"), CommandSpec.Name("container", "wait")],
        "CONTAINER [CONTAINER...]", "Block until one or more containers stop, then print their exit codes",
        rule: .atLeast(1), completion: .containers, handler: waitCommand)

    static let containerSpecs: [CommandSpec] = [
        attachSpec, commitSpec, cpSpec, diffSpec, execSpec, exportSpec, containerInspectSpec, killSpec, logsSpec, pauseSpec,
        portSpec, containerPruneSpec, psSpec, renameSpec, restartSpec, rmSpec, startSpec, statsSpec, stopSpec, topSpec, unpauseSpec,
        updateSpec, waitSpec,
    ]
}
