import EngineClient
import Glibc

/// A terminal that does not show what is typed, for a password.
struct HiddenInput {
    let context: CLIContext
    /// Turns readable when the user wants out, where somebody else already watches for that; otherwise -1.
    let interrupt: Int32

    /// Reads one line; the terminal shows what is typed again afterwards, however this ends.
    /// - Parameter prompt: written before the line.
    /// - Returns: nil at the end of the input.
    /// - Throws: `EngineClientError.interrupted`, or `CommandFailure` without a text after a Ctrl-C that ends the process.
    func readLine(_ prompt: String) throws -> String? {
        // Trapped before the echo goes off: a signal in between would leave the terminal mute.
        let trap = interrupt < 0 ? SignalTrap([SIGINT, SIGQUIT, SIGTERM, SIGHUP]) : nil
        var settings = termios()
        let isTerminal = tcgetattr(context.input, &settings) == 0
        if isTerminal {
            var hidden = settings
            hidden.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(context.input, TCSANOW, &hidden)
        }
        // After the echo has gone: who answers the prompt at once (a paste, a script) would otherwise be seen.
        context.print(prompt, terminator: "")
        defer {
            if isTerminal { tcsetattr(context.input, TCSANOW, &settings) }
            end(trap)
        }
        do {
            let line = try context.readLine(interrupt: trap?.descriptor ?? interrupt)
            // What ended the line was typed unseen too.
            if line != nil { context.print("") }
            return line
        } catch EngineClientError.interrupted where trap != nil {
            context.print("")
            throw CommandFailure()
        }
    }

    /// Other signals than Ctrl-C's do what they would have done, now that the terminal is as before.
    private func end(_ trap: SignalTrap?) {
        guard let trap else { return }
        let signals = trap.take()
        trap.restore()
        for signal in signals where signal != SIGINT { raise(signal) }
    }
}
