// A shim's memory beside an idle container.
#define _GNU_SOURCE
#include "CDrydock.h"

#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// ld's own names for where the program's code begins and ends.
extern const char __executable_start[], etext[];

void dd_trim_memory(void) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = ((uintptr_t)__executable_start + page - 1) & ~(page - 1), end = (uintptr_t)etext & ~(page - 1);
    // Clean pages of the program's file: they stay in the page cache, and come back from there when they are touched.
    if (end > begin) madvise((void *)begin, end - begin, MADV_DONTNEED);
    malloc_trim(0);
}
