/// Which Docker command makes a request: learners think in commands, checks ask for requests.
enum RequestWords {
    /// `docker logs web` for `GET /containers/web/logs*`; nil for a request that no command stands for.
    static func command(_ request: String) -> String? {
        let parts = request.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        let path = parts[1].prefix { $0 != "?" }
        let (method, words) = (parts[0], path.split(separator: "/").map { withoutQuery(String($0)) })
        switch words.count {
        case 0: return nil
        case 1: return commands["\(method) \(words[0])"]
        case 2 where method == "POST" || lists.contains(words[1]): return commands["\(method) \(words[0])/\(words[1])"]
        case _ where method == "DELETE" || words.count == 2:
            return commands["\(method) \(words[0])/*"].map { with($0, words[1...]) }
        default:
            // An image's name has slashes of its own.
            let name = words[1..<(words.count - 1)]
            return words.last == "json" ? with("docker inspect", name) : commands["\(method) */\(words.last ?? "")"].map { with($0, name) }
        }
    }

    private static func with(_ command: String, _ name: ArraySlice<String>) -> String {
        name == ["*"] ? command : "\(command) \(name.joined(separator: "/"))"
    }

    /// `json*single*`: what stands behind a star is of the query.
    private static func withoutQuery(_ text: String) -> String {
        let shown = text.prefix { $0 != "*" }
        return shown.isEmpty ? text : String(shown)
    }

    /// What stands in a name's place and is none.
    private static let lists: Set<String> = ["json", "search"]

    private static let commands = [
        "GET volumes": "docker volume ls", "GET networks": "docker network ls", "POST build": "docker build", "POST auth": "docker login",
        "GET images/json": "docker images", "GET containers/json": "docker ps", "GET images/search": "docker search",
        "POST images/prune": "docker image prune", "POST images/load": "docker load", "POST images/create": "docker pull",
        "POST containers/create": "docker create", "GET volumes/*": "docker volume inspect", "GET networks/*": "docker network inspect",
        "DELETE images/*": "docker rmi", "DELETE containers/*": "docker rm", "DELETE volumes/*": "docker volume rm",
        "GET */history": "docker history", "POST */push": "docker push", "POST */tag": "docker tag", "GET */logs": "docker logs",
        "POST */wait": "docker wait", "POST */exec": "docker exec", "POST */start": "docker start", "POST */stop": "docker stop",
        "POST */attach": "docker attach", "GET */changes": "docker diff", "GET */top": "docker top",
    ]
}
