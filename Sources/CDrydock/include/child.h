// The container's first process between clone3 and execve: walks a table of operations that the engine prepared.
#ifndef CDRYDOCK_CHILD_H
#define CDRYDOCK_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What one operation does. The numbers are the wire format between engine and shim: only append.
enum dd_op_kind {
    DD_OP_WAIT = 0,          // wait for the engine's word
    DD_OP_MOUNT = 1,         // mount(s0, s1, s2, n0, s3)   s2 or s3 of length 0: NULL
    DD_OP_UMOUNT2 = 2,       // umount2(s0, n0)
    DD_OP_MKDIR = 3,         // mkdir(s0, n0)
    DD_OP_MKNOD = 4,         // mknod(s0, n0, n1) under umask 0
    DD_OP_SYMLINK = 5,       // symlink(s0, s1)
    DD_OP_CHDIR = 6,         // chdir(s0)
    DD_OP_PIVOT_ROOT = 7,    // pivot_root(s0, s1)
    DD_OP_SETHOSTNAME = 8,   // sethostname(s0)
    DD_OP_TOUCH = 9,         // openat(O_RDONLY | O_CREAT) and close: a file to mount something on
    DD_OP_WRITE = 10,        // open(s0, O_WRONLY), write(s1), close
    DD_OP_PRCTL = 11,        // prctl(n0, n1, n2, n3, n4)
    DD_OP_CAPSET = 12,       // capset: effective n0, permitted n1, inheritable n2
    DD_OP_SETGROUPS = 13,    // setgroups(list in s0 as u32)
    DD_OP_SETGID = 14,       // setresgid(n0, n0, n0)
    DD_OP_SETUID = 15,       // setresuid(n0, n0, n0)
    DD_OP_SECCOMP = 16,      // seccomp(SECCOMP_SET_MODE_FILTER, n0, filter in s0)
    DD_OP_NETLINK = 17,      // sendto + recvfrom on a route socket: message in s0, its acknowledgement awaited
    DD_OP_SETSID = 18,       // setsid()
    DD_OP_CTTY = 19,         // ioctl(0, TIOCSCTTY)
    DD_OP_UMASK = 20,        // umask(n0)
    DD_OP_CHMOD = 21,        // chmod(s0, n0)
    DD_OP_CHOWN = 22,        // chown(s0, n0, n1)
    DD_OP_SETRLIMIT = 23,    // prlimit(n0, soft n1, hard n2)
    DD_OP_EXECVE = 24,       // execve of s0, looked for in the directories of s3 when it has no slash; argv s1, envp s2, NUL-ended
    DD_OP_FCHOWN_STDIO = 25, // fchown(n2, n0, n1) where it is a pipe or a terminal; see DD_FCHOWN_* for its result
    DD_OP_OPEN_TREE = 26,    // open_tree(s0, OPEN_TREE_CLONE | n1) kept in slot n0: a bind mount's source, taken before pivot_root
    DD_OP_MOVE_MOUNT = 27,   // move_mount(slot n0, s0): resolved in the new root, where no symlink leads to the host
    DD_OP_PTY = 28,          // a terminal of the container's own devpts becomes 0, 1 and 2; its master goes to the shim
    DD_OP_SETNS = 29,        // setns(pidfd of the container's first process, n0)
    DD_OP_OPEN_AS = 30,      // openat(s0, n0), and it becomes descriptor n1
    DD_OP_SECOND_PROCESS = 31, // clone(CLONE_PARENT): the newborn goes on in the table, this process ends
    DD_OP_GETCWD = 32,       // getcwd(): an error when it lies outside of the root
    DD_OP_FLUSH = 33,        // what was done so far is told now; no call, and no report of its own
};

// What DD_OP_FCHOWN_STDIO came to, beside 0: it was made with those very numbers.
enum {
    DD_FCHOWN_NOT_CALLED = 1,  // neither a pipe nor a terminal
    DD_FCHOWN_OF_TERMINAL = 2, // made with -1 for the group
    DD_FCHOWN_REFUSED = 1000,  // and the error's number, which is no failure here
};

/// What comes over the console socket with the pidfd of the process that DD_OP_SECOND_PROCESS made. A terminal's master comes with a `p`.
struct dd_newborn {
    int32_t pid;       // as the shim sees it
    int32_t unused;
};

/// One record of the table, followed by `strings` times {u32 length, bytes, NUL}. Little-endian, unaligned.
struct dd_op {
    uint32_t size;     // of the whole record
    uint32_t kind;     // enum dd_op_kind
    uint32_t tolerate; // an errno that is no failure here (EEXIST of a mkdir), or 0; UINT32_MAX: whatever comes
    uint32_t strings;
    uint64_t n[5];
};

/// One report of the child, 32 bytes.
struct dd_report {
    uint32_t index;  // which operation of the table
    uint16_t phase;  // enum dd_phase
    uint16_t call;   // enum dd_call: which call of the operation
    int32_t error;   // errno, 0 when it worked
    uint32_t unused;
    int64_t result;
    uint64_t nanoseconds;
};

enum dd_phase {
    DD_PHASE_ABOUT = 0, // about to be made; in stepping mode the child waits for a byte
    DD_PHASE_CALL = 1,  // made, and another call of the same operation follows
    DD_PHASE_DONE = 2,  // made, and the operation is finished
};

enum dd_call { DD_CALL_OWN = 0, DD_CALL_SOCKET = 1, DD_CALL_RECVFROM = 2, DD_CALL_OPENAT = 3, DD_CALL_WRITE = 4, DD_CALL_IOCTL = 5,
               DD_CALL_SENDMSG = 6, DD_CALL_EXECVE_BEGINS = 7 /* result: which directory of PATH */ };

struct dd_clone {
    uint64_t flags;        // CLONE_NEW*
    int cgroup;            // descriptor of a cgroup v2 directory to start in, or -1
    int stdio[3];          // become 0, 1 and 2 of the child
    int channel;           // SOCK_STREAM socket to the engine
    int console;           // socket to the shim over which DD_OP_PTY and DD_OP_SECOND_PROCESS send descriptors, or -1
    int joined;            // pidfd of the process whose namespaces DD_OP_SETNS joins, or -1
    int stepping;          // wait for a byte before each operation
    const uint8_t *table;
    size_t length;
};

/// clone3(2) of a child that walks `table` and tells each call over `channel`.
/// Returns the pid, or -1 with errno; `*pidfd` is close-on-exec; `*nanoseconds` is what clone3 took.
pid_t dd_clone_child(const struct dd_clone *how, int *pidfd, uint64_t *nanoseconds);

#endif
