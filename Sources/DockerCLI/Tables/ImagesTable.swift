// Docker's commands as data: names, usage, flags. Texts are those of Docker's command line 20.10, which scripts and people know.

extension CommandTable {
    private static let buildSpec = CommandSpec(
        [CommandSpec.Name(nil, "build"), CommandSpec.Name("image", "build"), CommandSpec.Name("builder", "build")],
        "[OPTIONS] PATH | URL | -", "Build an image from a Dockerfile",
        rule: .exactly(1),
        flags: [
            FlagSpec("add-host", .list, "Add a custom host-to-IP mapping (host:ip)", check: .extraHost),
            FlagSpec("build-arg", .list, "Set build-time variables", check: .environment),
            FlagSpec("cache-from", .strings, "Images to consider as cache sources", check: .commaSeparated),
            FlagSpec("cgroup-parent", .string, "Optional parent cgroup for the container"),
            FlagSpec("compress", .bool, "Compress the build context using gzip"),
            FlagSpec("cpu-period", .int, "Limit the CPU CFS (Completely Fair Scheduler) period"),
            FlagSpec("cpu-quota", .int, "Limit the CPU CFS (Completely Fair Scheduler) quota"),
            FlagSpec("cpu-shares", "c", .int, "CPU shares (relative weight)"),
            FlagSpec("cpuset-cpus", .string, "CPUs in which to allow execution (0-3, 0,1)"),
            FlagSpec("cpuset-mems", .string, "MEMs in which to allow execution (0-3, 0,1)"),
            FlagSpec("disable-content-trust", .bool, "Skip image verification (default true)"),
            FlagSpec("file", "f", .string, "Name of the Dockerfile (Default is 'PATH/Dockerfile')"),
            FlagSpec("force-rm", .bool, "Always remove intermediate containers"),
            // drydock's own; not in Docker's help.
            FlagSpec("explain", .bool, "Tell what each step would find in the cache, and build nothing", isHidden: true),
            FlagSpec("advise", .bool, "Name the pitfalls of the Dockerfile, and build nothing", isHidden: true),
            FlagSpec("iidfile", .string, "Write the image ID to the file"),
            FlagSpec("isolation", .string, "Container isolation technology"),
            FlagSpec("label", .list, "Set metadata for an image", check: .label),
            FlagSpec("memory", "m", .bytes, "Memory limit"),
            FlagSpec("memory-swap", .memorySwap, "Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
            FlagSpec("network", .string, "Set the networking mode for the RUN instructions during build (default \"default\")"),
            FlagSpec("no-cache", .bool, "Do not use cache when building the image"),
            FlagSpec("pull", .bool, "Always attempt to pull a newer version of the image"),
            FlagSpec("quiet", "q", .bool, "Suppress the build output and print image ID on success"),
            FlagSpec("rm", .bool, "Remove intermediate containers after a successful build (default true)"),
            FlagSpec("security-opt", .strings, "Security options", check: .commaSeparated),
            FlagSpec("shm-size", .bytes, "Size of /dev/shm"),
            FlagSpec("tag", "t", .list, "Name and optionally a tag in the 'name:tag' format", check: .reference),
            FlagSpec("target", .string, "Set the target build stage to build."),
            FlagSpec("ulimit", .ulimit, "Ulimit options (default [])"),
            // Of the other builder, or of an experimental engine: Docker's help leaves them out, but its parser takes them.
            FlagSpec("output", "o", .list, "", isHidden: true),
            FlagSpec("platform", .string, "", isHidden: true),
            FlagSpec("progress", .string, "", isHidden: true),
            FlagSpec("secret", .list, "", isHidden: true),
            FlagSpec("squash", .bool, "", isHidden: true),
            FlagSpec("ssh", .list, "", isHidden: true),
            FlagSpec("stream", .bool, "", isHidden: true),
        ], handler: buildCommand)

    private static let historySpec = CommandSpec(
        [CommandSpec.Name(nil, "history"), CommandSpec.Name("image", "history")],
        "[OPTIONS] IMAGE", "Show the history of an image",
        rule: .exactly(1),
        flags: [
            FlagSpec("format", .string, "Pretty-print images using a Go template"),
            FlagSpec("human", "H", .bool, "Print sizes and dates in human readable format (default true)"),
            FlagSpec("no-trunc", .bool, "Don't truncate output"),
            FlagSpec("quiet", "q", .bool, "Only show image IDs"),
        ], completion: .images, handler: historyCommand)

    private static let imagesSpec = CommandSpec(
        [CommandSpec.Name(nil, "images"), CommandSpec.Name("image", "ls", aliases: ["list"])],
        "[OPTIONS] [REPOSITORY[:TAG]]", "List images",
        rule: .atMost(1),
        flags: [
            FlagSpec("all", "a", .bool, "Show all images (default hides intermediate images)"),
            FlagSpec("digests", .bool, "Show digests"),
            FlagSpec("filter", "f", .filter, "Filter output based on conditions provided"),
            FlagSpec("format", .string, "Pretty-print images using a Go template"),
            FlagSpec("no-trunc", .bool, "Don't truncate output"),
            FlagSpec("quiet", "q", .bool, "Only show image IDs"),
        ], completion: .images, handler: imagesCommand)

    private static let importSpec = CommandSpec(
        [CommandSpec.Name(nil, "import"), CommandSpec.Name("image", "import")],
        "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]", "Import the contents from a tarball to create a filesystem image",
        rule: .atLeast(1),
        flags: [
            FlagSpec("change", "c", .list, "Apply Dockerfile instruction to the created image"),
            FlagSpec("message", "m", .string, "Set commit message for imported image"),
            FlagSpec("platform", .string, "Set platform if server is multi-platform capable"),
        ], handler: importCommand)

    private static let imageInspectSpec = CommandSpec(
        [CommandSpec.Name("image", "inspect")],
        "[OPTIONS] IMAGE [IMAGE...]", "Display detailed information on one or more images",
        rule: .atLeast(1),
        flags: [
            FlagSpec("format", "f", .string, "Format the output using the given Go template")
        ], completion: .images, handler: inspectImageCommand)

    private static let loadSpec = CommandSpec(
        [CommandSpec.Name(nil, "load"), CommandSpec.Name("image", "load")],
        "[OPTIONS]", "Load an image from a tar archive or STDIN",
        rule: .none,
        flags: [
            FlagSpec("input", "i", .string, "Read from tar archive file, instead of STDIN"),
            FlagSpec("quiet", "q", .bool, "Suppress the load output"),
        ], handler: loadCommand)

    private static let imagePruneSpec = CommandSpec(
        [CommandSpec.Name("image", "prune")],
        "[OPTIONS]", "Remove unused images",
        rule: .none,
        flags: [
            FlagSpec("all", "a", .bool, "Remove all unused images, not just dangling ones"),
            FlagSpec("filter", .filter, "Provide filter values (e.g. 'until=<timestamp>')"),
            FlagSpec("force", "f", .bool, "Do not prompt for confirmation"),
        ], handler: pruneImagesCommand)

    private static let pullSpec = CommandSpec(
        [CommandSpec.Name(nil, "pull"), CommandSpec.Name("image", "pull")],
        "[OPTIONS] NAME[:TAG|@DIGEST]", "Pull an image or a repository from a registry",
        rule: .exactly(1),
        flags: [
            FlagSpec("all-tags", "a", .bool, "Download all tagged images in the repository"),
            FlagSpec("disable-content-trust", .bool, "Skip image verification (default true)"),
            FlagSpec("platform", .string, "Set platform if server is multi-platform capable"),
            FlagSpec("quiet", "q", .bool, "Suppress verbose output"),
        ], completion: .images, handler: pullCommand)

    private static let pushSpec = CommandSpec(
        [CommandSpec.Name(nil, "push"), CommandSpec.Name("image", "push")],
        "[OPTIONS] NAME[:TAG]", "Push an image or a repository to a registry",
        rule: .exactly(1),
        flags: [
            FlagSpec("all-tags", "a", .bool, "Push all tagged images in the repository"),
            FlagSpec("disable-content-trust", .bool, "Skip image signing (default true)"),
            FlagSpec("quiet", "q", .bool, "Suppress verbose output"),
        ], completion: .images, handler: pushCommand)

    private static let rmiSpec = CommandSpec(
        [CommandSpec.Name(nil, "rmi"), CommandSpec.Name("image", "rm", aliases: ["rmi", "remove"])],
        "[OPTIONS] IMAGE [IMAGE...]", "Remove one or more images",
        rule: .atLeast(1),
        flags: [
            FlagSpec("force", "f", .bool, "Force removal of the image"),
            FlagSpec("no-prune", .bool, "Do not delete untagged parents"),
        ], completion: .images, handler: removeImageCommand)

    private static let saveSpec = CommandSpec(
        [CommandSpec.Name(nil, "save"), CommandSpec.Name("image", "save")],
        "[OPTIONS] IMAGE [IMAGE...]", "Save one or more images to a tar archive (streamed to STDOUT by default)",
        rule: .atLeast(1),
        flags: [
            FlagSpec("output", "o", .string, "Write to a file, instead of STDOUT")
        ], completion: .images, handler: saveCommand)

    private static let tagSpec = CommandSpec(
        [CommandSpec.Name(nil, "tag"), CommandSpec.Name("image", "tag")],
        "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
        rule: .exactly(2), completion: .images, handler: tagCommand)

    private static let loginSpec = CommandSpec(
        [CommandSpec.Name(nil, "login")],
        "[OPTIONS] [SERVER]", "Log in to a Docker registry",
        details: """
            Log in to a Docker registry.
            If no server is specified, the default is defined by the daemon.
            """,
        rule: .atMost(1),
        flags: [
            FlagSpec("password", "p", .string, "Password"),
            FlagSpec("password-stdin", .bool, "Take the password from stdin"),
            FlagSpec("username", "u", .string, "Username"),
        ], handler: loginCommand)

    private static let logoutSpec = CommandSpec(
        [CommandSpec.Name(nil, "logout")],
        "[SERVER]", "Log out from a Docker registry",
        details: """
            Log out from a Docker registry.
            If no server is specified, the default is defined by the daemon.
            """,
        rule: .atMost(1), handler: logoutCommand)

    private static let searchSpec = CommandSpec(
        [CommandSpec.Name(nil, "search")],
        "[OPTIONS] TERM", "Search the Docker Hub for images",
        rule: .exactly(1),
        flags: [
            FlagSpec("filter", "f", .filter, "Filter output based on conditions provided"),
            FlagSpec("format", .string, "Pretty-print search using a Go template"),
            FlagSpec("limit", .int, "Max number of search results (default 25)"),
            FlagSpec("no-trunc", .bool, "Don't truncate output"),
        ], handler: searchCommand)

    static let imageSpecs: [CommandSpec] = [
        buildSpec, historySpec, imagesSpec, importSpec, imageInspectSpec, loadSpec, imagePruneSpec, pullSpec, pushSpec, rmiSpec,
        saveSpec, tagSpec, loginSpec, logoutSpec, searchSpec,
    ]
}
