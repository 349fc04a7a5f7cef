import Basics

/// The name of an archive's member, taken apart: bytes, not text, since names need not be UTF-8.
struct MemberPath: Hashable, Sendable {
    /// From the root of the archive down to the member; empty for the root itself.
    let components: [[UInt8]]

    init(components: [[UInt8]]) { self.components = components }

    /// Reads a name. A leading slash means the archive's root, as in Docker.
    ///
    /// `..` is resolved by text here only to *refuse* what leads out; where the rest leads is the kernel's business.
    /// - Returns: nil when the name points outside.
    init?(_ name: UnsafePointer<CChar>) {
        self.init(bytes: UnsafeRawBufferPointer(start: name, count: Self.length(name)))
    }

    init?(bytes: some Collection<UInt8>) {
        var components: [[UInt8]] = []
        for part in bytes.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual(".".utf8) { continue }
            if part.elementsEqual("..".utf8) {
                guard components.popLast() != nil else { return nil }
            } else {
                components.append(Array(part))
            }
        }
        self.components = components
    }

    /// How Docker's archives call a member: a folder with a slash behind, the root a dot.
    func memberName(isFolder: Bool) -> [UInt8] {
        let name = isRoot ? [UInt8(ascii: ".")] : Array(components.joined(separator: [UInt8(ascii: "/")]))
        return isFolder ? name + [UInt8(ascii: "/")] : name
    }

    private static func length(_ text: UnsafePointer<CChar>) -> Int {
        var length = 0
        while text[length] != 0 { length += 1 }
        return length
    }

    var isRoot: Bool { components.isEmpty }
    var name: [UInt8] { components.last ?? [] }
    var parent: MemberPath { MemberPath(components: Array(components.dropLast())) }

    /// The same, seen from further up.
    func below(_ base: MemberPath) -> MemberPath { MemberPath(components: base.components + components) }

    func sibling(_ name: [UInt8]) -> MemberPath { MemberPath(components: components.dropLast() + [name]) }

    /// For system calls, relative to the root: `usr/bin`, `.` for the root.
    var cString: [CChar] {
        if isRoot { return [CChar(bitPattern: UInt8(ascii: ".")), 0] }
        return components.joined(separator: [UInt8(ascii: "/")]).map(CChar.init(bitPattern:)) + [0]
    }

    var nameCString: [CChar] { name.map(CChar.init(bitPattern:)) + [0] }

    /// As a key for names that are known to be text.
    var text: String { components.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/") }
}

/// A name from a stranger as it can be shown in a sentence: control characters escaped, not too long.
func shown(_ name: UnsafePointer<CChar>?) -> String {
    guard let name else { return "" }
    return shown(String(cString: name))
}

func shown(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars.prefix(256) {
        if scalar.value < 0x20 || scalar.value == 0x7f || scalar.value == 0x22 || scalar.value == 0x5c
            || (0x80..<0xa0).contains(scalar.value)
        {
            text += scalar.escaped(asASCII: true)
        } else {
            text.unicodeScalars.append(scalar)
        }
    }
    return name.unicodeScalars.count > 256 ? text + "…" : text
}
