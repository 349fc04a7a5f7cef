// What the kernel offers and Glibc's Swift module does not: variadic calls, calls without a wrapper, and the child between
// clone and exec, where no Swift may run.
#ifndef CDRYDOCK_H
#define CDRYDOCK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/uio.h>
#include <sys/stat.h>
#include <sys/mount.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/ioctl.h>
#include <sys/file.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <poll.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>
#include "child.h"

// --- Calls that Swift cannot reach: variadic in libc, or without a wrapper there ---
/// O_PATH of open(2), which Glibc's module hides.
static const int dd_o_path = 010000000;
int dd_open(const char *path, int flags, mode_t mode);
int dd_openat(int dirfd, const char *path, int flags, mode_t mode);
int dd_fcntl(int fd, int command, long argument);
int dd_ioctl(int fd, unsigned long request, void *argument);
int dd_pidfd_open(pid_t pid, unsigned flags);
int dd_pidfd_send_signal(int pidfd, int signal);
/// prctl(2) PR_SET_DUMPABLE 0: processes of the same user get neither at this one's memory nor at its descriptors.
int dd_hide_process(void);
int dd_memfd_create(const char *name, unsigned flags);
/// renameat2(2) with RENAME_NOREPLACE, RENAME_EXCHANGE, …
int dd_renameat2(int olddir, const char *old, int newdir, const char *new_, unsigned flags);
/// openat2(2) for reading, with RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS: never leaves `root`. Anything but a regular file is EINVAL, unopened.
int dd_open_beneath(int root, const char *path);
/// open_tree(2): a copy of a file's mount, in no mount namespace. Close-on-exec.
int dd_open_tree(const char *path);
/// mount_setattr(2): such a copy becomes read-only.
int dd_make_readonly(int tree);
/// unshare(2) of the mount namespace, for the calling thread alone.
int dd_unshare_mounts(void);
/// setns(2) into a mount namespace, for the calling thread alone, which must have unshared its own: a pidfd or a descriptor of /proc/…/ns/mnt.
int dd_enter_mounts(int fd);
/// open_tree(2) with OPEN_TREE_CLONE: a copy of a mount, with those in it if `recursive`, that belongs to the descriptor.
int dd_clone_mount(const char *path, int recursive);
/// move_mount(2): puts such a copy in a place that is open; the copy's descriptor is its root's from then on.
int dd_place_mount(int mount, int place);
/// True when the kernel knows a type of file system; it loads the type's module for that if it has to (fsopen(2)).
int dd_has_filesystem(const char *type);
/// accept4(2): close-on-exec; `nonblocking` also O_NONBLOCK.
int dd_accept(int fd, int nonblocking);
/// pipe2(2), close-on-exec.
int dd_pipe(int ends[2]);
/// socketpair(2) of stream sockets, close-on-exec.
int dd_socketpair(int ends[2]);
/// The calling thread's id.
pid_t dd_gettid(void);
int dd_major(dev_t device);
int dd_minor(dev_t device);

// --- Unix sockets whose path may be longer than sun_path: `name` is resolved in `directory` ---
int dd_unix_listen(const char *directory, const char *name, int backlog);
int dd_unix_connect(const char *directory, const char *name);

/// Sends `length` bytes (one at least) with up to 253 file descriptors (SCM_MAX_FD). Returns sendmsg's result.
ssize_t dd_send_fds(int socket, const void *bytes, size_t length, const int *fds, int count);
/// Receives bytes and up to `capacity` descriptors (close-on-exec); their number goes to `*count`.
ssize_t dd_recv_fds(int socket, void *bytes, size_t length, int *fds, int capacity, int *count);

/// Starts a program with exactly the descriptors `fds[0..<count]`, which become 0, 1, 2, … in it; everything else is closed.
/// The child begins a session of its own with default signal handling. Built on clone(CLONE_VFORK | CLONE_VM | CLONE_PIDFD).
/// Returns the pid, or -1 with errno, also when exec itself failed. `*pidfd` is close-on-exec.
pid_t dd_spawn(const char *path, char *const argv[], char *const envp[], const int *fds, int count, int *pidfd);

/// Runs `body(context)` on a detached thread with
/// a stack of `stack` bytes. Returns 0 or an error number.
int dd_detached_thread(size_t stack, void (*body)(void *), void *context);

/// BPF_PROG_LOAD of a device filter; the instructions are `struct bpf_insn`. Returns a descriptor, or -1 with errno.
int dd_bpf_load_device_filter(const uint64_t *instructions, uint32_t count);
/// BPF_PROG_ATTACH of a device filter to a cgroup v2 directory. It goes with the directory.
int dd_bpf_attach_device_filter(int program, int cgroup);

/// The name of this process in lists of processes, prctl(2) PR_SET_NAME.
void dd_name_process(const char *name);

/// Gives back the memory that only a program's start needed: its code's pages, and what malloc holds unused.
void dd_trim_memory(void);

#endif
