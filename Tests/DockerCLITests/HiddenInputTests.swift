import EngineClient
import Glibc
import Testing

@testable import DockerCLI

/// A pseudo-terminal of a test's own.
private final class TestTerminal: Sendable {
    let master: Int32
    let slave: Int32

    init?() {
        // What posix_openpt(3), unlockpt(3) and ptsname(3) do; the headers that Swift imports hide them.
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var unlocked: Int32 = 0
        var number: Int32 = 0
        guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else { return nil }
        slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    }

    deinit {
        close(slave)
        close(master)
    }

    var echoes: Bool {
        var settings = termios()
        return tcgetattr(slave, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Types a line as soon as the terminal hides it, or after five seconds. On a thread of its own, since the reader blocks.
    func typeOnceHidden() {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self).toOpaque()
        pthread_create(
            &thread, nil,
            { box in
                guard let box else { return nil }
                let terminal = Unmanaged<TestTerminal>.fromOpaque(box).takeRetainedValue()
                var waits = 0
                while terminal.echoes, waits < 500 {
                    usleep(10_000)
                    waits += 1
                }
                let line = terminal.echoes ? "shown\n" : "secret\n"
                _ = write(terminal.master, line, line.utf8.count)
                return nil
            }, box)
        pthread_detach(thread)
    }
}

struct HiddenInputTests {
    private let terminal: TestTerminal

    init() throws { terminal = try #require(TestTerminal()) }

    private func input(interrupt: Int32) -> HiddenInput {
        let context = CLIContext(input: terminal.slave, output: -1, error: -1) { _ in throw EngineClientError.interrupted }
        return HiddenInput(context: context, interrupt: interrupt)
    }

    @Test func `what is typed is hidden while it is read, and shown again afterwards`() throws {
        let never = try closeOnExecPipe()
        terminal.typeOnceHidden()
        #expect(try input(interrupt: never.readEnd).readLine("Password: ") == "secret")
        #expect(terminal.echoes)
    }

    @Test func `an interrupt leaves a terminal that shows what is typed`() throws {
        let now = try closeOnExecPipe()
        _ = write(now.writeEnd, "x", 1)
        #expect(throws: EngineClientError.self) { try input(interrupt: now.readEnd).readLine("Password: ") }
        #expect(terminal.echoes)
    }
}
