import Basics
import DockerAPI
import TextTools

/// What is known of a volume from its creation on: `volume.json` in its folder.
struct VolumeRecord: Codable, Sendable {
    var name: String
    var created: Timestamp
    /// nil where nobody spoke of labels: Docker's answers tell that from none.
    var labels: [String: String]?
    var options: [String: String]?

    /// The name of a volume that nobody gave one: 64 hexadecimal digits.
    static func newName() -> String { randomHex(bytes: 32) }

    /// - Throws: `DrydockError.invalid` in the words of Docker's local driver (moby, volume/local/local.go, `validateName`).
    static func check(name: String) throws {
        let bytes = Array(name.utf8)
        guard bytes.count != 1 else {
            throw DrydockError(
                .invalid, "create \(name): volume name is too short, names should be at least two alphanumeric characters")
        }
        guard let first = bytes.first, isAlphanumeric(first), bytes.allSatisfy({ isAlphanumeric($0) || "_.-".utf8.contains($0) }) else {
            throw DrydockError(
                .invalid,
                "create \(name): \"\(name)\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are "
                    + "allowed. If you intended to pass a host directory, use absolute path")
        }
        // It is a folder's name, and `.new-` and the like go before it while the volume is made: NAME_MAX of Linux's file systems.
        guard bytes.count <= 240 else {
            throw DrydockError(.invalid, "create \(name.prefix(32))…: a volume's name has 240 characters at most")
        }
    }

    /// - Throws: `DrydockError` in Docker's words for another driver and for wrong options.
    /// Source: moby, volume/local/local.go, `setOpts`.
    static func check(name: String, driver: String, options: [String: String]?) throws {
        guard ["", "local"].contains(driver) else {
            throw DrydockError(.notFound, "create \(name): error looking up volume plugin \(driver): plugin \"\(driver)\" not found")
        }
        try check(name: name)
        guard let options, !options.isEmpty else { return }
        let needs = ["device": ["type"], "o": ["device", "type"], "size": [], "type": ["device"]]
        for option in options.keys.sorted() {
            guard let needed = needs[option] else { throw DrydockError(.invalid, "create \(name): invalid option: \"\(option)\"") }
            if let missing = needed.first(where: { options[$0] == nil }) {
                throw DrydockError(.invalid, "create \(name): missing required option: \"\(missing)\"")
            }
        }
        guard let size = options["size"] else { return }
        do {
            guard try parseRAMSize(size) <= 0 else {
                throw DrydockError(.invalid, "create \(name): quota size requested but no quota support")
            }
        } catch let error as SizeError { throw DrydockError(.failed, "create \(name): \(error)") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

/// What a container that is being created wants of a volume.
struct VolumeWish: Sendable {
    var name: String
    var labels: [String: String]?
    /// Where it is mounted in the container.
    var destination: String
    /// Made if there is none. What comes from another container is there.
    var isMade = true
    /// An empty volume gets what the image has at the destination.
    var isFilled = true
    /// The image or `-v /path` asked for it: then a file of the image's can't be in its place.
    var isAnonymous = false
}
