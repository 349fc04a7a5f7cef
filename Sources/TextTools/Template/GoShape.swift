public import Basics

/// The Go type that a JSON value stands for in a template.
///
/// Go prints, indexes and refuses values by their types: a struct prints as `{running 12}`, a map as `map[Pid:12 Status:running]`.
public indirect enum GoShape: Sendable {
    /// `interface{}`: objects are maps, numbers are `json.Number`.
    case any
    case bool, int, float, string
    /// `time.Time`, printed as `2026-11-23 22:55:01 +0000 UTC`.
    case time
    case list(GoShape)
    case map(GoShape)
    case pointer(GoShape)
    case structure(GoStructure)
    /// A type with a name of its own, as `nat.PortMap`; keys of such a map are no plain strings.
    case named(String, GoShape)

    /// The name as Go's `%T` prints it.
    public var typeName: String {
        switch self {
        case .any: "interface {}"
        case .bool: "bool"
        case .int: "int"
        case .float: "float64"
        case .string: "string"
        case .time: "time.Time"
        case .list(let element): "[]" + element.typeName
        case .map(let element): "map[string]" + element.typeName
        case .pointer(let target): "*" + target.typeName
        case .structure(let structure): structure.name
        case .named(let name, _): name
        }
    }

    /// A row of a listing, as `docker ps --format` offers it: named values that are methods in Go.
    ///
    /// - Parameters:
    ///   - typeName: what the error for an unknown name says, e.g. `*formatter.ContainerContext`.
    ///   - fields: the names that exist; a value missing in the row is an empty string.
    ///   - methods: names that take arguments, as `.Label "key"`.
    ///   - isHeader: unknown names print `<no value>` instead of failing, as in Docker's header row.
    public static func context(
        _ typeName: String, fields: [String], methods: [String: GoMethod] = [:], isHeader: Bool = false
    ) -> GoShape {
        var structure = GoStructure(name: typeName, fields: fields.map { GoField(name: $0, shape: .string) })
        structure.methods = methods
        structure.kind = isHeader ? .header : .context
        return .structure(structure)
    }
}

/// A struct type.
public struct GoStructure: Sendable {
    enum Kind { case plain, context, header }

    public var name: String
    public var fields: [GoField]
    var methods: [String: GoMethod] = [:]
    var kind = Kind.plain

    public init(name: String, fields: [GoField]) {
        self.name = name
        self.fields = fields
    }

    /// The field of that name, also of an embedded struct (Go promotes those).
    func field(_ name: String) -> GoField? {
        for field in fields where field.name == name { return field }
        for field in fields where field.isEmbedded {
            if case .structure(let inner) = field.shape.target, let found = inner.field(name) { return found }
        }
        return nil
    }

    /// The shapes of all members by their names in JSON, those of embedded structs among them.
    var shapesByKey: [String: GoShape] {
        var shapes: [String: GoShape] = [:]
        for field in fields {
            if field.isEmbedded, case .structure(let inner) = field.shape.target {
                shapes.merge(inner.shapesByKey) { own, _ in own }
            } else {
                shapes[field.key] = field.shape
            }
        }
        return shapes
    }
}

extension GoShape {
    /// The shape behind pointers.
    var target: GoShape {
        if case .pointer(let target) = self { target.target } else { self }
    }
}

public struct GoField: Sendable {
    /// The name in Go.
    public var name: String
    /// The name in JSON.
    public var key: String
    public var shape: GoShape
    /// The struct's members stand among those of the struct around it.
    public var isEmbedded: Bool

    public init(name: String, key: String? = nil, shape: GoShape, isEmbedded: Bool = false) {
        self.name = name
        self.key = key ?? name
        self.shape = shape
        self.isEmbedded = isEmbedded
    }
}

/// A method of a row: strings in, a value out.
public struct GoMethod: Sendable {
    public var argumentCount: Int
    public var body: @Sendable (_ receiver: JSONValue, _ arguments: [String]) -> String

    public init(argumentCount: Int, body: @escaping @Sendable (_ receiver: JSONValue, _ arguments: [String]) -> String) {
        self.argumentCount = argumentCount
        self.body = body
    }
}
