import Foundation
import Testing

/// What the compiler can't hold: the arrows between modules, what may be imported, how long a file may get, and that every step
/// has its narration text.
@Suite struct ArchitectureTests {
    private let package = Checkout()

    // MARK: arrows

    /// Every target and what it may depend on. A new arrow is a decision: it goes here together with its reason in docs/decisions.
    private static let arrows: [String: Set<String>] = [
        "CArchive": [], "CDeflate": [], "CIsal": [], "CSeccomp": [], "CReadline": [], "CCurl": [], "CCrypto": [], "CNFTables": [],
        "CDrydock": [],
        "CInterpose": [],

        "Basics": [],
        "Steps": ["Basics"],
        "TextTools": ["Basics"],
        "OCI": ["Basics"],
        "DockerAPI": ["Basics"],
        "ShimProtocol": [],
        "EngineInterface": ["Basics", "DockerAPI"],

        "Hashing": ["Basics", "OCI", "CCrypto"],
        "Kernel": ["Basics", "Steps", "CDrydock", "CInterpose", "CNFTables"],
        "Store": ["Basics", "OCI", "Hashing", "Kernel", "Steps", "CArchive", "CDeflate", "CIsal"],
        "Dockerfile": ["Basics", "TextTools"],
        "Registry": ["Basics", "OCI", "Hashing", "CCurl"],
        "LabHub": ["Basics", "OCI", "Hashing", "CArchive", "NIOCore", "NIOPosix", "NIOHTTP1"],
        "Runtime": ["Basics", "OCI", "Kernel", "Steps", "ShimProtocol", "CDrydock", "CSeccomp"],
        "Engine": [
            "Basics", "OCI", "Hashing", "Kernel", "Steps", "Store", "Registry", "Runtime", "DockerAPI", "EngineInterface",
            "ShimProtocol", "Dockerfile", "CDrydock", "TextTools",
        ],
        "EngineServer": ["Basics", "CDrydock", "DockerAPI", "EngineInterface", "NIOCore", "NIOPosix", "NIOHTTP1"],

        "EngineClient": ["Basics", "CDrydock"],
        "Narration": ["Basics", "TextTools"],
        // Recorded calls as a shell script: pure, made of what narration's events hold (docs/decisions/0022).
        "ByHand": ["Basics", "Narration", "TextTools"],
        // Archives of the client's own files (docs/decisions/0011): the store's code for them brings the engine's dependencies along.
        "ClientArchive": ["Basics", "CArchive"],
        // The client leaves out of a build's context what the engine would leave out: the same rules, in one place.
        "DockerCLI": ["Basics", "OCI", "TextTools", "EngineClient", "Dockerfile", "ClientArchive", "CDrydock"],
        // What a lesson is, without any engine; and what its checks ask of one (docs/decisions/0020).
        "Lessons": ["Basics", "TextTools", "Narration"],
        // What a learner did, as a file: read by a grader that trusts none of it (docs/decisions/0021).
        "Transcripts": ["Basics"],
        "LessonState": ["Basics", "Lessons", "EngineClient", "ClientArchive"],
        "Replay": ["Basics", "Lessons", "LessonState", "Narration", "EngineClient", "CDrydock"],
        "Shell": [
            "Basics", "TextTools", "EngineClient", "DockerCLI", "Narration", "ByHand", "Lessons", "LessonState", "Replay", "Transcripts",
            "Grading", "CReadline", "CDrydock",
        ],

        // Replays are driven from the client's side: the engine that they talk to is another process, as a rule in another machine.
        "Grading": ["Basics", "EngineClient", "CDrydock", "Lessons", "LessonState", "Replay", "Transcripts", "Narration"],

        "drydock": ["Shell"],
        "replay-probe": ["Grading", "CDrydock"],
        "drydock-engine": ["Engine", "EngineServer", "EngineInterface", "LabHub", "Basics", "CDrydock"],
        "drydock-shim": ["ShimProtocol", "CDrydock"],
    ]

    @Test func everyArrowOfThePackageIsKnown() throws {
        let targets = try package.targets()
        #expect(targets.count > 20, "Package.swift was not understood: only \(targets.keys.sorted()) were found in it")
        for (target, dependencies) in targets {
            guard let allowed = Self.arrows[target] else {
                Issue.record("target \(target) is not in the list of arrows")
                continue
            }
            for new in dependencies.subtracting(allowed).sorted() { Issue.record("new arrow: \(target) → \(new)") }
        }
    }

    /// SwiftPM lets a module import whatever is built; only the arrows say what it should.
    @Test func modulesImportOnlyWhatTheyDependOn() throws {
        let targets = try package.targets()
        for source in try package.sources() where source.path.hasSuffix(".swift") {
            guard let module = source.module, let dependencies = targets[module] else { continue }
            let undeclared = source.imports.filter { (targets[$0] != nil || $0.hasPrefix("NIO")) && !dependencies.contains($0) }
            #expect(undeclared.isEmpty, "\(source.path) imports \(undeclared.joined(separator: ", ")), on which \(module) does not depend")
        }
    }

    /// Foundation costs a client more time to start than the rest of its work takes (docs/decisions/0003).
    @Test func nothingImportsFoundation() throws {
        for source in try package.sources() {
            let found = source.imports.filter { $0.hasPrefix("Foundation") || $0 == "Dispatch" }
            #expect(found.isEmpty, "\(source.path) imports \(found.joined(separator: ", "))")
        }
    }

    /// Foundation's `FileHandle` ends the process where a signal interrupts it, or where nobody reads what it writes: twice a CI run died
    /// of that, with nothing to say which test. `readAll`, `readSome` and `writeAll` throw.
    @Test func noTestReadsOrWritesWithFileHandle() throws {
        let words = ["leHandleForReading.read", "leHandleForReading.availableData", "leHandleForWriting.write", "readDataToEndOfFile"]
        for source in try package.tests() where !source.path.hasPrefix("Tests/ArchitectureTests/") {
            let found = words.filter(source.text.contains)
            #expect(found.isEmpty, "\(source.path) uses FileHandle: \(found.joined(separator: ", "))")
        }
    }

    // MARK: size

    @Test func filesStayShort() throws {
        for source in try package.sources() + package.tests() {
            let lines = source.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 450, "\(source.path) has \(lines) lines; what are its two reasons to change?")
        }
    }

    // MARK: steps and their texts

    @Test func everyStepHasItsText() throws {
        let texts = try package.catalogueIDs()
        #expect(!texts.isEmpty, "no entries were found in Sources/Narration")
        for (id, path) in try package.stepIDs() {
            if !texts.contains(id) { Issue.record("\(path) runs step \(id), for which the catalogue in Sources/Narration has no text") }
        }
    }

    @Test func everyTextHasItsStep() throws {
        let sources = try package.sources().filter { $0.module != "Narration" }
        // A verb's own text (`create`) has no dot; a step's (`create.name`) has.
        for id in try package.catalogueIDs() where id.contains(".") {
            let isRun = sources.contains { $0.text.contains("\"\(id)\"") }
            #expect(isRun, "no step runs as \(id), which the catalogue in Sources/Narration tells of")
        }
    }
}
