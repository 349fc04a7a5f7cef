// A thread without an observer pays one thread-local load and one branch more than libc's own wrapper costs it.
// Nothing here allocates on that path, takes a lock or touches errno beyond what the system call does.
#define _GNU_SOURCE
#include "CInterpose.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct watcher {
    ci_observer observer;
    void *context;
    int fd; // the netlink socket in use, learnt from calls that name the family; -1 before the first
};

static __thread struct watcher watcher;

void ci_observe_netlink(ci_observer observer, void *context) {
    watcher.observer = observer;
    watcher.context = context;
    watcher.fd = -1;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

// Asking the kernel what kind of socket this is would add a call that nobody made.
static void learn(int fd, const struct sockaddr *address, socklen_t size) {
    if (address != NULL && size >= sizeof address->sa_family && address->sa_family == AF_NETLINK) watcher.fd = fd;
}

static int watched(int fd) { return fd >= 0 && fd == watcher.fd; }

// `begun` is taken before the call; errno is the call's own, before and after.
static void tell(const char *name, int fd, int level, int option, const void *bytes, size_t length, int64_t result, double begun) {
    int error = errno;
    struct ci_call call = {name, fd, level, option, bytes, length, result, result < 0 ? error : 0, now() - begun};
    watcher.observer(watcher.context, &call);
    errno = error;
}

// What the parts hold together, up to `length` bytes. One part, the usual case, is told as it lies.
static void tell_parts(const char *name, int fd, const struct msghdr *message, size_t length, int64_t result, double begun) {
    int error = errno;
    if (message->msg_iovlen == 1) {
        tell(name, fd, 0, 0, message->msg_iov[0].iov_base, length, result, begun);
        return;
    }
    char *joined = malloc(length ? length : 1);
    size_t held = 0;
    for (size_t i = 0; joined != NULL && i < message->msg_iovlen && held < length; i++) {
        size_t part = message->msg_iov[i].iov_len;
        if (part > length - held) part = length - held;
        memcpy(joined + held, message->msg_iov[i].iov_base, part);
        held += part;
    }
    errno = error;
    tell(name, fd, 0, 0, joined, held, result, begun);
    free(joined);
    errno = error;
}

static size_t whole(const struct msghdr *message) {
    size_t length = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++) length += message->msg_iov[i].iov_len;
    return length;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    if (__builtin_expect(watcher.observer == NULL, 1)) return syscall(SYS_sendmsg, fd, message, flags);
    double begun = now();
    ssize_t result = syscall(SYS_sendmsg, fd, message, flags);
    learn(fd, message->msg_name, message->msg_namelen);
    if (watched(fd)) tell_parts("sendmsg", fd, message, whole(message), result, begun);
    return result;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    if (__builtin_expect(watcher.observer == NULL, 1)) return syscall(SYS_recvmsg, fd, message, flags);
    double begun = now();
    ssize_t result = syscall(SYS_recvmsg, fd, message, flags);
    if (watched(fd)) tell_parts("recvmsg", fd, message, result > 0 ? (size_t)result : 0, result, begun);
    return result;
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *address, socklen_t size) {
    if (__builtin_expect(watcher.observer == NULL, 1)) return syscall(SYS_sendto, fd, bytes, length, flags, address, size);
    double begun = now();
    ssize_t result = syscall(SYS_sendto, fd, bytes, length, flags, address, size);
    learn(fd, address, size);
    if (watched(fd)) tell("sendto", fd, 0, 0, bytes, length, result, begun);
    return result;
}

ssize_t recvfrom(int fd, void *bytes, size_t length, int flags, struct sockaddr *address, socklen_t *size) {
    if (__builtin_expect(watcher.observer == NULL, 1)) return syscall(SYS_recvfrom, fd, bytes, length, flags, address, size);
    double begun = now();
    ssize_t result = syscall(SYS_recvfrom, fd, bytes, length, flags, address, size);
    if (watched(fd)) tell("recvfrom", fd, 0, 0, bytes, result > 0 ? (size_t)result : 0, result, begun);
    return result;
}

int socket(int domain, int type, int protocol) {
    if (__builtin_expect(watcher.observer == NULL, 1)) return (int)syscall(SYS_socket, domain, type, protocol);
    double begun = now();
    int result = (int)syscall(SYS_socket, domain, type, protocol);
    if (domain == AF_NETLINK) watcher.fd = result;
    if (domain == AF_NETLINK) tell("socket", result, type, protocol, NULL, 0, result, begun);
    return result;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t size) {
    if (__builtin_expect(watcher.observer == NULL, 1)) return (int)syscall(SYS_setsockopt, fd, level, option, value, size);
    double begun = now();
    int result = (int)syscall(SYS_setsockopt, fd, level, option, value, size);
    if (watched(fd)) tell("setsockopt", fd, level, option, value, size, result, begun);
    return result;
}

int getsockopt(int fd, int level, int option, void *value, socklen_t *size) {
    if (__builtin_expect(watcher.observer == NULL, 1)) return (int)syscall(SYS_getsockopt, fd, level, option, value, size);
    double begun = now();
    int result = (int)syscall(SYS_getsockopt, fd, level, option, value, size);
    if (watched(fd)) tell("getsockopt", fd, level, option, value, result == 0 ? *size : 0, result, begun);
    return result;
}
