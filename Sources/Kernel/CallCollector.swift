import Basics
import CDrydock
import CInterpose
import Glibc
import Steps
import Synchronization

/// Gathers what a thread's code does to names, owners and links of files, and where it connects to, though that code knows nothing of
/// steps: the store, libarchive, libcurl. The calls are heard where they are made (`CInterpose`).
public final class CallCollector: Sendable {
    /// How many calls get a line each: an image's layers make tens of thousands, and then what is left is told by numbers.
    public static let most = 100

    private struct Alike: Hashable {
        var name: String
        var errno: Int32
        var pid: Int32
    }

    private struct State {
        var kept: [CallRecord] = []
        var more: [Alike: (count: Int, us: Double)] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// The one that hears this thread's calls; nil when nobody does.
    public static var current: CallCollector? {
        ci_file_context().map { Unmanaged<CallCollector>.fromOpaque($0).takeUnretainedValue() }
    }

    /// One for a thread that works for this one: nil when nobody hears this one.
    public static func forHelper() -> CallCollector? { current == nil ? nil : CallCollector() }

    /// Hears this thread while `body` runs; whoever heard it before does so again afterwards.
    public func hear<T>(_ body: () throws -> T) rethrows -> T {
        let before = Self.current
        Self.install(self)
        defer {
            if let before { Self.install(before) } else { ci_observe_files(nil, nil) }
        }
        return try withExtendedLifetime(self, body)
    }

    private static func install(_ collector: CallCollector) {
        ci_observe_files(
            { context, call in
                guard let context, let call else { return }
                Unmanaged<CallCollector>.fromOpaque(context).takeUnretainedValue().take(CallRecord(call.pointee))
            }, Unmanaged.passUnretained(collector).toOpaque())
    }

    /// Gives this thread's collector what a helper's has gathered. To be called when the helper has ended.
    public static func absorb(_ helper: CallCollector?) {
        guard let helper, let current else { return }
        for record in helper.drain() { current.take(record) }
    }

    private func take(_ record: CallRecord) {
        state.withLock { state in
            if state.count < Self.most && record.count == 1 {
                state.count += 1
                state.kept.append(record)
            } else {
                let key = Alike(name: record.name, errno: record.errno, pid: record.pid)
                let old = state.more[key] ?? (0, 0)
                state.more[key] = (old.count + record.count, old.us + record.us)
            }
        }
    }

    /// What was gathered, in order, and then the rest by numbers.
    public func drain() -> [CallRecord] {
        state.withLock { state in
            defer { state = State() }
            let rest = state.more.sorted { ($0.key.name, $0.key.pid, $0.key.errno) < ($1.key.name, $1.key.pid, $1.key.errno) }
            return state.kept
                + rest.map { key, sum in
                    CallRecord(
                        name: key.name, args: ["…"], result: key.errno == 0 ? 0 : -1, errno: key.errno, us: sum.us, pid: key.pid,
                        count: sum.count)
                }
        }
    }

    /// What was gathered so far and has a line of its own; taken out.
    fileprivate func takeKept() -> [CallRecord] {
        state.withLock { state in
            defer { state.kept = [] }
            return state.kept
        }
    }
}

/// Gives a step the calls that are made in it by code that has no step.
public struct StepWitness: CallWitness {
    public init() {}

    public func witness<T>(_ step: Step, _ body: () throws -> T) rethrows -> T {
        let calls = CallCollector()
        // In their order among those that the step records itself.
        step.beforeRecord = { for call in calls.takeKept() { $0(call) } }
        defer {
            step.beforeRecord = nil
            for call in calls.drain() { step.record(call) }
        }
        return try calls.hear(body)
    }
}

extension CallRecord {
    fileprivate init(_ call: ci_file_call) {
        var args: [String] = []
        if call.paths > 0 { args.append(Self.path(call.folder, call.path)) }
        if call.paths > 1 { args.append(Self.path(call.other_folder, call.other_path)) }
        let name = String(cString: call.name)
        if name == "mknodat" {
            args += [
                octal(UInt32(truncatingIfNeeded: call.first)),
                "makedev(\(dd_major(dev_t(truncatingIfNeeded: call.second))), \(dd_minor(dev_t(truncatingIfNeeded: call.second))))",
            ]
        } else if call.numbers == 2 {
            args += ["\(call.first)", "\(call.second)"]
        }
        if let address = call.address { args += ["\(call.folder)", SocketAddress(address)?.description ?? "?"] }
        self.init(name: name, args: args, result: call.result, errno: call.error, us: call.microseconds, pid: dd_gettid())
    }

    /// The whole path: a folder's descriptor is looked up where the kernel keeps it.
    private static func path(_ folder: Int32, _ path: UnsafePointer<CChar>?) -> String {
        let own = path.map { String(cString: $0) }
        if let own, own.hasPrefix("/") || folder == AT_FDCWD || folder == Int32(CI_TEXT) { return own }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/fd/\(folder)", &buffer, buffer.count)
        let whole = count < 0 ? "\(folder)" : String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return own.map { "\(whole)/\($0)" } ?? whole
    }
}

extension SocketAddress {
    /// - Returns: nil for other families than the Internet's.
    fileprivate init?(_ address: UnsafePointer<sockaddr>) {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        func host(_ bytes: UnsafeRawPointer, _ family: Int32) -> String? {
            inet_ntop(family, bytes, &text, socklen_t(text.count)).map { String(cString: $0) }
        }
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            var v4 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
            guard let host = host(&v4.sin_addr, AF_INET) else { return nil }
            self.init(host: host, port: UInt16(bigEndian: v4.sin_port))
        case AF_INET6:
            var v6 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
            guard let host = host(&v6.sin6_addr, AF_INET6) else { return nil }
            self.init(host: host, port: UInt16(bigEndian: v6.sin6_port), isIPv6: true)
        default: return nil
        }
    }
}
