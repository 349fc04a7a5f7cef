# The machine's first process: starts the engine and the learner's program, reaps what is orphaned, and ends, and with it everything
# in the machine, when the grader closes its end of descriptor 3 (as its death does), or when the time is over. Says how things stand
# on descriptor 4, a line each.
say() { echo "$*" >&4; }
die() { say "failed $*"; exit 1; }
# Who may be killed when the machine's memory is at its end: the learner's lines first. Root without CAP_SYS_RESOURCE can't say less
# than it was born with; then only the lines say more.
may_die() { echo "$1" >/proc/self/oom_score_adj; } 2>/dev/null
may_die -1000

# cgroup v2 alone: controllers are handed down only by a cgroup in which there is no process, so this and the engine go to a leaf, whose
# name tells the engine that its containers' place is beside it (CgroupTree).
if [ -e /sys/fs/cgroup/cgroup.procs ]; then
    mkdir /sys/fs/cgroup/drydock-engine && echo 0 >/sys/fs/cgroup/drydock-engine/cgroup.procs || die "no cgroup for the engine"
fi

mkfifo -m 600 /run/ready || die "no pipe for the engine's word"
(
    may_die -500
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DRYDOCK_REGISTRY=lab DRYDOCK_RECIPES=/opt/drydock/images \
        /opt/drydock/drydock-engine --root /var/lib/drydock --confined --ready-fd 5 \
        5>/run/ready </dev/null >/run/engine.log 2>&1 3<&- 4>&- 10<&- 11>&- 12>&-
    code=$?
    # A crash's reason stands in the log's last lines.
    say "engine $code $(tail -c 2000 /run/engine.log | tr -c '[:print:]' ' ')"
) &
read -r -t 30 word </run/ready && [ "$word" = ok ] || die "the engine: ${word:-says nothing} $(tail -n 1 /run/engine.log)"
chgrp "$LEARNER" /run/drydock/engine.sock && : >/learner/run/drydock/engine.sock \
    && mount --bind /run/drydock/engine.sock /learner/run/drydock/engine.sock \
    && mount -o bind,remount,ro,nosuid,nodev /learner || die "the engine's socket can't be shown to the learner"

# A share of the machine for the learner's own lines, so that they can't starve the engine.
groups=()
limit() { [ -e "$2" ] && echo "$1" >"$2"; }
for folder in /sys/fs/cgroup/memory/learner /sys/fs/cgroup/pids/learner; do
    [ -e "${folder%/*}/tasks" ] && mkdir "$folder" && groups+=("$folder")
done
limit "$LEARNER_MEMORY" /sys/fs/cgroup/memory/learner/memory.limit_in_bytes
limit "$LEARNER_PROCESSES" /sys/fs/cgroup/pids/learner/pids.max
if [ -e /sys/fs/cgroup/cgroup.procs ]; then
    mkdir /sys/fs/cgroup/learner && groups+=(/sys/fs/cgroup/learner)
    limit "+memory +pids" /sys/fs/cgroup/cgroup.subtree_control
    limit "$LEARNER_MEMORY" /sys/fs/cgroup/learner/memory.max
    limit "$LEARNER_PROCESSES" /sys/fs/cgroup/learner/pids.max
fi
say ready
read -r -u 3 word && [ "$word" = go ] || exit 0
(
    exec 3<&-
    (
        may_die 800
        for group in "${groups[@]}"; do echo 0 >"$group/cgroup.procs" || exit 126; done
        exec 4>&-
        ulimit -c 0 -f "$LEARNER_FILE_KIB" -n 256 -t "$LEARNER_CPU" -u "$LEARNER_PROCESSES" -v "$LEARNER_ADDRESS_KIB" || exit 126
        # Without a capability in any set there is none to get by set-user-id or by file, even were there such a program.
        # A build in one's home folder is warned of and asked about: the lesson's folder is another one.
        exec setsid chroot /learner /usr/bin/env -i -C /home/learner HOME=/tmp USER=learner LOGNAME=learner LANG=C.UTF-8 \
            TERM=xterm PATH=/usr/local/bin:/usr/bin:/bin:/opt/drydock DOCKER_HOST=unix:///run/drydock/engine.sock \
            /usr/bin/setpriv --reuid "$LEARNER" --regid "$LEARNER" --clear-groups --no-new-privs --inh-caps=-all --ambient-caps=-all \
            --bounding-set=-all -- "$@" <&10 >&11 2>&12 10<&- 11>&- 12>&-
    )
    say "exit $?"
) &
exec 10<&- 11>&- 12>&-
# Nothing more is ever sent on 3: this ends with its end, or with the time.
read -r -t "$SECONDS_LIMIT" -u 3 _
[ $? -gt 128 ] && say timeout
exit 0
