import Basics

/// A value while a template runs: what Go's reflect.Value is to text/template.
struct GoValue {
    enum Content {
        case bool(Bool)
        case int(Int)
        case float(Double)
        case string(String)
        case list([JSONValue], GoShape)
        case map(JSONObject, GoShape)
        case structure(GoStructure, JSONValue)
        /// A pointer to a value of that shape; nil when the JSON is.
        case pointer(GoShape, JSONValue?)
    }

    /// Nothing for the nil interface and for Go's invalid value.
    var content: Content?
    /// Whether the value came out of an `interface{}`; error texts tell.
    var isInterface = false
    /// The type's name where the content does not say it.
    var namedType: String?
    /// A nil slice or map: printed as empty, but JSON's null.
    var isNilCollection = false

    /// Go's zero reflect.Value, printed as `<no value>`.
    static let invalid = GoValue(content: nil)
    static let nilInterface = GoValue(content: nil, isInterface: true)

    static func bool(_ truth: Bool) -> GoValue { GoValue(content: .bool(truth)) }
    static func int(_ number: Int, type: String? = nil) -> GoValue { GoValue(content: .int(number), namedType: type) }
    static func float(_ number: Double) -> GoValue { GoValue(content: .float(number)) }
    static func string(_ text: String) -> GoValue { GoValue(content: .string(text)) }

    init(content: Content?, isInterface: Bool = false, namedType: String? = nil) {
        self.content = content
        self.isInterface = isInterface
        self.namedType = namedType
    }

    /// The value of that shape; a missing one is the shape's zero value.
    init(_ json: JSONValue?, as shape: GoShape) {
        switch (shape, json ?? .null) {
        case (.any, let json): self = Self.dynamic(json)
        case (.pointer(let target), let json): self.init(content: .pointer(target, json.isNull ? Optional.none : json))
        case (.structure(let structure), .object(let object)): self.init(content: .structure(structure, .object(object)))
        case (.structure(let structure), .null): self.init(content: .structure(structure, [:]))
        case (.list(let element), .array(let elements)): self.init(content: .list(elements, element))
        case (.list(let element), .null):
            self.init(content: .list([], element))
            isNilCollection = true
        case (.map(let element), .object(let object)): self.init(content: .map(object, element))
        case (.map(let element), .null):
            self.init(content: .map([:], element))
            isNilCollection = true
        case (.named(let name, let shape), let json):
            self.init(json, as: shape)
            namedType = name
        case (.time, .string(let text)): self.init(content: .string(Self.goTime(text)), namedType: shape.typeName)
        case (.time, .null): self.init(content: .string(Self.goTime(Timestamp.zero.description)), namedType: shape.typeName)
        case (.bool, .null): self = .bool(false)
        case (.int, .null): self = .int(0)
        case (.float, .null): self = .float(0)
        case (.float, .integer(let number)): self = .float(Double(number))
        case (.string, .null): self = .string("")
        case (.bool, .bool), (.int, .integer), (.float, .number), (.string, .string):
            self = Self.dynamic(json ?? .null)
            isInterface = false
            namedType = nil
        // The engine sent something else than the type says: take it as it is.
        case (_, let json): self = Self.dynamic(json)
        }
    }

    private static func dynamic(_ json: JSONValue) -> GoValue {
        switch json {
        case .null: .nilInterface
        case .bool(let truth): GoValue(content: .bool(truth), isInterface: true)
        case .integer(let number): GoValue(content: .int(Int(number)), isInterface: true, namedType: "json.Number")
        case .number(let number): GoValue(content: .float(number), isInterface: true, namedType: "json.Number")
        case .string(let text): GoValue(content: .string(text), isInterface: true)
        case .array(let elements): GoValue(content: .list(elements, .any), isInterface: true)
        case .object(let object): GoValue(content: .map(object, .any), isInterface: true)
        }
    }

    private static func goTime(_ text: String) -> String {
        guard let time = Timestamp(rfc3339: text) else { return text }
        let parts = time.description.dropLast().split(separator: "T")
        return parts.joined(separator: " ") + " +0000 UTC"
    }

    // MARK: What it is

    /// Neither Go's zero reflect.Value nor a nil interface.
    var isValid: Bool { content != nil }

    /// The name of the type as an error tells it: of the interface when the value sits in one.
    var staticTypeName: String { isInterface ? "interface {}" : typeName }

    /// The name of the type of the value itself.
    var typeName: String {
        if let namedType { return namedType }
        switch content {
        case nil: return "interface {}"
        case .bool: return "bool"
        case .int: return "int"
        case .float: return "float64"
        case .string: return "string"
        case .list(_, let element): return GoShape.list(element).typeName
        case .map(_, let element): return GoShape.map(element).typeName
        case .structure(let structure, _): return structure.name
        case .pointer(let target, _): return GoShape.pointer(target).typeName
        }
    }

    /// What `if`, `with`, `and`, `or` and `not` go by.
    var isTrue: Bool {
        switch content {
        case nil: false
        case .bool(let truth): truth
        case .int(let number): number != 0
        case .float(let number): number != 0
        case .string(let text): !text.isEmpty
        case .list(let elements, _): !elements.isEmpty
        case .map(let object, _): !object.isEmpty
        case .structure: true
        case .pointer(_, let json): json != nil
        }
    }

    /// The value taken out of its interface.
    var unwrapped: GoValue {
        var plain = self
        plain.isInterface = false
        return plain
    }

    /// The value behind interfaces and pointers; `isNil` when the way ends at nil.
    var indirect: (value: GoValue, isNil: Bool) {
        switch content {
        case nil: (self, isInterface)
        case .pointer(_, nil): (unwrapped, true)
        case .pointer(let target, let json): GoValue(json, as: target).indirect
        default: (unwrapped, false)
        }
    }

    // MARK: As JSON

    /// The value as encoding/json writes it: maps sorted by key.
    var json: JSONValue {
        switch content {
        case nil: .null
        case _ where isNilCollection: .null
        case .bool(let truth): .bool(truth)
        case .int(let number): .integer(Int64(number))
        case .float(let number): .number(number)
        case .string(let text): .string(text)
        case .list(let elements, let element): Self.json(.array(elements), as: .list(element))
        case .map(let object, let element): Self.json(.object(object), as: .map(element))
        case .structure(let structure, let json): Self.json(json, as: .structure(structure))
        case .pointer(let target, let json): json.map { Self.json($0, as: target) } ?? .null
        }
    }

    private static func json(_ json: JSONValue, as shape: GoShape) -> JSONValue {
        switch (shape, json) {
        case (.any, .array(let elements)): return .array(elements.map { Self.json($0, as: .any) })
        case (.any, .object): return Self.json(json, as: .map(.any))
        case (.pointer(let target), _), (.named(_, let target), _): return Self.json(json, as: target)
        case (.list(let element), .array(let elements)): return .array(elements.map { Self.json($0, as: element) })
        case (.map(let element), .object(let object)):
            return .object(JSONObject(object.sortedByKey().map { ($0.key, Self.json($0.value, as: element)) }))
        case (.structure(let structure), .object(let object)):
            if structure.kind != .plain { return .object(object.sortedByKey()) }
            // A struct's members keep the order in which the engine sent them: that of the same struct.
            let shapes = structure.shapesByKey
            return .object(JSONObject(object.map { ($0.key, Self.json($0.value, as: shapes[$0.key] ?? .any)) }))
        default: return json
        }
    }
}
