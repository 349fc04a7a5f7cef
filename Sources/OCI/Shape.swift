import Basics

/// A place in a JSON document, which knows its name for the sentence that refuses it.
struct Shape {
    let value: JSONValue?
    /// `manifest`, `config.Env`.
    let place: String

    /// Parses a whole document.
    /// - Throws: `DrydockError.invalid` when it is too long or no JSON object.
    init(parsing bytes: [UInt8], limit: Int, place: String) throws {
        guard bytes.count <= limit else {
            throw DrydockError(.invalid, "\(place) is \(bytes.count) bytes long, more than the \(limit) that are allowed")
        }
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw DrydockError(.invalid, "\(place) is not valid JSON", cause: error.reason)
        }
        self.place = place
        _ = try object()
    }

    init(value: JSONValue?, place: String) {
        self.value = value
        self.place = place
    }

    /// Absent, or the `null` that Go writes for it.
    var isMissing: Bool { value?.isNull ?? true }

    subscript(_ key: String) -> Shape {
        // A member of something that is no object is refused by the accessors of its parent; here it is just absent.
        Shape(value: value?.objectValue?[key], place: "\(place).\(key)")
    }

    func refusal(_ expected: String) -> DrydockError { DrydockError(.invalid, "\(place) is not \(expected)") }

    func object() throws -> JSONObject {
        guard let object = value?.objectValue else { throw refusal("an object") }
        return object
    }

    func optionalObject() throws -> JSONObject? { isMissing ? nil : try object() }

    func string() throws -> String? {
        if isMissing { return nil }
        guard let text = value?.stringValue else { throw refusal("a string") }
        // What ends up in an argument vector or a path would be cut there.
        guard !text.utf8.contains(0) else { throw refusal("free of NUL bytes") }
        return text
    }

    func requiredString() throws -> String {
        guard let text = try string() else { throw DrydockError(.invalid, "\(place) is missing") }
        return text
    }

    func bool() throws -> Bool? {
        if isMissing { return nil }
        guard let flag = value?.boolValue else { throw refusal("true or false") }
        return flag
    }

    func integer() throws -> Int64? {
        if isMissing { return nil }
        guard let number = value?.intValue else { throw refusal("a whole number") }
        return Int64(number)
    }

    func elements() throws -> [Shape]? {
        if isMissing { return nil }
        guard let array = value?.arrayValue else { throw refusal("a list") }
        return array.enumerated().map { Shape(value: $0.element, place: "\(place)[\($0.offset)]") }
    }

    func strings() throws -> [String]? { try elements()?.map { try $0.requiredString() } }

    func stringMap() throws -> [(key: String, value: String)]? {
        guard let object = try optionalObject() else { return nil }
        return try object.map { ($0.key, try self[$0.key].string() ?? "") }
    }

    /// The keys of a Go set: `{"80/tcp": {}}`.
    func keys() throws -> [String]? { try optionalObject()?.keys }

    func digest() throws -> Digest {
        let text = try requiredString()
        do {
            return try Digest(text)
        } catch {
            throw DrydockError(.invalid, "\(place) is no digest", cause: error.sentence)
        }
    }

    func timestamp() throws -> Timestamp? {
        guard let text = try string(), !text.isEmpty else { return nil }
        guard let time = Timestamp(rfc3339: text) else { throw refusal("a time as RFC 3339 writes it") }
        return time
    }
}
