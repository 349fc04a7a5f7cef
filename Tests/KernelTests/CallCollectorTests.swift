import Basics
import Foundation
import Glibc
import Kernel
import Steps
import Testing

/// Calls that are made where no step is at hand are heard all the same.
@Suite struct CallCollectorTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path() + "/collector-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func aRenameIsHeardWithWhatTheKernelSaid() throws {
        try withFolder { folder in
            let collector = CallCollector()
            #expect(CallCollector.current == nil)
            collector.hear {
                #expect(CallCollector.current === collector)
                close(open(folder + "/old", O_CREAT | O_WRONLY, 0o644))
                #expect(rename(folder + "/old", folder + "/new") == 0)
                #expect(rename(folder + "/old", folder + "/newer") == -1 && errno == ENOENT)
            }
            #expect(CallCollector.current == nil)
            let calls = collector.drain()
            #expect(calls.map(\.name) == ["rename", "rename"])
            #expect(calls.first?.args == [folder + "/old", folder + "/new"])
            #expect(calls.map(\.errno) == [0, ENOENT] && calls.map(\.result) == [0, -1])
            #expect(collector.drain().isEmpty)
        }
    }

    @Test func aPathInAFoldersDescriptorIsToldWhole() throws {
        try withFolder { folder in
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY)
            defer { close(descriptor) }
            let collector = CallCollector()
            collector.hear { #expect(symlinkat("target", descriptor, "link") == 0) }
            let real = try #require(realpath(folder, nil))
            defer { free(real) }
            #expect(collector.drain().map(\.args) == [["target", String(cString: real) + "/link"]])
        }
    }

    @Test func whatRecordsByItselfIsNotHeardTwice() throws {
        try withFolder { folder in
            let operation = Operation(id: "1", verb: "x", command: nil, observer: Deaf(), gate: nil)
            let collector = CallCollector()
            _ = try operation.step("x.y") { step in
                try collector.hear { try Recorder(LiveKernel(), step).attempt(.rename(from: folder + "/a", to: folder + "/b")) }
            }
            #expect(collector.drain().isEmpty)
        }
    }

    @Test func manyCallsAlikeAreToldByTheirNumber() {
        let collector = CallCollector()
        collector.hear { for _ in 0..<CallCollector.most + 7 { _ = rename("/nonexistent/a", "/nonexistent/b") } }
        let calls = collector.drain()
        #expect(calls.count == CallCollector.most + 1)
        #expect(calls.last?.count == 7 && calls.last?.errno == ENOENT)
        #expect(calls.reduce(0) { $0 + $1.count } == CallCollector.most + 7)
    }

    @Test func aHelpersCallsComeToTheOneThatWaits() {
        let collector = CallCollector()
        #expect(CallCollector.forHelper() == nil)
        collector.hear {
            let helper = CallCollector.forHelper()
            helper?.hear { _ = rename("/nonexistent/a", "/nonexistent/b") }
            CallCollector.absorb(helper)
        }
        #expect(collector.drain().map(\.name) == ["rename"])
    }

    private struct Deaf: StepObserver {
        func observe(_ event: StepEvent) {}
    }
}
