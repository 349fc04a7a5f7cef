import Basics

/// The engine's answer to `GET /drydock/builds`, as what draws it needs it.
struct BuildStoryAnswer {
    struct Stage {
        var number: Int
        var name: String
        var base: String
        var baseStage: Int?
        var baseSize: Int
        var image: String
        var size: Int
        var steps: [Step]
        var copiedFiles: Int
        var copiedBytes: Int
        var keptBytes: Int
        var leftBytes: Int
    }

    struct Step {
        var number: Int
        var instruction: String
        /// `HIT`, `MISS`, `FAILED`, `NOT RUN` or nothing.
        var result: String
        var why: String
        var details: [String]
        var layer: Layer?
        var copy: Copy?
    }

    struct Layer {
        var added: Int
        var changed: Int
        var deleted: Int
        var bytes: Int
    }

    struct Copy {
        var stage: Int?
        var image: String
        var files: Int
        var bytes: Int
    }

    var image: String
    var names: [String]
    var built: String
    var isFailed: Bool
    var isFromHistory: Bool
    var size: Int
    var stages: [Stage]

    /// The first twelve digits of an image's id.
    var shortImage: String { String((image.split(separator: ":").last ?? "").prefix(12)) }

    /// Absent members are empty.
    init(_ json: JSONValue) {
        image = json["image"]?.stringValue ?? ""
        names = json["names"]?.arrayValue?.compactMap(\.stringValue) ?? []
        built = json["built"]?.stringValue ?? ""
        isFailed = json["isFailed"]?.boolValue ?? false
        isFromHistory = json["isFromHistory"]?.boolValue ?? false
        size = Self.number(json["size"])
        stages = json["stages"]?.arrayValue?.map(Stage.init) ?? []
    }

    fileprivate static func number(_ json: JSONValue?) -> Int { max(0, json?.intValue ?? 0) }
}

extension BuildStoryAnswer.Stage {
    fileprivate init(_ json: JSONValue) {
        let number = BuildStoryAnswer.number
        self.init(
            number: number(json["number"]), name: json["name"]?.stringValue ?? "", base: json["base"]?.stringValue ?? "",
            baseStage: json["baseStage"]?.intValue, baseSize: number(json["baseSize"]), image: json["image"]?.stringValue ?? "",
            size: number(json["size"]), steps: json["steps"]?.arrayValue?.map(BuildStoryAnswer.Step.init) ?? [],
            copiedFiles: number(json["copiedFiles"]), copiedBytes: number(json["copiedBytes"]), keptBytes: number(json["keptBytes"]),
            leftBytes: number(json["leftBytes"]))
    }
}

extension BuildStoryAnswer.Step {
    fileprivate init(_ json: JSONValue) {
        let number = BuildStoryAnswer.number
        let layer = json["layer"].flatMap { $0.isNull ? nil : $0 }
        let copy = json["copy"].flatMap { $0.isNull ? nil : $0 }
        self.init(
            number: number(json["number"]), instruction: json["instruction"]?.stringValue ?? "", result: json["result"]?.stringValue ?? "",
            why: json["why"]?.stringValue ?? "", details: json["details"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            layer: layer.map {
                BuildStoryAnswer.Layer(
                    added: number($0["added"]), changed: number($0["changed"]), deleted: number($0["deleted"]), bytes: number($0["bytes"]))
            },
            copy: copy.map {
                BuildStoryAnswer.Copy(
                    stage: $0["stage"]?.intValue, image: $0["image"]?.stringValue ?? "", files: number($0["files"]),
                    bytes: number($0["bytes"]))
            })
    }
}
