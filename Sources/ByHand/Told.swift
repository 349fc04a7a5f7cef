/// What the script has explained already. A build repeats the same steps for each instruction: they are explained once.
final class Told {
    private var steps: Set<String> = []
    private var remarks: Set<Remark> = []
    private var lists: Set<String> = []

    /// - Returns: true the first time.
    func isNew(step: String) -> Bool { steps.insert(step).inserted }
    func isNew(list: String) -> Bool { lists.insert(list).inserted }
    func isNew(_ remark: Remark) -> Bool { remarks.insert(remark).inserted }
}
