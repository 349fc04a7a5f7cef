// libnftables and libmnl send netlink messages themselves. This target defines the calls that they use in the executable, where
// the dynamic linker finds them before libc's: each makes the system call, and tells the calling thread's observer of those on
// netlink sockets. Only executables that link `Kernel` get it; the shim and the client don't.
#ifndef CINTERPOSE_H
#define CINTERPOSE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/// What an observer is told: the call's name, the socket, the bytes that were sent or received (of an option: its value),
/// what the call returned, its errno (0 when it worked), and how long it took. `level` and `option` are those of
/// getsockopt(2) and setsockopt(2), and of socket(2) its type and protocol.
struct ci_call {
    const char *name;
    int fd;
    int level;
    int option;
    const void *bytes;
    size_t length;
    int64_t result;
    int error;
    double microseconds;
};

typedef void (*ci_observer)(void *context, const struct ci_call *call);

/// Tells `observer` of every call that this thread makes on a netlink socket, until it is called with NULL. A socket counts as
/// one of netlink once it was made, or something was sent over it to a netlink address, since then.
void ci_observe_netlink(ci_observer observer, void *context);

/// A call on names, owners or links of files, or a connection over the Internet: the name of the system call that was made, up to two
/// paths, each relative to a folder's descriptor (AT_FDCWD; CI_TEXT where it is a text and no path; a null path means the descriptor
/// itself), up to two numbers, the address of connect(2).
struct ci_file_call {
    const char *name;
    int paths;
    int folder;
    const char *path;
    int other_folder;
    const char *other_path;
    int numbers;
    int64_t first;
    int64_t second;
    const struct sockaddr *address;
    int64_t result;
    int error;
    double microseconds;
};

enum { CI_TEXT = -1000 };

typedef void (*ci_file_observer)(void *context, const struct ci_file_call *call);

/// Tells `observer` of every such call that this thread makes through libc, until it is called with NULL.
void ci_observe_files(ci_file_observer observer, void *context);

/// The context of this thread's observer; NULL without one.
void *ci_file_context(void);

/// Whoever records a call by itself is not to hear of it again.
void ci_mute_files(int muted);

#endif
