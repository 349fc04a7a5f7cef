/// The scripts that make a machine, of bash, busybox and util-linux.
///
/// By environment they get: TASKS (the cgroups' files to enter), PLACE (where the new root is built), PROGRAMS, RECIPES, PREPARED (the
/// hub), SWIFT (the runtime's libraries), DISK, INODES, HOME_SIZE, LEARNER (its uid), GRADER with INPUT, OUTPUT, ERRORS (its pipes),
/// LEARNER_… and SECONDS_LIMIT (limits).
enum MachineScripts {
    /// Into the machine's cgroups, and then into new namespaces: the cgroup namespace's root is where its maker stands.
    static let enter = """
        for file in $TASKS; do echo 0 >"$file" || exit 1; done
        exec "$UNSHARE" --mount --pid --net --ipc --uts --cgroup --fork --kill-child --propagation private "$BUSYBOX" sh -c "$BUILDER" \
        builder "$@"
        """
    static let build = String(decoding: PackageResources.build_machine_sh, as: UTF8.self)
    static let keep = String(decoding: PackageResources.keep_machine_sh, as: UTF8.self)
}
