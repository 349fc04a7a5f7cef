import Lessons
import Replay

/// What of a lesson can't be judged in a replay, since a machine without a host, a network and rights doesn't have it: found by playing the
/// lesson's own commands there. What these don't meet, nobody is blamed for.
public struct LessonReach: Sendable {
    /// By step: checks as they stand in the lesson.
    private var missed: [String: Set<String>] = [:]
    /// What the lesson's own commands try and are not let.
    private(set) var attempts: Set<String> = []

    /// All can be judged.
    public init() {}

    /// Plays the lesson in a machine.
    /// - Throws: when no machine could be made.
    public init(_ lesson: Lesson, options: ReplayOptions, lineSeconds: Int = 60) throws {
        let audience = TrialAudience(isDrydock: true, isFull: false)
        let host = try MachineHost(options, images: lesson.images)
        defer { host.end() }
        let play = LessonPlay(lesson, on: host)
        for step in lesson.steps where audience.plays(step) {
            try play.begin(step)
            for command in step.commands { _ = try play.run(command.text, keys: command.keys, seconds: lineSeconds) }
            for (check, outcome) in play.judge(audience.answered(step.checks + step.invariants)) where !outcome.hasPassed {
                missed[step.id, default: []].insert(check.source)
            }
            play.finish(step)
        }
        attempts = Set(host.refusals())
    }

    /// Steps of which something can't be judged.
    var steps: Set<String> { Set(missed.keys) }

    /// Those of a step's checks that can be judged.
    func checks(_ checks: [Check], of step: LessonStep) -> [Check] {
        guard let missed = missed[step.id] else { return checks }
        return checks.filter { !missed.contains($0.source) }
    }
}
