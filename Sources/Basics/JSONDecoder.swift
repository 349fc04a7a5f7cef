/// Decodes any `Decodable` from a JSON value. Members it does not know are ignored.
public struct JSONDecoder: Sendable {
    public init() {}

    /// - Throws: `DecodingError`, whose `sentence` says where what is wrong.
    public func decode<T: Decodable>(_ type: T.Type, from value: JSONValue) throws -> T {
        try JSONValueDecoder(value: value, codingPath: []).decode(type)
    }

    /// - Throws: `JSONError` when the bytes are no JSON, otherwise as `decode(_:from:)` for values.
    public func decode<T: Decodable>(_ type: T.Type, from bytes: some Collection<UInt8>) throws -> T {
        try decode(type, from: JSONValue(parsing: bytes))
    }
}

/// One value and the way to it.
struct JSONValueDecoder: Decoder {
    let value: JSONValue
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let object) = value else { throw mismatch(JSONObject.self, "an object") }
        return KeyedDecodingContainer(JSONMemberDecoder<Key>(object: object, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch([JSONValue].self, "an array") }
        return JSONElementDecoder(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func bool() throws -> Bool {
        guard case .bool(let truth) = value else { throw mismatch(Bool.self, "true or false") }
        return truth
    }

    func string() throws -> String {
        guard case .string(let text) = value else { throw mismatch(String.self, "a string") }
        return text
    }

    func whole<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        let number: Number? =
            switch value {
            case .integer(let number): Number(exactly: number)
            case .number(let number): Number(exactly: number)
            default: throw mismatch(type, "a number")
            }
        guard let number else { throw corrupted("the number \(value.text()) is not between \(Number.min) and \(Number.max)") }
        return number
    }

    func fraction() throws -> Double {
        guard let number = value.doubleValue else { throw mismatch(Double.self, "a number") }
        return number
    }

    private func mismatch(_ type: Any.Type, _ needed: String) -> DecodingError {
        let found =
            switch value {
            case .null: "null"
            case .bool: "true or false"
            case .integer, .number: "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        let context = DecodingError.Context(codingPath: codingPath, debugDescription: "\(needed) is needed here, not \(found)")
        return value == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    func corrupted(_ sentence: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: sentence))
    }
}

extension JSONValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { value == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try bool() }
    func decode(_ type: String.Type) throws -> String { try string() }
    func decode(_ type: Double.Type) throws -> Double { try fraction() }
    func decode(_ type: Float.Type) throws -> Float { Float(try fraction()) }
    func decode(_ type: Int.Type) throws -> Int { try whole(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try whole(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try whole(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try whole(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try whole(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try whole(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try whole(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try whole(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try whole(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try whole(type) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: self) }
}

private struct JSONMemberDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let object: JSONObject
    let codingPath: [any CodingKey]

    var allKeys: [Key] { object.keys.compactMap { Key(stringValue: $0) } }
    func contains(_ key: Key) -> Bool { object[key.stringValue] != nil }

    private func member(_ key: any CodingKey) throws -> JSONValueDecoder {
        guard let value = object[key.stringValue] else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "there is no member \"\(key.stringValue)\""))
        }
        return JSONValueDecoder(value: value, codingPath: codingPath + [key])
    }

    func decodeNil(forKey key: Key) throws -> Bool { try member(key).decodeNil() }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try member(key).bool() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try member(key).string() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try member(key).fraction() }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(try member(key).fraction()) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try member(key).whole(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try member(key).whole(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try member(key).whole(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try member(key).whole(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try member(key).whole(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try member(key).whole(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try member(key).whole(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try member(key).whole(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try member(key).whole(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try member(key).whole(type) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try member(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        try member(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try member(key).unkeyedContainer() }

    /// A missing super value counts as null, so that optional super classes decode.
    func superDecoder() throws -> any Decoder {
        JSONValueDecoder(value: object[JSONKey.forSuper.stringValue] ?? .null, codingPath: codingPath + [JSONKey.forSuper])
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        JSONValueDecoder(value: object[key.stringValue] ?? .null, codingPath: codingPath + [key])
    }
}

private struct JSONElementDecoder: UnkeyedDecodingContainer {
    let elements: [JSONValue]
    let codingPath: [any CodingKey]
    var currentIndex = 0

    init(elements: [JSONValue], codingPath: [any CodingKey]) {
        self.elements = elements
        self.codingPath = codingPath
    }

    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    private var here: JSONValueDecoder {
        get throws {
            let path = codingPath + [JSONKey(index: currentIndex)]
            guard !isAtEnd else {
                throw DecodingError.valueNotFound(
                    JSONValue.self, .init(codingPath: path, debugDescription: "the array has only \(elements.count) elements"))
            }
            return JSONValueDecoder(value: elements[currentIndex], codingPath: path)
        }
    }

    /// Moves on only when the element could be decoded.
    private mutating func take<T>(_ decode: (JSONValueDecoder) throws -> T) throws -> T {
        let result = try decode(here)
        currentIndex += 1
        return result
    }

    mutating func decodeNil() throws -> Bool {
        guard try here.decodeNil() else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try take { try $0.bool() } }
    mutating func decode(_ type: String.Type) throws -> String { try take { try $0.string() } }
    mutating func decode(_ type: Double.Type) throws -> Double { try take { try $0.fraction() } }
    mutating func decode(_ type: Float.Type) throws -> Float { try take { Float(try $0.fraction()) } }
    mutating func decode(_ type: Int.Type) throws -> Int { try take { try $0.whole(type) } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try take { try $0.whole(type) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try take { try $0.whole(type) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try take { try $0.whole(type) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try take { try $0.whole(type) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try take { try $0.whole(type) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try take { try $0.whole(type) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try take { try $0.whole(type) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try take { try $0.whole(type) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try take { try $0.whole(type) } }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try take { try $0.decode(type) } }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        try take { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try take { try $0.unkeyedContainer() } }
    mutating func superDecoder() throws -> any Decoder { try take { $0 } }
}
