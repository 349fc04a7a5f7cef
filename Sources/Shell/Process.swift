import Basics
import Glibc

/// How a child ended.
enum Outcome: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)
    case stopped

    /// As shells count: 128 and the signal's number for one that was killed.
    var status: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let signal): 128 + signal
        case .stopped: 128 + SIGTSTP
        }
    }
}

/// Runs a program and waits for it.
///
/// With `terminal`, the child gets a process group of its own and the terminal with it before it executes anything, so
/// that Ctrl-C reaches it and not the shell, and editors may use the screen.
enum Process {
    /// - Parameter usesTerminalForAll: the child's input and output are the terminal, whatever this process's own are.
    static func run(
        _ path: String, _ arguments: [String], _ environment: Environment, terminal: Int32?, usesTerminalForAll: Bool = false
    ) throws(Errno) -> Outcome {
        let child = try spawn(path, arguments, environment, terminal: terminal, usesTerminalForAll: usesTerminalForAll)
        return wait(for: child, terminal: terminal)
    }

    static func spawn(
        _ path: String, _ arguments: [String], _ environment: Environment, terminal: Int32?, usesTerminalForAll: Bool = false
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }

        var flags = Int16(POSIX_SPAWN_SETSIGDEF)
        var signals = allThatAreIgnored()
        posix_spawnattr_setsigdefault(&attributes, &signals)
        if let terminal {
            flags |= Int16(POSIX_SPAWN_SETPGROUP)
            posix_spawnattr_setpgroup(&attributes, 0)
            giveTerminal(&actions, terminal)
            if usesTerminalForAll {
                for descriptor in [0, 1, 2] as [Int32] { posix_spawn_file_actions_adddup2(&actions, terminal, descriptor) }
            }
        }
        posix_spawnattr_setflags(&attributes, flags)
        return try spawn(path, arguments, environment, &actions, &attributes)
    }

    /// Starts a program in a session of its own, whose terminal is another than this process's.
    /// - Parameters:
    ///   - onTerminal: the path of the terminal that is its input and output, and that signals it.
    ///   - errors: the path of the one that its second stream goes to.
    static func spawn(
        _ path: String, _ arguments: [String], _ environment: Environment, onTerminal: String, errors: String
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that a session's leader opens becomes the session's.
        posix_spawn_file_actions_addopen(&actions, 0, onTerminal, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_RDWR | O_NOCTTY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = allThatAreIgnored()
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF) | newSession)
        return try spawn(path, arguments, environment, &actions, &attributes)
    }

    /// Starts a program whose output goes to descriptors of ours and whose input is this process's own.
    static func spawn(
        _ path: String, _ arguments: [String], _ environment: Environment, output: Int32, errors: Int32
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = allThatAreIgnored()
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        return try spawn(path, arguments, environment, &actions, &attributes)
    }

    /// What an interactive shell ignores, its children must not.
    private static func allThatAreIgnored() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGHUP, SIGTERM] { sigaddset(&signals, signal) }
        return signals
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: Environment, _ actions: inout posix_spawn_file_actions_t,
        _ attributes: inout posix_spawnattr_t
    ) throws(Errno) -> pid_t {
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.entries.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        // A thread that hears no signals must not start commands that hear none.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var flags: Int16 = 0
        posix_spawnattr_getflags(&attributes, &flags)
        posix_spawnattr_setflags(&attributes, flags | Int16(POSIX_SPAWN_SETSIGMASK))
        var child: pid_t = 0
        let failure = posix_spawn(&child, path, &actions, &attributes, &argv, &envp)
        guard failure == 0 else { throw Errno(code: failure) }
        return child
    }

    /// Waits until the child ends or stops, and takes the terminal back.
    static func wait(for child: pid_t, terminal: Int32?) -> Outcome {
        var status: Int32 = 0
        while waitpid(child, &status, WUNTRACED) < 0 {
            guard errno == EINTR else { return .exited(127) }
        }
        if let terminal { tcsetpgrp(terminal, getpgrp()) }
        // waitpid(2): the low seven bits are the signal, 0x7f means stopped, the next byte is the exit code.
        let signal = status & 0x7F
        if signal == 0 { return .exited((status >> 8) & 0xFF) }
        return signal == 0x7F ? .stopped : .signalled(signal)
    }

    /// Lets a stopped group go on in the foreground.
    static func resume(_ group: pid_t, terminal: Int32) -> Outcome {
        tcsetpgrp(terminal, group)
        kill(-group, SIGCONT)
        return wait(for: group, terminal: terminal)
    }
}

/// POSIX_SPAWN_SETSID (spawn.h, a GNU extension).
private let newSession: Int16 = 0x80

/// glibc 2.35 and later: the child makes its group the terminal's foreground one by itself, so that it never runs without.
/// The header that Swift imports hides it behind a feature macro.
@_silgen_name("posix_spawn_file_actions_addtcsetpgrp_np")
@discardableResult
private func giveTerminal(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ terminal: Int32) -> Int32
