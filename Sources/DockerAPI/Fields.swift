import Basics

/// A value that Go's `encoding/json` treats in its own way: absent and null become the type's zero value when read, and
/// `omitempty` has its own idea of empty. Docker's clients count on both.
public protocol GoValue: Codable {
    /// What a key that is absent or null means.
    static var goZero: Self { get }
    /// Whether `omitempty` leaves the key out.
    var isGoEmpty: Bool { get }
    /// Writes the value below `key`.
    func encodeGo<Key: CodingKey>(into container: inout KeyedEncodingContainer<Key>, forKey key: Key) throws
    /// Reads the value below `key`; absent and null give ``goZero``.
    static func decodeGo<Key: CodingKey>(from container: KeyedDecodingContainer<Key>, forKey key: Key) throws -> Self
}

extension GoValue {
    public var isGoEmpty: Bool { false }

    public func encodeGo<Key: CodingKey>(into container: inout KeyedEncodingContainer<Key>, forKey key: Key) throws {
        try container.encode(self, forKey: key)
    }

    public static func decodeGo<Key: CodingKey>(from container: KeyedDecodingContainer<Key>, forKey key: Key) throws -> Self {
        try container.decodeIfPresent(Self.self, forKey: key) ?? goZero
    }
}

extension String: GoValue {
    public static var goZero: String { "" }
    public var isGoEmpty: Bool { isEmpty }
}

extension Bool: GoValue {
    public static var goZero: Bool { false }
    public var isGoEmpty: Bool { !self }
}

extension Int: GoValue {
    public static var goZero: Int { 0 }
    public var isGoEmpty: Bool { self == 0 }
}

extension Int64: GoValue {
    public static var goZero: Int64 { 0 }
    public var isGoEmpty: Bool { self == 0 }
}

extension UInt64: GoValue {
    public static var goZero: UInt64 { 0 }
    public var isGoEmpty: Bool { self == 0 }
}

extension UInt32: GoValue {
    public static var goZero: UInt32 { 0 }
    public var isGoEmpty: Bool { self == 0 }
}

extension UInt16: GoValue {
    public static var goZero: UInt16 { 0 }
    public var isGoEmpty: Bool { self == 0 }
}

extension Array: GoValue where Element: Codable {
    public static var goZero: [Element] { [] }
    public var isGoEmpty: Bool { isEmpty }
}

extension Optional: GoValue where Wrapped: GoValue {
    public static var goZero: Wrapped? { nil }

    /// A pointer, slice or map of Go: nil is empty; an empty slice or map is empty too, a pointer to zero is not.
    public var isGoEmpty: Bool {
        guard let value = self else { return true }
        return Wrapped.self is any GoCollection.Type && value.isGoEmpty
    }

    public func encodeGo<Key: CodingKey>(into container: inout KeyedEncodingContainer<Key>, forKey key: Key) throws {
        if let value = self {
            try value.encodeGo(into: &container, forKey: key)
        } else {
            try container.encodeNil(forKey: key)
        }
    }

    public static func decodeGo<Key: CodingKey>(from container: KeyedDecodingContainer<Key>, forKey key: Key) throws -> Wrapped? {
        guard container.contains(key), try !container.decodeNil(forKey: key) else { return nil }
        return try Wrapped.decodeGo(from: container, forKey: key)
    }
}

/// Marks slices and maps, which Go's `omitempty` leaves out when they are empty even where they are optional here.
protocol GoCollection {}
extension Array: GoCollection {}
extension Dictionary: GoCollection {}

extension Dictionary: GoValue where Key == String, Value: GoValue {
    public static var goZero: [String: Value] { [:] }
    public var isGoEmpty: Bool { isEmpty }

    public static func decodeGo<K: CodingKey>(from container: KeyedDecodingContainer<K>, forKey key: K) throws -> [String: Value] {
        guard container.contains(key), try !container.decodeNil(forKey: key) else { return [:] }
        let nested = try container.nestedContainer(keyedBy: JSONKey.self, forKey: key)
        var result: [String: Value] = [:]
        for name in nested.allKeys {
            result[name.stringValue] = try Value.decodeGo(from: nested, forKey: name)
        }
        return result
    }
}

/// Go's `struct{}`, written `{}`: the value in Docker's sets of ports and volumes.
public struct EmptyObject: GoValue, Hashable, Sendable {
    public static var goZero: EmptyObject { EmptyObject() }
    public init() {}
    public init(from decoder: any Decoder) throws {}
    public func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: JSONKey.self) }
}

/// A field that is always written; absent or null when read means the zero value.
@propertyWrapper
public struct Field<Value: GoValue>: Codable {
    public var wrappedValue: Value

    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
    public init(from decoder: any Decoder) throws { wrappedValue = try decoder.singleValueContainer().decode(Value.self) }
    public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

/// A field with Go's `omitempty`: left out when it is empty.
@propertyWrapper
public struct OmitEmpty<Value: GoValue>: Codable {
    public var wrappedValue: Value

    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
    public init(from decoder: any Decoder) throws { wrappedValue = try decoder.singleValueContainer().decode(Value.self) }
    public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

extension Field: Sendable where Value: Sendable {}
extension OmitEmpty: Sendable where Value: Sendable {}

/// A command line (Go's `strslice.StrSlice`): a list of words, or one string, which means a list of one.
@propertyWrapper
public struct WordList: Sendable, Codable {
    public var wrappedValue: [String]?

    public init(wrappedValue: [String]?) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            wrappedValue = nil
        } else if let word = try? container.decode(String.self) {
            wrappedValue = [word]
        } else {
            wrappedValue = try container.decode([String].self)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let words = wrappedValue { try container.encode(words) } else { try container.encodeNil() }
    }
}

// The synthesized `init(from:)` and `encode(to:)` of this module's structs choose these overloads; they are what gives
// the wrappers above their meaning for absent keys.
extension KeyedDecodingContainer {
    func decode<Value>(_ type: Field<Value>.Type, forKey key: Key) throws -> Field<Value> {
        Field(wrappedValue: try Value.decodeGo(from: self, forKey: key))
    }

    func decode<Value>(_ type: OmitEmpty<Value>.Type, forKey key: Key) throws -> OmitEmpty<Value> {
        OmitEmpty(wrappedValue: try Value.decodeGo(from: self, forKey: key))
    }

    func decode(_ type: WordList.Type, forKey key: Key) throws -> WordList {
        try decodeIfPresent(WordList.self, forKey: key) ?? WordList(wrappedValue: nil)
    }
}

extension KeyedEncodingContainer {
    mutating func encode<Value>(_ field: Field<Value>, forKey key: Key) throws {
        try field.wrappedValue.encodeGo(into: &self, forKey: key)
    }

    mutating func encode<Value>(_ field: OmitEmpty<Value>, forKey key: Key) throws {
        if !field.wrappedValue.isGoEmpty { try field.wrappedValue.encodeGo(into: &self, forKey: key) }
    }

    mutating func encode(_ words: WordList, forKey key: Key) throws {
        if let list = words.wrappedValue { try encode(list, forKey: key) } else { try encodeNil(forKey: key) }
    }
}
