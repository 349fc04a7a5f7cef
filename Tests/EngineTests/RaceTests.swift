import EngineClient
import Foundation
import Synchronization
import Testing

/// Two operations on the same thing at once. One is held still at each of its stops, so that the order is sure.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct RaceTests {
    @Test func rmiDoesNotTakeTheLayersOfAContainerThatIsBeingCreated() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            var isRemoved = false
            let walk = try Walk(dock, Command.run(["echo", "whole"])) { _, stop in
                if stop.id == "create.layer", stop.when == "before", !isRemoved {
                    dock.must("rmi", "-f", "ubuntu:14.04")
                    isRemoved = true
                }
                return .goOn("into")
            }
            #expect(isRemoved && walk.failure == nil)
            dock.must("wait", "walked")
            #expect(dock.must("logs", "walked") == "whole")
            dock.must("rm", "walked")
        }
    }

    @Test func rmDoesNotEraseWhatBeganToRunWhileItWaited() throws {
        try Dock.with { dock in
            dock.must("create", "--name", "walked", "ubuntu:14.04", "sleep", "1000")
            let refusal = Mutex<String?>(nil)
            let over = DispatchSemaphore(value: 0)
            var isAsked = false
            let walk = try Walk(dock, { _ = try $0.request("POST", "/containers/walked/start") }) { _, stop in
                if stop.id == "start.clone", !isAsked {
                    isAsked = true
                    // It waits for the lock that the start holds.
                    Thread {
                        let outcome = dock.drydock("rm", "walked")
                        refusal.withLock { $0 = outcome.error }
                        over.signal()
                    }.start()
                }
                return .goOn("into")
            }
            try #require(isAsked && walk.failure == nil)
            over.wait()
            #expect(refusal.withLock { $0 }?.contains("You cannot remove a running container") == true)
            #expect(dock.must("ps", "-q").isEmpty == false)
            dock.must("rm", "-f", "walked")
            #expect(dock.ailments == "")
        }
    }

    @Test func restartKeepsAContainerThatRemovesItself() throws {
        try Dock.with { dock in
            let id = dock.must("run", "-d", "--rm", "--name", "again", "ubuntu:14.04", "sleep", "1000")
            dock.must("restart", "-t", "0", "again")
            #expect(dock.must("ps", "-q", "--no-trunc") == id)
            dock.must("kill", "again")
            #expect(dock.drydock("wait", "again").code != 0 || dock.must("ps", "-aq").isEmpty)
        }
    }

    @Test func anEngineDoesNotWaitForAShimThatIsStopped() throws {
        try Dock.with { dock in
            dock.must("run", "-d", "--name", "sleeper", "ubuntu:14.04", "sleep", "1000")
            let shim = try #require(dock.shims.first)
            kill(shim, SIGSTOP)
            defer { kill(shim, SIGCONT) }
            try dock.killEngine()
            #expect(dock.must("ps", "--format", "{{.Names}}") == "sleeper")
            kill(shim, SIGCONT)
            dock.must("kill", "sleeper")
            #expect(dock.must("wait", "sleeper") == "137")
        }
    }
}
