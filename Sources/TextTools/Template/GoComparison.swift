import Basics

/// `eq`, `lt` and their kin.
enum GoComparison {
    private enum Kind { case bool, int, float, string, other }

    static func isEqual(_ first: GoValue, toOneOf others: ArraySlice<GoValue>) throws(TemplateComplaint) -> Bool {
        try refuseIncomparable(first)
        if others.isEmpty { throw TemplateComplaint("missing argument for comparison") }
        for other in others where try isEqual(first, other) { return true }
        return false
    }

    private static func isEqual(_ left: GoValue, _ right: GoValue) throws(TemplateComplaint) -> Bool {
        guard kind(left) == kind(right) else {
            if left.isValid && right.isValid { throw TemplateComplaint("incompatible types for comparison") }
            return false
        }
        switch (left.content, right.content) {
        case (.bool(let left), .bool(let right)): return left == right
        case (.int(let left), .int(let right)): return left == right
        case (.float(let left), .float(let right)): return left == right
        case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
        case (nil, nil): return true
        case (nil, _), (_, nil): return false
        default:
            try refuseIncomparable(right)
            return left.typeName == right.typeName && left.json == right.json
        }
    }

    static func isLess(_ left: GoValue, _ right: GoValue) throws(TemplateComplaint) -> Bool {
        guard kind(left) != .other, kind(right) != .other else { throw TemplateComplaint("invalid type for comparison") }
        switch (left.content, right.content) {
        case (.bool, .bool): throw TemplateComplaint("invalid type for comparison")
        case (.int(let left), .int(let right)): return left < right
        case (.float(let left), .float(let right)): return left < right
        case (.string(let left), .string(let right)): return goOrdered(left, right)
        default: throw TemplateComplaint("incompatible types for comparison")
        }
    }

    static func isLessOrEqual(_ left: GoValue, _ right: GoValue) throws(TemplateComplaint) -> Bool {
        if try isLess(left, right) { return true }
        return try isEqual(left, right)
    }

    private static func kind(_ value: GoValue) -> Kind {
        switch value.content {
        case .bool: .bool
        case .int: .int
        case .float: .float
        case .string: .string
        default: .other
        }
    }

    private static func refuseIncomparable(_ value: GoValue) throws(TemplateComplaint) {
        switch value.content {
        case .list, .map: throw TemplateComplaint("non-comparable type \(GoPrinter.shown(value)): \(value.typeName)")
        default: break
        }
    }
}

/// `index`, `slice` and `len`.
enum GoIndexing {
    static func index(_ item: GoValue, _ indexes: ArraySlice<GoValue>) throws(TemplateComplaint) -> GoValue {
        guard item.isValid else { throw TemplateComplaint("index of untyped nil") }
        var item = item.unwrapped
        for index in indexes {
            let (value, isNil) = item.indirect
            if isNil { throw TemplateComplaint("index of nil pointer") }
            switch value.content {
            case .list(let elements, let shape):
                item = GoValue(elements[try place(index, count: elements.count)], as: shape)
            case .string(let text):
                let bytes = Array(text.utf8)
                item = .int(Int(bytes[try place(index, count: bytes.count)]), type: "uint8")
            case .map(let object, let shape):
                guard index.isValid else { throw TemplateComplaint("value is nil; should be of type string") }
                guard case .string(let key) = index.content, value.namedType == nil else {
                    // The named maps of Docker are those of ports.
                    let keyType = value.namedType == nil ? "string" : "nat.Port"
                    throw TemplateComplaint("value has type \(index.typeName); should be \(keyType)")
                }
                item = GoValue(object[key], as: shape)
            default: throw TemplateComplaint("can't index item of type \(value.typeName)")
            }
        }
        return item
    }

    /// A place among `count` elements. Go's own check lets `count` itself pass and then runs into another one.
    private static func place(_ index: GoValue, count: Int) throws(TemplateComplaint) -> Int {
        let place = try bound(index, upTo: count)
        if place == count { throw TemplateComplaint("reflect: slice index out of range") }
        return place
    }

    private static func bound(_ index: GoValue, upTo limit: Int) throws(TemplateComplaint) -> Int {
        guard index.isValid else { throw TemplateComplaint("cannot index slice/array with nil") }
        guard case .int(let place) = index.content else {
            throw TemplateComplaint("cannot index slice/array with type \(index.typeName)")
        }
        guard place >= 0, place <= limit else { throw TemplateComplaint("index out of range: \(place)") }
        return place
    }

    static func slice(_ item: GoValue, _ indexes: [GoValue]) throws(TemplateComplaint) -> GoValue {
        guard item.isValid else { throw TemplateComplaint("slice of untyped nil") }
        guard indexes.count <= 3 else { throw TemplateComplaint("too many slice indexes: \(indexes.count)") }
        let value = item.unwrapped
        switch value.content {
        case .string(let text):
            if indexes.count == 3 { throw TemplateComplaint("cannot 3-index slice a string") }
            let bytes = Array(text.utf8)
            return .string(String(decoding: bytes[try range(indexes, count: bytes.count)], as: UTF8.self))
        case .list(let elements, let shape):
            return GoValue(content: .list(Array(elements[try range(indexes, count: elements.count)]), shape))
        default: throw TemplateComplaint("can't slice item of type \(value.typeName)")
        }
    }

    private static func range(_ indexes: [GoValue], count: Int) throws(TemplateComplaint) -> Range<Int> {
        var bounds = [0, count]
        for (place, index) in indexes.enumerated() {
            let bound = try bound(index, upTo: count)
            if place < 2 {
                bounds[place] = bound
            } else if bounds[1] > bound {
                throw TemplateComplaint("invalid slice index: \(bounds[1]) > \(bound)")
            }
        }
        guard bounds[0] <= bounds[1] else { throw TemplateComplaint("invalid slice index: \(bounds[0]) > \(bounds[1])") }
        return bounds[0]..<bounds[1]
    }

    static func length(_ item: GoValue) throws(TemplateComplaint) -> Int {
        guard item.isValid else {
            throw TemplateComplaint(
                item.isInterface ? "len of nil pointer" : "reflect: call of reflect.Value.Type on zero Value")
        }
        let (value, isNil) = item.indirect
        if isNil { throw TemplateComplaint("len of nil pointer") }
        switch value.content {
        case .string(let text): return text.utf8.count
        case .list(let elements, _): return elements.count
        case .map(let object, _): return object.count
        default: throw TemplateComplaint("len of type \(value.typeName)")
        }
    }
}
