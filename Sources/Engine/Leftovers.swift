import Basics
import Steps
import Store

extension ContainerEngine {
    /// Deletes the files of what is no more: it has been renamed out of its place.
    ///
    /// What can't be deleted (a broken disk, a file that root made immutable) does not make the removal fail, since that has happened:
    /// who would repeat it would hear that there is nothing to remove. It is told, `doctor` names it, and the next sweep takes it. So
    /// does containerd with a snapshot's folder.
    /// - Returns: whether nothing is left.
    @discardableResult
    func deleteFiles(at aside: String, _ step: Step) -> Bool {
        do {
            try FileTree.remove(aside)
            return true
        } catch {
            leave("\(error)", step)
            return false
        }
    }

    /// Says what a removal has left.
    func leave(_ what: String, _ step: Step) {
        step.reason("left for the next sweep", what)
        log("left for the next sweep: \(what)")
    }
}
