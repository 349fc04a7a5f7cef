import Basics

/// The filters of a command, in the API's form: `{"name":{"web":true}}`.
func filterQuery(_ filters: [String]) -> [(String, String)] {
    var object = JSONObject()
    for filter in filters {
        let parts = filter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { continue }
        var values = object[parts[0]]?.objectValue ?? [:]
        values[parts[1]] = true
        object[parts[0]] = .object(values.sortedByKey())
    }
    return object.isEmpty ? [] : [("filters", JSONValue.object(object.sortedByKey()).text())]
}
