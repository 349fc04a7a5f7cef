// swift-tools-version: 6.1
import PackageDescription

/// Settings that every Swift target shares: what the compiler can check, it checks.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-warnings-as-errors"]),
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

/// A Swift library target; its dependencies are the arrows that `Tests/ArchitectureTests` holds.
func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

/// The tests of a module.
func tests(_ module: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(module)Tests", dependencies: dependencies, swiftSettings: strict)
}

/// A library of the system, found by pkg-config, named for apt.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "drydock",
    products: [
        .executable(name: "drydock", targets: ["drydock"]),
        .executable(name: "drydock-engine", targets: ["drydock-engine"]),
        .executable(name: "drydock-shim", targets: ["drydock-shim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2")
    ],
    targets: [
        // The system's libraries.
        // No pkg-config: it would name the system's folder before the one that Scripts/build.sh fills for the client.
        .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
        system("CSeccomp", pkgConfig: "libseccomp", apt: "libseccomp-dev"),
        // No pkg-config: readline's file asks for macros that the package manager rejects.
        .systemLibrary(name: "CReadline", providers: [.apt(["libreadline-dev"])]),
        system("CDeflate", pkgConfig: "libdeflate", apt: "libdeflate-dev"),
        system("CIsal", pkgConfig: "libisal", apt: "libisal-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        system("CNFTables", pkgConfig: "libnftables", apt: "libnftables-dev"),

        // Pure modules.
        module("Basics", []),
        module("Steps", ["Basics"]),
        module("TextTools", ["Basics"]),
        module("OCI", ["Basics"]),
        module("DockerAPI", ["Basics"]),
        module("ShimProtocol", []),
        module("EngineInterface", ["Basics", "DockerAPI"]),

        // The kernel and what stands on it.
        .target(name: "CDrydock", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        // Sees the netlink messages that libnftables sends by itself: linked into the engine alone.
        // Its calls must be found before libc's, by whatever links it.
        .target(
            name: "CInterpose", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
            linkerSettings: [
                .unsafeFlags(
                    [
                        "sendmsg", "recvmsg", "sendto", "recvfrom", "socket", "setsockopt", "getsockopt", "rename", "renameat",
                        "renameat2", "link", "linkat", "symlink", "symlinkat", "chown", "fchown", "lchown", "fchownat", "mknodat",
                        "connect",
                    ]
                    .flatMap { ["-Xlinker", "--export-dynamic-symbol=\($0)"] })
            ]),
        module("Hashing", ["Basics", "OCI", "CCrypto"]),
        module("Kernel", ["Basics", "Steps", "CDrydock", "CInterpose", "CNFTables"]),
        module("Dockerfile", ["Basics", "TextTools"]),
        module("Store", ["Basics", "OCI", "Hashing", "Kernel", "Steps", "CArchive", "CDeflate", "CIsal"]),
        module("Registry", ["Basics", "OCI", "Hashing", "CCurl"]),
        module("LabHub", ["Basics", "OCI", "Hashing", "CArchive"] + nio),
        module(
            "Runtime", ["Basics", "OCI", "Kernel", "Steps", "ShimProtocol", "CDrydock", "CSeccomp"],
            resources: [.embedInCode("Seccomp/default-profile.json")]),
        module(
            "Engine",
            [
                "Basics", "OCI", "Hashing", "Kernel", "Steps", "Store", "Registry", "Runtime", "DockerAPI", "EngineInterface",
                "ShimProtocol", "Dockerfile",
                "CDrydock", "TextTools",
            ]),
        module("EngineServer", ["Basics", "CDrydock", "DockerAPI", "EngineInterface"] + nio),

        // The client's side.
        module("EngineClient", ["Basics", "CDrydock"]),
        module("Narration", ["Basics", "TextTools"]),
        // Recorded calls as a shell script (docs/decisions/0022).
        module("ByHand", ["Basics", "Narration", "TextTools"]),
        module("ClientArchive", ["Basics", "CArchive"]),
        module("Lessons", ["Basics", "TextTools", "Narration"]),
        module("Transcripts", ["Basics"]),
        module("LessonState", ["Basics", "Lessons", "EngineClient", "ClientArchive"]),
        module("Replay", ["Basics", "Lessons", "LessonState", "Narration", "EngineClient", "CDrydock"]),
        module("DockerCLI", ["Basics", "OCI", "TextTools", "EngineClient", "Dockerfile", "ClientArchive", "CDrydock"]),
        // Judging what learners did: transcripts are replayed in machines of their own (docs/decisions/0016).
        module(
            "Grading",
            ["Basics", "EngineClient", "CDrydock", "Lessons", "LessonState", "Replay", "Transcripts", "Narration"],
            resources: [.embedInCode("Machine/build-machine.sh"), .embedInCode("Machine/keep-machine.sh")]),
        module(
            "Shell",
            [
                "Basics", "TextTools", "EngineClient", "DockerCLI", "Narration", "ByHand", "Lessons", "LessonState", "Replay",
                "Transcripts", "Grading", "CReadline",
                "CDrydock",
            ],
            resources: [.embedInCode("Lessons/full-image.sh")]),

        // Executables.
        .executableTarget(
            name: "drydock", dependencies: ["Shell"], swiftSettings: strict,
            // Scripts/build.sh puts libstdc++.a and libarchive.a there; without them the shared ones are linked.
            linkerSettings: [.unsafeFlags(["-L\(Context.packageDirectory)/.build/archives"])]),
        .executableTarget(
            name: "drydock-engine",
            dependencies: ["Engine", "EngineServer", "EngineInterface", "LabHub", "Basics", "CDrydock"],
            swiftSettings: strict),
        .executableTarget(
            name: "drydock-shim",
            dependencies: ["ShimProtocol", "CDrydock"],
            // Static: starts in about a millisecond and stays small beside each container.
            swiftSettings: strict + [.unsafeFlags(["-static-executable"])],
            linkerSettings: [.unsafeFlags(["-static-executable", "-Xlinker", "-s"])]),

        // Tests. Those that need the real kernel as root skip themselves without it.
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        // A grader that tests can kill.
        .executableTarget(name: "replay-probe", dependencies: ["Grading", "CDrydock"], path: "Tests/ReplayProbe", swiftSettings: strict),
        tests("Basics", ["Basics"]),
        tests("OCI", ["OCI", "Hashing", "Basics"]),
        tests("Store", ["Store", "OCI", "Hashing", "Basics", "CArchive"]),
        tests("Dockerfile", ["Dockerfile", "Basics"]),
        tests("Registry", ["Registry", "LabHub", "Basics", "OCI", "Hashing"]),
        tests("Kernel", ["Kernel", "Steps", "Basics", "CDrydock"]),
        tests("Runtime", ["Runtime", "Kernel", "Steps", "Basics", "CDrydock"]),
        tests("Engine", ["Engine", "EngineClient", "Runtime", "ShimProtocol", "DockerAPI", "Transcripts", "Basics", "CDrydock"]),
        tests("EngineServer", ["EngineServer", "EngineInterface", "DockerAPI", "Basics"]),
        tests("ClientArchive", ["ClientArchive", "Basics"]),
        tests("DockerCLI", ["DockerCLI", "EngineClient", "Dockerfile", "ClientArchive", "TextTools", "OCI", "Basics"]),
        tests("Grading", ["Grading", "Lessons", "Narration", "Transcripts", "EngineClient", "Basics", "CDrydock"]),
        tests("Narration", ["Narration", "TextTools", "Basics"]),
        tests("ByHand", ["ByHand", "Narration", "Basics"]),
        tests("Lessons", ["Lessons", "Replay", "Narration", "Basics"]),
        tests("Transcripts", ["Transcripts", "Basics"]),
        tests("Shell", ["Shell", "Lessons", "DockerCLI", "Narration", "TextTools", "Basics"]),
    ]
)
