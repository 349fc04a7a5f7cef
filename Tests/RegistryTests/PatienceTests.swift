import Basics
import Hashing
import OCI
import Registry
import Synchronization
import Testing

/// Registries that fail for a while, and connections that break in the middle of a layer.
@Suite(.timeLimit(.minutes(1))) struct PatienceTests {
    private let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7 >> 3) }
    private let reference: Reference

    init() throws { reference = try Reference("127.0.0.1:1/some/image:1") }

    private var layer: Descriptor {
        Descriptor(mediaType: MediaType.dockerLayerGzip, digest: Digest.sha256(of: content), size: Int64(content.count))
    }

    /// Fetches the layer from a registry that answers its requests for it one after the other as told; the last answer is repeated.
    /// - Returns: what came, the failure if there was one, and the Range headers of the requests.
    private func fetch(_ answers: [@Sendable (Int) -> [UInt8]]) throws -> (content: [UInt8], failure: String?, ranges: [Int]) {
        let ranges = Mutex([Int]())
        let server = try LyingServer { request in
            guard request.path.contains("/blobs/") else { return answer(200) }
            let line = request.head.split(separator: "\r\n").first { $0.hasPrefix("Range: bytes=") }
            let start = line.flatMap { Int($0.dropFirst("Range: bytes=".count).dropLast()) } ?? 0
            let number = ranges.withLock { ranges in
                ranges.append(start)
                return ranges.count - 1
            }
            return answers[min(number, answers.count - 1)](start)
        }
        var received: [UInt8] = []
        let failure = sentence { try server.client().fetchBlob(reference, layer, to: { received += $0 }) }
        return (received, failure, ranges.withLock { $0 })
    }

    private func part(_ content: [UInt8], from start: Int, _ count: Int) -> [UInt8] {
        answer(
            206, ["Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)"], Array(content[start..<(start + count)]),
            length: content.count - start)
    }

    @Test("A layer that breaks off goes on where it broke off") func resumes() throws {
        let content = content
        let result = try fetch([
            { _ in answer(200, [], Array(content[..<40_000]), length: 100_000) },
            { start in self.part(content, from: start, 20_000) },
            { start in self.part(content, from: start, 100_000 - start) },
        ])
        #expect(result.failure == nil && result.content == content)
        #expect(result.ranges == [0, 40_000, 60_000])
    }

    @Test("A registry without ranges sends it all again, and nothing is taken twice") func withoutRanges() throws {
        let content = content
        let result = try fetch([{ _ in answer(200, [], Array(content[..<40_000]), length: 100_000) }, { _ in answer(200, [], content) }])
        #expect(result.failure == nil && result.content == content)
    }

    @Test("A rest that does not fit is not taken for the layer") func lies() throws {
        let content = content
        let other = try fetch([
            { _ in answer(200, [], Array(content[..<40_000]), length: 100_000) },
            { start in self.part(content.map { $0 ^ 1 }, from: start, 100_000 - start) },
        ])
        #expect(other.failure?.contains("verification failed") == true)
        let displaced = try fetch([
            { _ in answer(200, [], Array(content[..<40_000]), length: 100_000) },
            { _ in self.part(content, from: 30_000, 60_000) },
        ])
        #expect(displaced.failure != nil)
    }

    @Test("Too many requests and servers that are not well are asked again", arguments: [429, 500, 502, 503, 504])
    func passes(status: Int) throws {
        let content = content
        let bad = answer(status, ["Retry-After: 0"], Array("{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow\"}]}".utf8))
        let result = try fetch([{ _ in bad }, { _ in bad }, { _ in answer(200, [], content) }])
        #expect(result.failure == nil && result.content == content && result.ranges.count == 3)
        let never = try fetch([{ _ in bad }])
        #expect(never.failure?.contains("toomanyrequests: slow") == true)
        #expect(never.ranges.count == 6, "asked once, and five times again")
    }

    @Test("What will not pass is not asked again", arguments: [400, 404, 501]) func doesNotPass(status: Int) throws {
        let result = try fetch([{ _ in answer(status) }])
        #expect(result.failure != nil && result.ranges.count == 1)
    }

    @Test("An abort is heard while waiting") func abort() throws {
        let server = try LyingServer { $0.path.contains("/blobs/") ? answer(503, ["Retry-After: 60"]) : answer(200) }
        var asked = 0
        let failure = sentence {
            try server.client().fetchBlob(reference, layer, to: { _ in }) { _ in
                asked += 1
                if asked > 1 { throw DrydockError(.aborted, "enough") }
            }
        }
        #expect(failure == "enough")
    }
}
