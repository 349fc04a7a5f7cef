// Starting a program of our own (the shim) from the engine: vfork semantics, so that a large engine costs nothing to leave.
#define _GNU_SOURCE
#include "CDrydock.h"

#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <sched.h>

enum { STACK = 64 * 1024, MAX_SPAWN_FDS = 64, ABOVE = 1000 };

struct spawn_request {
    const char *path;
    char *const *argv;
    char *const *envp;
    const int *fds;
    int count;
    sigset_t before;
    volatile int error;
};

static int start_program(void *context) {
    struct spawn_request *request = context;
    int lifted[MAX_SPAWN_FDS];
    // First out of the way, then into place: a target number may be the source of another.
    for (int i = 0; i < request->count; i++) {
        lifted[i] = fcntl(request->fds[i], F_DUPFD_CLOEXEC, ABOVE);
        if (lifted[i] < 0) goto failed;
    }
    for (int i = 0; i < request->count; i++)
        if (dup2(lifted[i], i) < 0) goto failed;
    // The engine's other descriptors are close-on-exec by rule; this holds even for a library's that are not.
    syscall(SYS_close_range, (unsigned)request->count, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */);
    setsid();
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->path, request->argv, request->envp);
failed:
    request->error = errno;
    _exit(127);
}

pid_t dd_spawn(const char *path, char *const argv[], char *const envp[], const int *fds, int count, int *pidfd) {
    if (count > MAX_SPAWN_FDS) {
        errno = EINVAL;
        return -1;
    }
    struct spawn_request request = {path, argv, envp, fds, count, {{0}}, 0};
    char *stack = aligned_alloc(16, STACK);
    if (stack == NULL) return -1;
    // No handler may run in the child while it shares our memory.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &request.before);
    *pidfd = -1;
    pid_t pid = clone(start_program, stack + STACK, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &request, pidfd);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &request.before, NULL);
    free(stack);
    if (pid > 0 && request.error != 0) {
        waitpid(pid, NULL, 0);
        close(*pidfd);
        *pidfd = -1;
        pid = -1;
        error = request.error;
    }
    errno = error;
    return pid;
}
