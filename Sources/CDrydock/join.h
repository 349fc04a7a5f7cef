// What only a process does that joins a running container, between clone and exec: async-signal-safe like child.c.
#ifndef CDRYDOCK_JOIN_H
#define CDRYDOCK_JOIN_H

#include <stddef.h>
#include <stdint.h>

// Gives the shim a descriptor, with a word about what it is. Returns 0, or -1 with errno.
int dd_hand_over(int socket, const void *word, size_t length, int fd);

// A process in the pid namespace that was joined, which only children can be in. It is the shim's child like us (CLONE_PARENT), and goes
// on in the table where we end; its pidfd goes over `console`. Returns as fork(2) does.
int64_t dd_second_process(int console);

// getcwd(2), and an error when the working directory does not lie below the root.
int64_t dd_working_directory(void);

#endif
