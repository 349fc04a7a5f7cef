import Glibc
import Steps
import Testing

@testable import Kernel

/// What a record tells doesn't depend on when it is read.
struct RecordTests {
    @Test(arguments: [0, 100, 4096, 4097, 100_000])
    func aTextIsToldByItsBeginning(_ count: Int) {
        let call = SystemCall.write(fd: 3, bytes: [UInt8](repeating: UInt8(ascii: "x"), count: count), path: "/f")
        let args = CallRecord(call, CallResult(value: Int64(count)), us: 1).args
        #expect(args == ["/f", String(repeating: "x", count: min(count, 4096)) + (count > 4096 ? "…" : ""), "\(count)"])
    }

    @Test(arguments: [1, 300])
    func whatWasReceivedIsToldInWords(_ messages: Int) {
        // An acknowledgement of a request with sequence number 1: struct nlmsghdr and nlmsgerr, netlink(7).
        let acknowledgement: [UInt8] = [36, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 24)
        let bytes = (0..<messages).flatMap { _ in acknowledgement }
        let result = CallResult(value: Int64(bytes.count), bytes: bytes)
        let args = CallRecord(.recvfrom(fd: 5, capacity: 1 << 15), result, us: 1).args
        #expect(args == ["5", "32768", messages == 1 ? "NLMSG_ERROR 0" : "NLMSG_ERROR 0 ×300"])
    }

    /// They may be kept for long.
    @Test func receivedBytesTakeNoMoreRoomThanTheyNeed() throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(write(ends[0], "hello", 5) == 5)
        let result = LiveKernel().perform(.recvfrom(fd: ends[1], capacity: 32 << 10))
        #expect(result.bytes == Array("hello".utf8))
        #expect(result.bytes.capacity < 1000)
    }
}
