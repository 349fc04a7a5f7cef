// Kills the process that it is preloaded into at the Nth of the calls that change what outlives it: names, owners and contents of files,
// syncs, mounts, cgroups, links, signals, and what is said to shims. Points are counted in two: 2k-1 is before the kth call, 2k is after it.
//
// CRASH_POINTS names a file of four 64-bit numbers, shared with whoever tests: armed, counted so far, to die at (0: never), and an errno: where
// that is not 0 nobody dies, but the call fails with it, unmade. Behind them stands what the call was that was met.
//
// CRASH_SYNCS names a file to which each sync and each rename is appended, for order.py, which says what is to be synced before and after.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct points {
    _Atomic int64_t armed, counted, fatal, error;
    char call[32];
};

static struct points *points;
static long (*real_syscall)(long, ...);
static pid_t owner;
static int syncs = -1;

__attribute__((constructor)) static void open_points(void) {
    real_syscall = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    const char *path = getenv("CRASH_POINTS");
    if (path == NULL) return;
    // Only the engine itself: what it starts inherits nothing.
    char comm[32] = "";
    int file = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        if (read(file, comm, sizeof comm - 1) < 0) comm[0] = 0;
        close(file);
    }
    const char *wanted = getenv("CRASH_PROCESS");
    if (wanted == NULL || strncmp(comm, wanted, strlen(wanted)) != 0) return;
    file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *shared = mmap(NULL, sizeof *points, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (shared == MAP_FAILED) return;
    owner = getpid();
    points = shared;
    path = getenv("CRASH_SYNCS");
    if (path == NULL) return;
    int notes = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    // Above the numbers that a spawned shim's descriptors get.
    syncs = notes < 0 ? -1 : fcntl(notes, F_DUPFD_CLOEXEC, 900);
    if (notes >= 0) close(notes);
}

// True when the call is to fail; errno is set then.
static int point(const char *call) {
    if (points == NULL || !atomic_load(&points->armed)) return 0;
    int64_t number = atomic_fetch_add(&points->counted, 1) + 1;
    if (number != atomic_load(&points->fatal)) return 0;
    snprintf(points->call, sizeof points->call, "%s", call);
    if (atomic_load(&points->error)) {
        errno = (int)atomic_load(&points->error);
        return 1;
    }
    // A child between clone and exec shares this memory: it is the engine that dies.
    kill(owner, SIGKILL);
    for (;;) pause();
}

static int is_armed(void) { return points != NULL && atomic_load(&points->armed); }

// Netlink, and messages to shims, which alone come with sendmsg(2). Talk with clients and registries changes nothing by itself.
static int is_order(long number, int socket) {
    int family = 0;
    socklen_t size = sizeof family;
    if (real_syscall(SYS_getsockopt, (long)socket, (long)SOL_SOCKET, (long)SO_DOMAIN, &family, &size) != 0) return 0;
    return family == AF_NETLINK || (family == AF_UNIX && number == SYS_sendmsg);
}

// Not the log, which tells what happens and is none of it.
static int is_file(int file) {
    struct stat what;
    return file > 2 && fstat(file, &what) == 0 && S_ISREG(what.st_mode);
}

// The call's name, where it counts.
static const char *counts(long number, long first) {
    if (number == SYS_sendto || number == SYS_sendmsg)
        return is_armed() && is_order(number, (int)first) ? (number == SYS_sendto ? "sendto" : "sendmsg") : NULL;
    switch (number) {
#ifdef SYS_rename
    case SYS_rename: return "rename";
#endif
#ifdef SYS_renameat
    case SYS_renameat: return "renameat";
#endif
    case SYS_renameat2: return "renameat2";
    case SYS_fchown: return "fchown";
    case SYS_fchownat: return "fchownat";
    case SYS_linkat: return "linkat";
    case SYS_symlinkat: return "symlinkat";
    case SYS_mknodat: return "mknodat";
    case SYS_pidfd_send_signal: return "pidfd_send_signal";
    case SYS_syncfs: return "syncfs";
    case SYS_open_tree: return "open_tree";
    case SYS_move_mount: return "move_mount";
    case SYS_mount_setattr: return "mount_setattr";
    case SYS_unshare: return "unshare";
    case SYS_mount: return "mount";
    case SYS_umount2: return "umount2";
    default: return NULL;
    }
}

// The notes of syncs and renames. Whoever reads them knows files by device and inode, since names change.

static void note(const char *line, int length) {
    if (syncs >= 0 && length > 0) real_syscall(SYS_write, (long)syncs, line, (long)length);
}

// "device:inode", or nothing that a file has.
static void identify(const struct stat *file, char identity[48]) {
    snprintf(identity, 48, "%lu:%lu", (unsigned long)file->st_dev, (unsigned long)file->st_ino);
}

static void note_file(const char *what, int file, const char *path) {
    struct stat known;
    char identity[48], line[4352];
    if (syncs < 0 || fstat(file, &known) != 0) return;
    identify(&known, identity);
    note(line, snprintf(line, sizeof line, "%s\t%s\t%s\n", what, identity, path));
}

static void resolve(int folder, const char *path, char whole[4096]) {
    char place[64];
    if (path[0] == '/' || syncs < 0) {
        snprintf(whole, 4096, "%s", path);
        return;
    }
    snprintf(place, sizeof place, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
    long length = real_syscall(SYS_readlinkat, (long)AT_FDCWD, place, whole, 4095L);
    snprintf(whole + (length > 0 ? length : 0), 4096 - (size_t)(length > 0 ? length : 0), "/%s", path);
}

static void above(const char *path, char identity[48]) {
    struct stat known;
    char folder[4096];
    snprintf(folder, sizeof folder, "%.*s/", (int)(strrchr(path, '/') - path), path);
    if (stat(folder, &known) == 0) identify(&known, identity);
}

static void note_rename(int from_folder, const char *from, int to_folder, const char *to) {
    struct stat known;
    char source[4096], target[4096], identity[48], left[48] = "-", entered[48] = "-", line[8448];
    resolve(from_folder, from, source);
    resolve(to_folder, to, target);
    if (lstat(target, &known) != 0) return;
    identify(&known, identity);
    above(source, left);
    above(target, entered);
    note(line, snprintf(line, sizeof line, "rename\t%s\t%s\t%s\t%s\t%s\n", identity, left, entered, source, target));
}

static void note_call(long number, long a, long b, long c, long d) {
    if (syncs < 0) return;
    switch (number) {
    case SYS_syncfs: return note_file("syncfs", (int)a, "");
#ifdef SYS_rename
    case SYS_rename: return note_rename(AT_FDCWD, (const char *)a, AT_FDCWD, (const char *)b);
#endif
#ifdef SYS_renameat
    case SYS_renameat: return note_rename((int)a, (const char *)b, (int)c, (const char *)d);
#endif
    case SYS_renameat2: return note_rename((int)a, (const char *)b, (int)c, (const char *)d);
    default: return;
    }
}

// CInterpose and CDrydock make their calls through this function.
long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long), d = va_arg(list, long), e = va_arg(list, long),
         f = va_arg(list, long);
    va_end(list);
    const char *name = counts(number, a);
    if (name == NULL) return real_syscall(number, a, b, c, d, e, f);
    if (point(name)) return -1;
    long result = real_syscall(number, a, b, c, d, e, f);
    int error = errno;
    if (result == 0) note_call(number, a, b, c, d);
    point(name);
    errno = error;
    return result;
}

// A function of libc's: counted where `condition` holds; what it has done well is noted by `after`. It stands under a name of its own here,
// since the headers declare some of them otherwise (open(2) with dots).
#define COUNTED_IF(condition, type, name, parameters, arguments, after) \
    type counted_##name parameters __asm__(#name); \
    type counted_##name parameters { \
        static type(*real) parameters; \
        if (real == NULL) real = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
        if (!(condition)) return real arguments; \
        if (point(#name)) return -1; \
        type result = real arguments; \
        int error = errno; \
        if (result >= 0) after; \
        point(#name); \
        errno = error; \
        return result; \
    }
#define COUNTED(type, name, parameters, arguments) COUNTED_IF(1, type, name, parameters, arguments, (void)0)

COUNTED_IF(1, int, fsync, (int file), (file), note_file("sync", file, ""))
COUNTED_IF(1, int, fdatasync, (int file), (file), note_file("sync", file, ""))
COUNTED_IF(is_armed() && is_file(file), ssize_t, write, (int file, const void *bytes, size_t count), (file, bytes, count), (void)0)
COUNTED(int, unlink, (const char *path), (path))
COUNTED(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
COUNTED(int, mkdir, (const char *path, mode_t mode), (path, mode))
COUNTED(int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
COUNTED(int, rmdir, (const char *path), (path))
COUNTED(int, mount, (const char *source, const char *target, const char *type, unsigned long flags, const void *data),
        (source, target, type, flags, data))
COUNTED(int, umount2, (const char *target, int flags), (target, flags))
COUNTED(int, unshare, (int flags), (flags))
COUNTED(ssize_t, pwrite, (int file, const void *bytes, size_t count, off_t offset), (file, bytes, count, offset))

static void note_made(int file, int folder, const char *path) {
    char whole[4096];
    resolve(folder, path, whole);
    note_file("make", file, whole);
}

// A file that is made. Without O_CREAT there is no mode; what stands in its place is handed on unread.
#define OPENING(name, folder, parameters, arguments) \
    COUNTED_IF((flags & O_CREAT) && (syncs >= 0 || is_armed()), int, name, parameters, arguments, note_made((int)result, folder, path))

OPENING(open, AT_FDCWD, (const char *path, int flags, mode_t mode), (path, flags, mode))
OPENING(open64, AT_FDCWD, (const char *path, int flags, mode_t mode), (path, flags, mode))
OPENING(openat, folder, (int folder, const char *path, int flags, mode_t mode), (folder, path, flags, mode))
OPENING(openat64, folder, (int folder, const char *path, int flags, mode_t mode), (folder, path, flags, mode))
