// Names, owners and links of files, and connections: made by the store, libarchive and libcurl, which know nothing of steps.
// A thread without an observer pays one thread-local load and one branch more than libc's own wrapper costs it.
#define _GNU_SOURCE
#include "CInterpose.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct file_watcher {
    ci_file_observer observer;
    void *context;
    int muted;
};

static __thread struct file_watcher watcher;

void ci_observe_files(ci_file_observer observer, void *context) {
    watcher.observer = observer;
    watcher.context = context;
}

void *ci_file_context(void) { return watcher.observer ? watcher.context : NULL; }

void ci_mute_files(int muted) { watcher.muted = muted; }

static int unwatched(void) { return __builtin_expect(watcher.observer == NULL, 1) || watcher.muted; }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

// `call` has everything but its outcome; errno is the call's own, before and after.
static int tell(struct ci_file_call call, long result, double begun) {
    int error = errno;
    call.result = result;
    call.error = result < 0 ? error : 0;
    call.microseconds = now() - begun;
    watcher.observer(watcher.context, &call);
    errno = error;
    return (int)result;
}

#define TWO_PATHS(call, from_folder, from, to_folder, to) \
    ((struct ci_file_call){.name = call, .paths = 2, .folder = from_folder, .path = from, .other_folder = to_folder, .other_path = to})
#define OWNER(call, at, file_name, uid, gid) \
    ((struct ci_file_call){.name = call, .paths = 1, .folder = at, .path = file_name, .numbers = 2, .first = uid, .second = gid})

int rename(const char *from, const char *to) {
#ifdef SYS_rename
    if (unwatched()) return (int)syscall(SYS_rename, from, to);
    double begun = now();
    return tell(TWO_PATHS("rename", AT_FDCWD, from, AT_FDCWD, to), syscall(SYS_rename, from, to), begun);
#else
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
#endif
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
#ifdef SYS_renameat
    if (unwatched()) return (int)syscall(SYS_renameat, from_folder, from, to_folder, to);
    double begun = now();
    return tell(TWO_PATHS("renameat", from_folder, from, to_folder, to), syscall(SYS_renameat, from_folder, from, to_folder, to), begun);
#else
    return renameat2(from_folder, from, to_folder, to, 0);
#endif
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    if (unwatched()) return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    double begun = now();
    long result = syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    return tell(TWO_PATHS("renameat2", from_folder, from, to_folder, to), result, begun);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    if (unwatched()) return (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
    double begun = now();
    long result = syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
    return tell(TWO_PATHS("linkat", from_folder, from, to_folder, to), result, begun);
}

int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

// The target is text, no path to be resolved: it is told as the first path of no folder.
int symlinkat(const char *target, int folder, const char *path) {
    if (unwatched()) return (int)syscall(SYS_symlinkat, target, folder, path);
    double begun = now();
    long result = syscall(SYS_symlinkat, target, folder, path);
    return tell(TWO_PATHS("symlinkat", CI_TEXT, target, folder, path), result, begun);
}

int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }

int fchown(int file, uid_t owner, gid_t group) {
    if (unwatched()) return (int)syscall(SYS_fchown, file, owner, group);
    double begun = now();
    long result = syscall(SYS_fchown, file, owner, group);
    return tell(OWNER("fchown", file, NULL, owner, group), result, begun);
}

int fchownat(int folder, const char *path, uid_t owner, gid_t group, int flags) {
    if (unwatched()) return (int)syscall(SYS_fchownat, folder, path, owner, group, flags);
    double begun = now();
    long result = syscall(SYS_fchownat, folder, path, owner, group, flags);
    return tell(OWNER("fchownat", folder, path, owner, group), result, begun);
}

int chown(const char *path, uid_t owner, gid_t group) { return fchownat(AT_FDCWD, path, owner, group, 0); }

int lchown(const char *path, uid_t owner, gid_t group) { return fchownat(AT_FDCWD, path, owner, group, AT_SYMLINK_NOFOLLOW); }

int mknodat(int folder, const char *path, mode_t mode, dev_t device) {
    if (unwatched()) return (int)syscall(SYS_mknodat, folder, path, mode, (unsigned)device);
    double begun = now();
    long result = syscall(SYS_mknodat, folder, path, mode, (unsigned)device);
    struct ci_file_call call = {
        .name = "mknodat", .paths = 1, .folder = folder, .path = path, .numbers = 2, .first = mode, .second = (int64_t)device};
    return tell(call, result, begun);
}

// A local socket is no registry: only the Internet's families are told.
int connect(int socket, const struct sockaddr *address, socklen_t size) {
    int is_told = !unwatched() && address != NULL && (address->sa_family == AF_INET || address->sa_family == AF_INET6);
    double begun = is_told ? now() : 0;
    long result = syscall(SYS_connect, socket, address, size);
    if (!is_told) return (int)result;
    int error = errno, kind = 0;
    socklen_t length = sizeof kind;
    int is_stream = syscall(SYS_getsockopt, socket, SOL_SOCKET, SO_TYPE, &kind, &length) == 0 && kind == SOCK_STREAM;
    errno = error;
    // libc asks for routes with datagram sockets that send nothing.
    if (!is_stream) return (int)result;
    return tell((struct ci_file_call){.name = "connect", .folder = socket, .address = address}, result, begun);
}
