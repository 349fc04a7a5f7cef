import Basics
import Glibc

/// A terminal that exists in software: what is written to its master is typed, what a program prints comes out of it.
struct PseudoTerminal: ~Copyable {
    /// Close-on-exec and non-blocking.
    let master: Int32
    /// Where programs open the other side.
    let path: String

    /// - Throws: the error of the call that failed.
    init(columns: UInt16, rows: UInt16) throws(Errno) {
        // The calls behind posix_openpt, unlockpt and ptsname, which Swift's Glibc module hides.
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard master >= 0 else { throw .current }
        var (unlocked, number) = (Int32(0), UInt32(0))
        guard ioctl(master, Self.setLock, &unlocked) == 0, ioctl(master, Self.getNumber, &number) == 0 else {
            let reason = Errno.current
            close(master)
            throw reason
        }
        path = "/dev/pts/\(number)"
        self.master = master
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        resize(columns: columns, rows: rows)
    }

    deinit { close(master) }

    /// TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)).
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    func resize(columns: UInt16, rows: UInt16) { Self.resize(master, columns: columns, rows: rows) }

    static func resize(_ master: Int32, columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// What is there to read now.
    /// - Returns: nil when every program has closed the other side; empty when there is nothing yet.
    func read() -> [UInt8]? {
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let got = Glibc.read(master, &piece, piece.count)
            if got > 0 { return Array(piece[..<got]) }
            if got < 0, errno == EINTR { continue }
            return got < 0 && errno == EAGAIN ? [] : nil
        }
    }

    /// Types bytes. What the terminal does not take at once (four kilobytes without a reader) is left out.
    /// - Returns: how many were taken.
    func type(_ bytes: some Collection<UInt8>) -> Int {
        let bytes = Array(bytes)
        while true {
            let taken = write(master, bytes, bytes.count)
            if taken >= 0 { return taken }
            if errno != EINTR { return 0 }
        }
    }

    /// What the terminal does with keys and output now: also what the program has set it to.
    var settings: termios? {
        get { Terminal.settings(master) }
        nonmutating set { if let newValue { Terminal.apply(newValue, to: master) } }
    }

    /// Opens the side that programs have, so that it stays while none of them holds it.
    func openOtherSide() -> Int32 { open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK) }
}
