import Narration

/// The shell functions that the scripts' lines call.
enum ScriptFunctions {
    static let always = [
        "die() { echo \"$*\" >&2; exit 1; }",
        "# A cgroup can go when its processes have been reaped.",
        "gone() {",
        "    local try",
        "    for try in {1..100}; do",
        "        [ -d \"$1\" ] || return 0",
        "        rmdir \"$1\" 2>/dev/null && return 0",
        "        sleep 0.05",
        "    done",
        "    echo \"$1 is still in use\" >&2",
        "}",
    ]

    /// Ends what the script has started: only a process that is in its own cgroups.
    /// - Parameter cgroup: whose process it is.
    static func endsProcess(in cgroup: String) -> [String] {
        [
            "    if [ -s \"$B/pid\" ]; then",
            "        local pid",
            "        pid=$(<\"$B/pid\")",
            "        if grep -qs \"/\(cgroup)\" \"/proc/$pid/cgroup\"; then",
            "            kill -s KILL \"$pid\"",
            "            tail --pid=\"$pid\" -s 0.02 -f /dev/null",
            "        fi",
            "    fi",
        ]
    }

    /// What the inner shell needs, before and after the change of the root.
    static let inside = slot + loader + hostsTools

    static let slot = [
        "# slot NUMBER HOW SOURCE: a copy of a mount, to be moved to its place later.",
        "slot() {",
        "    rm -df \"$B/slots/$1\"",
        "    if [ -d \"$3\" ]; then mkdir -p \"$B/slots/$1\"; else : >\"$B/slots/$1\"; fi",
        "    mount \"$2\" \"$3\" \"$B/slots/$1\"",
        "}",
    ]

    static let hostsTools = [
        "use_hosts_tools() {",
        "    local tool",
        "    mount() { \"${TOOL[@]}\" ./bin/mount -n -i -c \"$@\"; }",
        "    umount() { \"${TOOL[@]}\" ./bin/umount -n -i -c \"$@\"; }",
        "    for tool in mkdir mknod ln prlimit; do eval \"$tool() { \\\"\\${TOOL[@]}\\\" ./bin/$tool \\\"\\$@\\\"; }\"; done",
        "}",
    ]

    /// A container's own layer as an archive, the overlay's marks as the layer format has them.
    static let pack = [
        "is_opaque() {",
        "    tar --no-recursion --format=pax --xattrs --xattrs-include='trusted.overlay.opaque' -C \"$1\" -cf - . |",
        "        grep -aq 'SCHILY.xattr.trusted.overlay.opaque=y'",
        "}",
        "# pack FOLDER ARCHIVE",
        "pack() {",
        "    local copy=$B/commit/fs file",
        "    rm -rf \"$B/commit\"",
        "    mkdir -p \"$copy\"",
        "    cp -a \"$1/.\" \"$copy\"",
        "    while IFS= read -r -d '' file; do",
        "        [ \"$(stat -c %t:%T \"$file\")\" = 0:0 ] || continue",
        "        rm \"$file\"",
        "        : >\"${file%/*}/.wh.${file##*/}\"",
        "    done < <(find \"$copy\" -type c -print0)",
        "    while IFS= read -r -d '' file; do",
        "        if is_opaque \"$file\"; then : >\"$file/.wh..wh..opq\"; fi",
        "    done < <(find \"$copy\" -mindepth 1 -type d -print0)",
        "    tar --numeric-owner --xattrs --xattrs-exclude='trusted.overlay.*' --sort=name --format=pax -C \"$copy\" -cf \"$2\" .",
        "}",
    ]

    /// How to call the host's tools where / is another's: by the loader, from the host's /usr.
    static let loader = [
        "find_loader() {",
        "    local loader",
        "    loader=$(readlink -f \"$(ldd /usr/bin/mount | sed -n 's/^[[:space:]]*\\(.* => \\)\\{0,1\\}\\(\\/[^ ]*\\/ld[^ ]*\\) .*/\\2/p')\")",
        "    case $loader in /usr/*) loader=./${loader#/usr/} ;; *) echo \"the loader is not below /usr: $loader\" >&2; exit 1 ;; esac",
        "    TOOL=(\"$loader\" --library-path \"${loader%/*}\")",
        "}",
    ]
}
