import EngineClient
import Foundation
import Testing

/// No half-made volume and none that nobody asked for, wherever the user says abort and wherever the engine is killed.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct VolumeCrashTests {
    /// A container with an image's volumes, one with a name, and one that was there, empty.
    private static let create: @Sendable (EngineClient) throws -> Void = { client in
        let body = #"{"Image":"volumes:1","Cmd":["true"],"HostConfig":{"Binds":["named:/x","early:/home/volume"]}}"#
        _ = try client.request("POST", "/containers/create", query: [("name", "walked")], body: Array(body.utf8))
    }

    private static let remove: @Sendable (EngineClient) throws -> Void = { client in
        _ = try client.request("DELETE", "/containers/walked", query: [("v", "1")])
    }

    @Test func anAbortedCreationLeavesNoVolume() throws {
        try Dock.with { dock in
            VolumeTests.makeImage(dock)
            dock.must("volume", "create", "early")
            var point = 0
            while true {
                var place: Walk.Stop?
                _ = try Walk(dock, Self.create) { number, stop in
                    guard number == point, !stop.isFinal else { return .goOn("into") }
                    place = stop
                    return .goOn("abort")
                }
                guard let place else { break }
                #expect(dock.must("volume", "ls", "-q") == "early" && dock.must("ps", "-aq").isEmpty, "after an abort \(place)")
                #expect(early(dock).isEmpty, "after an abort \(place)")
                point += 1
            }
            #expect(point > 60, "only \(point) stops")
            #expect(early(dock).sorted() == ["file", "hard", "out", "sub"])
            #expect(dock.ailments == "")
        }
    }

    @Test func theEngineIsKilledInTheMiddle() throws {
        try Dock.with { dock in
            VolumeTests.makeImage(dock)
            let creations = try Walk.killEngine(dock, Self.create) {
                _ = dock.drydock("rm", "-v", "walked")
                _ = dock.drydock("volume", "rm", "-f", "early", "named")
                dock.must("volume", "create", "early")
            } check: { when in
                let isThere = !dock.must("ps", "-aq").isEmpty
                let count = dock.must("volume", "ls", "-q").split(separator: "\n").count
                #expect(count == (isThere ? 3 : 1), "\(count) volumes \(when)")
                #expect(early(dock).count == (isThere ? 4 : 0), "\(when)")
            }
            dock.must("rm", "-v", "walked")
            let removals = try Walk.killEngine(dock, Self.remove) {
                _ = dock.drydock("create", "--name", "walked", "volumes:1", "true")
            } check: { when in
                let isThere = !dock.must("ps", "-aq").isEmpty
                let anonymous = dock.must("volume", "ls", "-q").split(separator: "\n").filter { $0.count == 64 }.count
                #expect(anonymous == (isThere ? 2 : 0), "\(anonymous) volumes \(when)")
            }
            print("killed the engine at \(creations) points of create and \(removals) of rm -v")
            #expect(creations > 30 && removals > 4)
        }
    }

    @Test func aVolumeThatAContainerIsBeingCreatedWithIsNotRemoved() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            var refusal = ""
            let walk = try Walk(
                dock,
                { client in
                    let body = #"{"Image":"ubuntu:14.04","Cmd":["true"],"HostConfig":{"Binds":["named:/x"]}}"#
                    _ = try client.request("POST", "/containers/create", query: [("name", "walked")], body: Array(body.utf8))
                }
            ) { _, stop in
                if stop.id == "create.files", refusal.isEmpty { refusal = dock.drydock("volume", "rm", "named").error }
                return .goOn("into")
            }
            #expect(walk.failure == nil && refusal.contains("remove named: volume is in use - ["), "\(refusal)")
            #expect(dock.must("volume", "ls", "-q") == "named")
        }
    }

    private func early(_ dock: Dock) -> [String] { Kernel.entries("\(dock.root)/volumes/early/_data") }
}
