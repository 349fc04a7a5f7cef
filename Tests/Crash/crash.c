// Kills the process that it is preloaded into at the Nth of the calls that change what outlives it: names and owners of files, syncs,
// mounts, cgroups, links. Points are counted in two: 2k-1 is before the kth call, 2k is after it.
//
// CRASH_POINTS names a file of four 64-bit numbers, shared with whoever tests: armed, counted so far, to die at (0: never), and an errno: where
// that is not 0 nobody dies, but the call fails with it, unmade.
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
};

static struct points *points;
static long (*real_syscall)(long, ...);
static pid_t owner;

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
}

// True when the call is to fail; errno is set then.
static int point(void) {
    if (points == NULL || !atomic_load(&points->armed)) return 0;
    int64_t number = atomic_fetch_add(&points->counted, 1) + 1;
    if (number != atomic_load(&points->fatal)) return 0;
    if (atomic_load(&points->error)) {
        errno = (int)atomic_load(&points->error);
        return 1;
    }
    // A child between clone and exec shares this memory: it is the engine that dies.
    kill(owner, SIGKILL);
    for (;;) pause();
}

// Talk with clients and shims changes nothing by itself.
static int is_netlink(int socket) {
    int family = 0;
    socklen_t size = sizeof family;
    return real_syscall(SYS_getsockopt, (long)socket, (long)SOL_SOCKET, (long)SO_DOMAIN, &family, &size) == 0 && family == AF_NETLINK;
}

static int counts(long number, long first) {
    if (number == SYS_sendto || number == SYS_sendmsg) return points != NULL && is_netlink((int)first);
    switch (number) {
#ifdef SYS_rename
    case SYS_rename:
#endif
#ifdef SYS_renameat
    case SYS_renameat:
#endif
    case SYS_renameat2:
    case SYS_linkat:
    case SYS_symlinkat:
    case SYS_mknodat:
    case SYS_syncfs:
    case SYS_open_tree:
    case SYS_move_mount:
    case SYS_mount_setattr:
    case SYS_unshare:
    case SYS_mount:
    case SYS_umount2:
        return 1;
    default:
        return 0;
    }
}

// CInterpose and CDrydock make their calls through this function.
long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long), d = va_arg(list, long), e = va_arg(list, long),
         f = va_arg(list, long);
    va_end(list);
    if (!counts(number, a)) return real_syscall(number, a, b, c, d, e, f);
    if (point()) return -1;
    long result = real_syscall(number, a, b, c, d, e, f);
    int error = errno;
    point();
    errno = error;
    return result;
}

#define COUNTED(type, name, parameters, arguments) \
    type name parameters { \
        static type(*real) parameters; \
        if (real == NULL) real = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
        if (point()) return -1; \
        type result = real arguments; \
        int error = errno; \
        point(); \
        errno = error; \
        return result; \
    }

COUNTED(int, fsync, (int file), (file))
COUNTED(int, fdatasync, (int file), (file))
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
