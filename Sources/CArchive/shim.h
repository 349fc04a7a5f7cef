#ifndef DRYDOCK_CARCHIVE_SHIM_H
#define DRYDOCK_CARCHIVE_SHIM_H

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

/*
 * What unpacking needs and Swift can't call: openat2(2), which glibc does not wrap (and syscall(2) is variadic), macros, and what
 * glibc shows only with _GNU_SOURCE, which Swift's importer does not define.
 */

static inline long dd_openat2(int dirfd, const char *path, unsigned long long flags, unsigned long long mode, unsigned long long resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return syscall(SYS_openat2, dirfd, path, &how, sizeof how);
}

static const unsigned long long dd_resolve_in_root = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
static const unsigned long long dd_resolve_without_links = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

/* O_PATH of asm-generic/fcntl.h: the same on all architectures that Swift runs on. */
static const int dd_o_path = 010000000;

static inline int dd_syncfs(int fd) { return (int)syscall(SYS_syncfs, fd); }

static inline long dd_copy_file_range(int from, int to, size_t length) {
    return syscall(SYS_copy_file_range, from, NULL, to, NULL, length, 0);
}

static inline unsigned int dd_major(dev_t device) { return major(device); }

static inline unsigned int dd_minor(dev_t device) { return minor(device); }

static inline dev_t dd_makedev(unsigned int major_number, unsigned int minor_number) { return makedev(major_number, minor_number); }

#endif
