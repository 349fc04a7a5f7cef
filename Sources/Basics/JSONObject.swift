/// The members of a JSON object in the order they were first set.
///
/// Equality does not look at the order (RFC 8259: an object is an unordered collection).
public struct JSONObject: Sendable {
    /// Names in order; `storedValues` runs parallel to it.
    private var names: [String] = []
    private var storedValues: [JSONValue] = []
    /// Name to place; nil while the object is so small that comparing names one by one is quicker.
    private var places: [String: Int]?

    private static let smallCount = 10

    public init() {}

    /// Members in that order; of members with the same name the last one's value counts.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (name, value) in members { self[name] = value }
    }

    public var count: Int { names.count }
    public var isEmpty: Bool { names.isEmpty }
    /// The names in order.
    public var keys: [String] { names }
    /// The values in the order of their names.
    public var values: [JSONValue] { storedValues }

    /// The value of that name. Setting a new name appends it; setting nil removes the member (`.null` is a value like others).
    public subscript(_ key: String) -> JSONValue? {
        get { place(of: key).map { storedValues[$0] } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): storedValues[place] = value
            case (nil, let value?): append(key, value)
            case (let place?, nil): remove(at: place)
            case (nil, nil): break
            }
        }
    }

    /// The same members ordered by name, byte by byte, as Go prints maps.
    public func sortedByKey() -> JSONObject {
        JSONObject(map { ($0.key, $0.value) }.sorted { goOrdered($0.0, $1.0) })
    }

    private func place(of key: String) -> Int? {
        if let places { places[key] } else { names.firstIndex(of: key) }
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        // Most objects have a handful of members: room for them at once, rather than for one, two and four.
        if names.isEmpty {
            names.reserveCapacity(8)
            storedValues.reserveCapacity(8)
        }
        names.append(key)
        storedValues.append(value)
        if places != nil {
            places?[key] = names.count - 1
        } else if names.count > Self.smallCount {
            indexNames()
        }
    }

    private mutating func remove(at place: Int) {
        names.remove(at: place)
        storedValues.remove(at: place)
        if names.count > Self.smallCount { indexNames() } else { places = nil }
    }

    private mutating func indexNames() {
        var places: [String: Int] = [:]
        places.reserveCapacity(names.count * 2)
        for (place, name) in names.enumerated() { places[name] = place }
        self.places = places
    }
}

extension JSONObject: Sequence {
    public struct Iterator: IteratorProtocol {
        fileprivate let names: [String]
        fileprivate let values: [JSONValue]
        fileprivate var place = 0

        public mutating func next() -> (key: String, value: JSONValue)? {
            guard place < names.count else { return nil }
            defer { place += 1 }
            return (key: names[place], value: values[place])
        }
    }

    public func makeIterator() -> Iterator { Iterator(names: names, values: storedValues) }
    public var underestimatedCount: Int { names.count }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        return left.allSatisfy { right[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        // The sum does not depend on the order of the members, as equality does not.
        var sum = 0
        for (name, value) in self {
            var member = Hasher()
            member.combine(name)
            member.combine(value)
            sum &+= member.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

/// Whether Go sorts `left` before `right`: by the bytes of their UTF-8, where Swift's own order is by Unicode normal form.
public func goOrdered(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}
