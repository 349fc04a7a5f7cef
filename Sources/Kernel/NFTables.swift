import Basics
import CDrydock
import CInterpose
import CNFTables
import Glibc
import Steps
import Synchronization

/// nftables by its own library, in this process: text in nft's language, one kernel transaction for each run.
///
/// The library sends its netlink messages itself. While a step is observed, each of them is kept as the step's evidence.
public final class NFTables: Sendable {
    /// What a context of the library is: one thread at a time may use it.
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let context = Mutex<Context?>(nil)

    public init() {}

    deinit {
        context.withLock { held in
            if let held { nft_ctx_free(held.pointer) }
        }
    }

    /// Runs a text: all of it or nothing.
    /// - Parameters:
    ///   - text: In the language of nft(8); several commands on lines of their own are one transaction.
    ///   - asJSON: What `list` prints, as libnftables-json(5) has it.
    /// - Returns: What the commands printed.
    /// - Throws: `DrydockError` with nft's own words; `aborted` from a pause before the call.
    @discardableResult
    public func run(_ text: String, _ recorder: Recorder, asJSON: Bool = false) throws -> String {
        let step = recorder.step
        let announced = CallRecord(
            name: "sendmsg", args: ["NETLINK_NETFILTER", "nft: \(text)"], result: 0, errno: 0, us: 0, pid: dd_gettid())
        try step.beforeCall(announced)
        let outcome = step.isObserved ? observed(text, asJSON, step) : transaction(text, asJSON)
        step.fact("nft", text)
        step.afterCall(announced)
        switch outcome {
        case .success(let output): return output
        case .failure(let error): throw error
        }
    }

    private func transaction(_ text: String, _ asJSON: Bool) -> Result<String, DrydockError> {
        context.withLock { held in
            guard let pointer = Self.open(&held) else {
                return .failure(DrydockError(.failed, "nftables can't be used", cause: "libnftables gives no context"))
            }
            nft_ctx_output_set_flags(pointer, asJSON ? UInt32(NFT_CTX_OUTPUT_JSON) : 0)
            let failed = nft_run_cmd_from_buffer(pointer, text) != 0
            let output = nft_ctx_get_output_buffer(pointer).map { String(cString: $0) } ?? ""
            let complaint = nft_ctx_get_error_buffer(pointer).map { String(cString: $0) } ?? ""
            return failed ? .failure(Self.error(complaint)) : .success(output)
        }
    }

    private static func open(_ held: inout Context?) -> OpaquePointer? {
        if let held { return held.pointer }
        guard let pointer = nft_ctx_new(UInt32(NFT_CTX_DEFAULT)) else { return nil }
        guard nft_ctx_buffer_output(pointer) == 0, nft_ctx_buffer_error(pointer) == 0 else {
            nft_ctx_free(pointer)
            return nil
        }
        held = Context(pointer: pointer)
        return pointer
    }

    /// nft's first complaint: `Error: Could not process rule: No such file or directory` and the line that it means.
    private static func error(_ complaint: String) -> DrydockError {
        let lines = complaint.split(separator: "\n")
        let first = lines.first { $0.contains("Error: ") } ?? lines.first ?? "no reason given"
        let reason = first.split(separator: "Error: ", maxSplits: 1).last.map(String.init) ?? String(first)
        let line = lines.dropFirst().first { !$0.contains("^") && !$0.contains("Error: ") }
        return DrydockError(.failed, "nftables refused" + (line.map { " `\($0.prefix(200))`" } ?? ""), cause: String(reason.prefix(300)))
    }

    private func observed(_ text: String, _ asJSON: Bool, _ step: Step) -> Result<String, DrydockError> {
        let calls = NetlinkCallCollector()
        return withExtendedLifetime(calls) {
            calls.start()
            defer {
                calls.stop()
                for call in calls.records { step.record(call) }
            }
            return transaction(text, asJSON)
        }
    }
}

/// Keeps what the interposed calls of this thread tell.
private final class NetlinkCallCollector {
    private(set) var records: [CallRecord] = []
    private let pid = dd_gettid()

    func start() {
        ci_observe_netlink(
            { context, call in
                guard let context, let call else { return }
                Unmanaged<NetlinkCallCollector>.fromOpaque(context).takeUnretainedValue().take(call.pointee)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    func stop() { ci_observe_netlink(nil, nil) }

    private func take(_ call: ci_call) {
        let name = String(cString: call.name)
        records.append(
            CallRecord(
                name: name, args: arguments(name, call), result: call.result, errno: call.error, us: call.microseconds, pid: pid))
    }

    private func arguments(_ name: String, _ call: ci_call) -> [String] {
        switch name {
        case "socket": return ["AF_NETLINK", call.level & 0xf == 3 ? "SOCK_RAW" : "\(call.level)", "\(call.option)"]
        case "setsockopt", "getsockopt": return ["\(call.fd)"] + option(call)
        default:
            let bytes = [UInt8](UnsafeRawBufferPointer(start: call.bytes, count: call.bytes == nil ? 0 : call.length))
            return ["\(call.fd)", NetlinkDecoder.describeNetfilter(bytes), "\(call.length)"]
        }
    }

    private func option(_ call: ci_call) -> [String] {
        let names: [Int32: String] = [7: "SO_SNDBUF", 8: "SO_RCVBUF", 32: "SO_SNDBUFFORCE", 33: "SO_RCVBUFFORCE"]
        let isNetlink = call.level == 270
        let name = isNetlink ? (call.option == 11 ? "NETLINK_EXT_ACK" : "\(call.option)") : names[call.option] ?? "\(call.option)"
        let value = call.bytes.map { call.length == 4 ? "\($0.loadUnaligned(as: Int32.self))" : "<\(call.length) bytes>" } ?? "NULL"
        return [isNetlink ? "SOL_NETLINK" : call.level == SOL_SOCKET ? "SOL_SOCKET" : "\(call.level)", name, value]
    }
}
