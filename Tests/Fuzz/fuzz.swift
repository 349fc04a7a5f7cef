import Basics
import Dockerfile

/// What libFuzzer calls: the first byte chooses what the others are. Nothing may crash, hang, or grow without bound; errors are one sentence.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let kind = bytes.first else { return 0 }
    let rest = Array(bytes.dropFirst())
    switch kind % 3 {
    case 0: dockerfile(rest)
    case 1: expansion(rest)
    default: patterns(rest)
    }
    return 0
}

private func dockerfile(_ bytes: [UInt8]) {
    do {
        let plan = try BuildPlan(parsing: String(decoding: bytes, as: UTF8.self), name: "Dockerfile")
        _ = DockerfileAdvice.of(plan)
        precondition(plan.stages.allSatisfy { $0.instruction.keyword == "from" })
        precondition(plan.arguments.allSatisfy { $0.instruction.line >= 1 })
        let triggers = plan.stages.flatMap(\.commands).compactMap { command -> String? in
            if case .onbuild(let trigger) = command.kind { trigger } else { nil }
        }
        _ = try BuildPlan.commands(ofTriggers: triggers)
    } catch {
        check(error)
    }
}

private func expansion(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let expansion = WordExpansion(escape: bytes.count % 2 == 0 ? "\\" : "`") { name in
        name.hasPrefix("x") ? "value of \(name)" : name.hasPrefix("e") ? "" : nil
    }
    do {
        let whole = try expansion.expand(text)
        precondition(whole.utf8.count <= 2 << 20)
        _ = try expansion.words(text)
    } catch {
        check(error)
    }
}

private func patterns(_ bytes: [UInt8]) {
    // A zero byte parts the patterns from a path that they are tried on.
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
    do {
        let patterns = try IgnorePatterns(try IgnorePatterns.lines(of: parts[0]))
        _ = patterns.rule(leavingOut: parts.count > 1 ? parts[1] : Array("a/b/c.txt".utf8))
        _ = patterns.mayHoldExceptions(Array("a".utf8))
    } catch {
        check(error)
    }
}

private func check(_ error: DrydockError) {
    precondition(!error.sentence.isEmpty && error.sentence.utf8.count < 4096, "a sentence of \(error.sentence.utf8.count) bytes")
}
