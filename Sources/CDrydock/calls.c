// Plain wrappers: what is variadic in libc or has no wrapper there.
#define _GNU_SOURCE
#include "CDrydock.h"

#include <errno.h>
#include <sched.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

int dd_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
int dd_openat(int dirfd, const char *path, int flags, mode_t mode) { return openat(dirfd, path, flags, mode); }
int dd_fcntl(int fd, int command, long argument) { return fcntl(fd, command, argument); }
int dd_ioctl(int fd, unsigned long request, void *argument) { return ioctl(fd, request, argument); }
int dd_pidfd_open(pid_t pid, unsigned flags) { return (int)syscall(434, pid, flags); }
int dd_pidfd_send_signal(int pidfd, int signal) { return (int)syscall(424, pidfd, signal, NULL, 0); }
int dd_hide_process(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
int dd_memfd_create(const char *name, unsigned flags) { return (int)syscall(SYS_memfd_create, name, flags); }
int dd_renameat2(int olddir, const char *old, int newdir, const char *new_, unsigned flags) {
    return (int)syscall(SYS_renameat2, olddir, old, newdir, new_, flags);
}
int dd_open_tree(const char *path) {
    return (int)syscall(428 /* open_tree */, AT_FDCWD, path, 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC);
}
int dd_make_readonly(int tree) {
    // struct mount_attr of linux/mount.h, which clashes with sys/mount.h.
    struct { uint64_t set, clear, propagation, userns; } attributes = {.set = 1 /* MOUNT_ATTR_RDONLY */};
    return (int)syscall(442 /* mount_setattr */, tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes);
}
void dd_name_process(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
int dd_open_beneath(int root, const char *path) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    int place = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    if (place < 0) return -1;
    // Looked at before it is opened: merely opening an image's device node acts on the host's device (a watchdog reboots).
    struct stat what;
    char again[32];
    int file = -1, error = EINVAL;
    if (fstat(place, &what) == 0 && S_ISREG(what.st_mode)) {
        snprintf(again, sizeof again, "/proc/self/fd/%d", place);
        file = open(again, O_RDONLY | O_CLOEXEC);
        error = errno;
    }
    close(place);
    errno = error;
    return file;
}
int dd_accept(int fd, int nonblocking) { return accept4(fd, NULL, NULL, SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0)); }
int dd_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
int dd_socketpair(int ends[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends); }
pid_t dd_gettid(void) { return (pid_t)syscall(SYS_gettid); }
int dd_major(dev_t device) { return (int)major(device); }
int dd_minor(dev_t device) { return (int)minor(device); }

// sun_path holds 107 bytes; a state root may lie deeper. /proc/self/fd names the directory in a few.
static int address_of(const char *directory, const char *name, struct sockaddr_un *address, int *held) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    *held = -1;
    int length = snprintf(address->sun_path, sizeof address->sun_path, "%s/%s", directory, name);
    if (length >= 0 && (size_t)length < sizeof address->sun_path) return 0;
    *held = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*held < 0) return -1;
    length = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", *held, name);
    if (length >= 0 && (size_t)length < sizeof address->sun_path) return 0;
    close(*held);
    errno = ENAMETOOLONG;
    return -1;
}

static int unix_socket(const char *directory, const char *name, int backlog) {
    struct sockaddr_un address;
    int held;
    if (address_of(directory, name, &address, &held) < 0) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed = fd < 0;
    if (!failed && backlog > 0) {
        // The mode of the socket before bind is the mode of the file that bind makes: nobody slips in before a chmod.
        failed = fchmod(fd, 0660) < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, backlog) < 0;
    } else if (!failed) {
        failed = connect(fd, (struct sockaddr *)&address, sizeof address) < 0;
    }
    int error = errno;
    if (held >= 0) close(held);
    if (failed && fd >= 0) close(fd);
    errno = error;
    return failed ? -1 : fd;
}

int dd_unix_listen(const char *directory, const char *name, int backlog) { return unix_socket(directory, name, backlog); }
int dd_unix_connect(const char *directory, const char *name) { return unix_socket(directory, name, 0); }

enum { MAX_FDS = 253 /* SCM_MAX_FD of unix(7) */ };

ssize_t dd_send_fds(int socket, const void *bytes, size_t length, const int *fds, int count) {
    char space[CMSG_SPACE(MAX_FDS * sizeof(int))];
    struct iovec part = {(void *)bytes, length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > MAX_FDS) {
        errno = EINVAL;
        return -1;
    }
    if (count > 0) {
        memset(space, 0, sizeof space);
        message.msg_control = space;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *control = CMSG_FIRSTHDR(&message);
        control->cmsg_level = SOL_SOCKET;
        control->cmsg_type = SCM_RIGHTS;
        control->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(control), fds, (size_t)count * sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t dd_recv_fds(int socket, void *bytes, size_t length, int *fds, int capacity, int *count) {
    char space[CMSG_SPACE(MAX_FDS * sizeof(int))];
    struct iovec part = {bytes, length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    *count = 0;
    ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (got < 0) return got;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        int received = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < received; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + (size_t)i * sizeof(int), sizeof fd);
            if (*count < capacity) fds[(*count)++] = fd;
            else close(fd);
        }
    }
    return got;
}

int dd_unshare_mounts(void) { return unshare(CLONE_NEWNS); }
int dd_enter_mounts(int fd) { return setns(fd, CLONE_NEWNS); }
int dd_clone_mount(const char *path, int recursive) {
    return (int)syscall(SYS_open_tree, AT_FDCWD, path, 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC | (recursive ? 0x8000 /* AT_RECURSIVE */ : 0));
}
int dd_place_mount(int mount, int place) {
    return (int)syscall(SYS_move_mount, mount, "", place, "", 4 | 0x40 /* MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH */);
}

int dd_has_filesystem(const char *type) {
    int context = (int)syscall(SYS_fsopen, type, 1 /* FSOPEN_CLOEXEC */);
    if (context < 0) return 0;
    close(context);
    return 1;
}

struct thread_start {
    void (*body)(void *);
    void *context;
};

static void *thread_main(void *start) {
    struct thread_start what = *(struct thread_start *)start;
    free(start);
    what.body(what.context);
    return NULL;
}

int dd_detached_thread(size_t stack, void (*body)(void *), void *context) {
    struct thread_start *start = malloc(sizeof *start);
    if (start == NULL) return ENOMEM;
    *start = (struct thread_start){body, context};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, stack);
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, thread_main, start);
    pthread_attr_destroy(&attributes);
    if (error) free(start);
    return error;
}
