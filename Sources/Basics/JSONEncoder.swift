/// Encodes any `Encodable` as a JSON value. Members come in the order they are encoded; dictionaries come sorted by key.
public struct JSONEncoder: Sendable {
    public init() {}

    /// - Throws: `EncodingError` for numbers JSON cannot hold, and whatever the value's own `encode(to:)` throws.
    public func value<T: Encodable>(_ value: T) throws -> JSONValue {
        try JSONSlot.holding(value, path: []).value
    }

    /// The JSON text of a value; see `JSONValue.bytes(indent:)`.
    public func bytes<T: Encodable>(_ value: T, indent: String? = nil) throws -> [UInt8] {
        try self.value(value).bytes(indent: indent)
    }
}

/// Marks dictionaries, whose own order is random.
private protocol KeyedAtRandom {}
extension Dictionary: KeyedAtRandom {}

/// Where one value is being put together.
private enum JSONSlot {
    case done(JSONValue)
    case open(JSONSite)

    var value: JSONValue {
        switch self {
        case .done(let value): value
        case .open(let site): site.value
        }
    }

    /// Encodes `value` into a slot of its own.
    static func holding<T: Encodable>(_ value: T, path: [any CodingKey]) throws -> JSONSlot {
        if let value = value as? JSONValue { return .done(value) }
        if let value = value as? JSONObject { return .done(.object(value)) }
        if let value = value as? String { return .done(.string(value)) }
        let site = JSONSite()
        try value.encode(to: JSONValueEncoder(site: site, codingPath: path))
        if value is any KeyedAtRandom, case .object(let object) = site.value { return .done(.object(object.sortedByKey())) }
        return .open(site)
    }

    static func whole(_ value: some BinaryInteger, path: [any CodingKey]) throws -> JSONSlot {
        if let number = Int64(exactly: value) { return .done(.integer(number)) }
        // Above Int64 only what a double holds exactly can be said without telling a lie.
        if let number = Double(exactly: value) { return .done(.number(number)) }
        throw EncodingError.invalidValue(value, .init(codingPath: path, debugDescription: "the number does not fit 64 bits"))
    }

    static func fraction(_ value: Double, path: [any CodingKey]) throws -> JSONSlot {
        guard value.isFinite else {
            throw EncodingError.invalidValue(value, .init(codingPath: path, debugDescription: "JSON has no such number"))
        }
        return .done(.number(value))
    }
}

/// A value in the making that several containers may add to.
private final class JSONSite {
    var single: JSONSlot = .done(.object([:]))
    var elements: [JSONSlot]?
    var names: [String]?
    var members: [String: JSONSlot] = [:]

    func set(_ slot: JSONSlot, for name: String) {
        if members.updateValue(slot, forKey: name) == nil { names?.append(name) }
    }

    var value: JSONValue {
        if let elements { return .array(elements.map(\.value)) }
        guard let names else { return single.value }
        var object = JSONObject()
        for name in names { object[name] = members[name]?.value }
        return .object(object)
    }
}

private struct JSONValueEncoder: Encoder {
    let site: JSONSite
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if site.names == nil { site.names = [] }
        return KeyedEncodingContainer(JSONMemberEncoder<Key>(site: site, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if site.elements == nil { site.elements = [] }
        return JSONElementEncoder(site: site, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        JSONSingleEncoder(site: site, codingPath: codingPath)
    }
}

private struct JSONMemberEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let site: JSONSite
    let codingPath: [any CodingKey]

    private func put(_ slot: JSONSlot, _ key: any CodingKey) { site.set(slot, for: key.stringValue) }
    private func path(_ key: any CodingKey) -> [any CodingKey] { codingPath + [key] }

    func encodeNil(forKey key: Key) throws { put(.done(.null), key) }
    func encode(_ value: Bool, forKey key: Key) throws { put(.done(.bool(value)), key) }
    func encode(_ value: String, forKey key: Key) throws { put(.done(.string(value)), key) }
    func encode(_ value: Double, forKey key: Key) throws { put(try .fraction(value, path: path(key)), key) }
    func encode(_ value: Float, forKey key: Key) throws { put(try .fraction(Double(value), path: path(key)), key) }
    func encode(_ value: Int, forKey key: Key) throws { put(.done(.integer(Int64(value))), key) }
    func encode(_ value: Int8, forKey key: Key) throws { put(.done(.integer(Int64(value))), key) }
    func encode(_ value: Int16, forKey key: Key) throws { put(.done(.integer(Int64(value))), key) }
    func encode(_ value: Int32, forKey key: Key) throws { put(.done(.integer(Int64(value))), key) }
    func encode(_ value: Int64, forKey key: Key) throws { put(.done(.integer(value)), key) }
    func encode(_ value: UInt, forKey key: Key) throws { put(try .whole(value, path: path(key)), key) }
    func encode(_ value: UInt8, forKey key: Key) throws { put(.done(.integer(Int64(value))), key) }
    func encode(_ value: UInt16, forKey key: Key) throws { put(.done(.integer(Int64(value))), key) }
    func encode(_ value: UInt32, forKey key: Key) throws { put(.done(.integer(Int64(value))), key) }
    func encode(_ value: UInt64, forKey key: Key) throws { put(try .whole(value, path: path(key)), key) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { put(try .holding(value, path: path(key)), key) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        encoder(for: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(for: key).unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder(for: JSONKey.forSuper) }
    func superEncoder(forKey key: Key) -> any Encoder { encoder(for: key) }

    private func encoder(for key: any CodingKey) -> JSONValueEncoder {
        // A second container for the same key adds to the first.
        if case .open(let nested)? = site.members[key.stringValue] { return JSONValueEncoder(site: nested, codingPath: path(key)) }
        let nested = JSONSite()
        put(.open(nested), key)
        return JSONValueEncoder(site: nested, codingPath: path(key))
    }
}

private struct JSONElementEncoder: UnkeyedEncodingContainer {
    let site: JSONSite
    let codingPath: [any CodingKey]
    var count: Int { site.elements?.count ?? 0 }

    private var path: [any CodingKey] { codingPath + [JSONKey(index: count)] }
    private func add(_ slot: JSONSlot) { site.elements?.append(slot) }

    func encodeNil() throws { add(.done(.null)) }
    func encode(_ value: Bool) throws { add(.done(.bool(value))) }
    func encode(_ value: String) throws { add(.done(.string(value))) }
    func encode(_ value: Double) throws { add(try .fraction(value, path: path)) }
    func encode(_ value: Float) throws { add(try .fraction(Double(value), path: path)) }
    func encode(_ value: Int) throws { add(.done(.integer(Int64(value)))) }
    func encode(_ value: Int8) throws { add(.done(.integer(Int64(value)))) }
    func encode(_ value: Int16) throws { add(.done(.integer(Int64(value)))) }
    func encode(_ value: Int32) throws { add(.done(.integer(Int64(value)))) }
    func encode(_ value: Int64) throws { add(.done(.integer(value))) }
    func encode(_ value: UInt) throws { add(try .whole(value, path: path)) }
    func encode(_ value: UInt8) throws { add(.done(.integer(Int64(value)))) }
    func encode(_ value: UInt16) throws { add(.done(.integer(Int64(value)))) }
    func encode(_ value: UInt32) throws { add(.done(.integer(Int64(value)))) }
    func encode(_ value: UInt64) throws { add(try .whole(value, path: path)) }
    func encode<T: Encodable>(_ value: T) throws { add(try .holding(value, path: path)) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        nextEncoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nextEncoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { nextEncoder() }

    private func nextEncoder() -> JSONValueEncoder {
        let nested = JSONValueEncoder(site: JSONSite(), codingPath: path)
        add(.open(nested.site))
        return nested
    }
}

private struct JSONSingleEncoder: SingleValueEncodingContainer {
    let site: JSONSite
    let codingPath: [any CodingKey]

    private func put(_ slot: JSONSlot) { site.single = slot }

    func encodeNil() throws { put(.done(.null)) }
    func encode(_ value: Bool) throws { put(.done(.bool(value))) }
    func encode(_ value: String) throws { put(.done(.string(value))) }
    func encode(_ value: Double) throws { put(try .fraction(value, path: codingPath)) }
    func encode(_ value: Float) throws { put(try .fraction(Double(value), path: codingPath)) }
    func encode(_ value: Int) throws { put(.done(.integer(Int64(value)))) }
    func encode(_ value: Int8) throws { put(.done(.integer(Int64(value)))) }
    func encode(_ value: Int16) throws { put(.done(.integer(Int64(value)))) }
    func encode(_ value: Int32) throws { put(.done(.integer(Int64(value)))) }
    func encode(_ value: Int64) throws { put(.done(.integer(value))) }
    func encode(_ value: UInt) throws { put(try .whole(value, path: codingPath)) }
    func encode(_ value: UInt8) throws { put(.done(.integer(Int64(value)))) }
    func encode(_ value: UInt16) throws { put(.done(.integer(Int64(value)))) }
    func encode(_ value: UInt32) throws { put(.done(.integer(Int64(value)))) }
    func encode(_ value: UInt64) throws { put(try .whole(value, path: codingPath)) }
    func encode<T: Encodable>(_ value: T) throws { put(try .holding(value, path: codingPath)) }
}
