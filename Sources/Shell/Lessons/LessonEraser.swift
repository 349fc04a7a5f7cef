import Basics
import Glibc
import Replay

/// Removes a lesson that isn't under way, with its containers.
struct LessonEraser {
    let place: LessonPlace

    func erase() throws {
        guard access(place.root, F_OK) == 0 else { return }
        // A shell that plays it holds its journal.
        let journal = open(place.journal, O_RDONLY | O_CLOEXEC)
        defer { if journal >= 0 { close(journal) } }
        if journal >= 0, flock(journal, LOCK_EX | LOCK_NB) != 0 {
            throw DrydockError(.conflict, "lesson \(place.id) is under way in another shell")
        }
        let host = try LessonHost(place)
        EngineCleaner(host.client).clear()
        host.end()
        try place.empty()
        try place.remove()
        // The folders that were made for the lesson go as far as they are empty: one in which a shell stands is made anew at the next start.
        if rmdir(place.home) == 0 { rmdir(String(place.home.dropLast("/\(place.id)".count))) }
    }
}
