// Stands in for drydock-shim, which is linked statically and hears of no preloaded library: becomes the real one, with a tracer beside it
// that counts its system calls and kills it with -9 before the Nth. After a call is before the next: between the two a shim changes
// nothing that outlives it.
//
// -DPOINTS names the file that crash.c shares with whoever tests, -DSHIM the real program. Processes that the shim makes are not traced.
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

struct points {
    _Atomic int64_t armed, counted, fatal, error;
};

// Calls that change nothing and wait for nothing: memory, clocks, questions about itself.
static int is_quiet(long number) {
    switch (number) {
    case SYS_mmap: case SYS_munmap: case SYS_mprotect: case SYS_mremap: case SYS_madvise: case SYS_brk:
    case SYS_futex: case SYS_clock_gettime: case SYS_getrandom: case SYS_getpid: case SYS_gettid:
    case SYS_rt_sigaction: case SYS_rt_sigprocmask: case SYS_sched_getaffinity: case SYS_sched_yield:
    case SYS_epoll_pwait:
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
        return 1;
    default:
        return 0;
    }
}

// True when the call that the shim is about to make is the fatal one.
static int is_fatal(struct points *points, long number) {
    if (!atomic_load(&points->armed) || is_quiet(number)) return 0;
    return atomic_fetch_add(&points->counted, 1) + 1 == atomic_load(&points->fatal);
}

static void follow(pid_t shim, struct points *points) {
    int status, is_shim = 0;
    while (waitpid(shim, &status, __WALL) == shim && WIFSTOPPED(status)) {
        int signal = WSTOPSIG(status), event = status >> 16;
        if (signal == (SIGTRAP | 0x80)) {
            struct ptrace_syscall_info info;
            long size = ptrace(PTRACE_GET_SYSCALL_INFO, shim, sizeof info, &info);
            if (is_shim && size > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY && is_fatal(points, (long)info.entry.nr)) {
                kill(shim, SIGKILL);
                continue;
            }
            signal = 0;
        } else if (event == PTRACE_EVENT_STOP && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)) {
            // Somebody has stopped the shim: it stays so until SIGCONT.
            ptrace(PTRACE_LISTEN, shim, NULL, NULL);
            continue;
        } else if (event != 0) {
            // What came before is this stand-in's own.
            if (event == PTRACE_EVENT_EXEC) is_shim = 1;
            signal = 0;
        }
        ptrace(PTRACE_SYSCALL, shim, NULL, (void *)(intptr_t)signal);
    }
}

// Runs in a process that is nobody's child any more, so that the shim has no other children than without it.
static void trace(pid_t shim, int word) {
    int file = open(POINTS, O_RDWR | O_CLOEXEC);
    struct points *points = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *points, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    prctl(PR_SET_NAME, "shim-tracer");
    if (points == MAP_FAILED || ptrace(PTRACE_SEIZE, shim, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC)) < 0) return;
    if (ptrace(PTRACE_INTERRUPT, shim, NULL, NULL) < 0) return;
    if (write(word, "", 1) < 0) return;
    // The shim's sockets would not end with it as long as they were open here.
    syscall(SYS_close_range, 0u, ~0u, 0u);
    follow(shim, points);
}

int main(int count, char **argv, char **environment) {
    (void)count;
    int word[2];
    pid_t shim = getpid();
    if (pipe2(word, O_CLOEXEC) < 0) return 1;
    pid_t child = fork();
    if (child == 0) {
        setsid();
        if (fork() == 0) trace(shim, word[1]);
        _exit(0);
    }
    close(word[1]);
    char byte;
    // End-of-file instead of a byte: it could not be traced, and a proof that kills nobody must fail.
    int got;
    while ((got = (int)read(word[0], &byte, 1)) < 0 && errno == EINTR) {}
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    if (got != 1) return 1;
    close(word[0]);
    execve(SHIM, argv, environment);
    return 1;
}
