// Joining a running container: what the process that joins does besides the operations of every child.
#define _GNU_SOURCE
#include "join.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"

int dd_hand_over(int socket, const void *word, size_t length, int fd) {
    char space[CMSG_SPACE(sizeof(int))];
    memset(space, 0, sizeof space);
    struct iovec part = {(void *)word, length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(control), &fd, sizeof(int));
    return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
}

int64_t dd_second_process(int console) {
    struct dd_newborn word = {0};
    int pidfd = -1;
    // The old clone: the container's filter, which holds already, does not let clone3 pass.
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | CLONE_PIDFD | SIGCHLD, NULL, &pidfd, NULL, NULL);
    if (pid <= 0) return pid;
    word.pid = pid;
    if (dd_hand_over(console, &word, sizeof word, pidfd) == 0) return pid;
    // Nobody would wait for it.
    int error = errno;
    syscall(SYS_kill, pid, SIGKILL);
    errno = error;
    return -1;
}

int64_t dd_working_directory(void) {
    static char path[4096];
    long length = syscall(SYS_getcwd, path, sizeof path);
    // The kernel says "(unreachable)" of one outside (CVE-2024-21626).
    if (length > 0 && path[0] != '/') {
        errno = ENOENT;
        return -1;
    }
    return length;
}
