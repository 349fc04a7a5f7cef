import Basics
import Glibc

/// A failure that may be over when one asks again.
struct Passing: Error {
    /// What is said when it doesn't pass.
    let error: DrydockError
    /// Something came before it: patience begins anew.
    var hasMoved = false
    /// Seconds that the registry asks for (Retry-After).
    var wish: Double?
}

extension RegistryClient {
    /// Tries again, with growing pauses, what fails for reasons that may pass.
    /// - Parameters:
    ///   - wait: Called several times a second during a pause; what it throws ends it all.
    ///   - body: Throws `Passing` for what may pass.
    func patiently<T>(wait: () throws -> Void, _ body: () throws -> T) throws -> T {
        var failures = 0
        while true {
            do {
                return try body()
            } catch let failure as Passing {
                failures = failure.hasMoved ? 1 : failures + 1
                guard failures <= limits.retries else { throw failure.error }
                let pause = limits.retrySeconds * Double(1 << min(failures - 1, 10))
                try rest(min(60, max(pause, failure.wish ?? 0)), wait)
            }
        }
    }

    /// There is nothing to be waited for but time; in slices, so that an abort is heard.
    private func rest(_ seconds: Double, _ wait: () throws -> Void) throws {
        var left = seconds
        while left > 0 {
            try wait()
            let slice = min(left, 0.2)
            usleep(useconds_t(slice * 1e6))
            left -= slice
        }
    }
}

extension HTTPAnswer {
    /// Too many requests, or a server that is not well at the moment.
    var mayPass: Bool { status == 429 || (500...504).contains(status) && status != 501 }

    /// Seconds, where the server gives a number of them (RFC 9110, section 10.2.3).
    var retryAfter: Double? { values("retry-after").first.flatMap { Double($0) }.flatMap { $0 >= 0 && $0 <= 3600 ? $0 : nil } }
}
