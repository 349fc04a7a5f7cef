// Lets `make run CMD=…` end with the exit code of the command that it ran. GNU make itself ends with 0, 1 or 2 only; a loaded
// object may add functions to it (GNU make manual, "Loading Dynamic Objects"), and this one adds $(make-exit N).

#include <gnumake.h>
#include <stdlib.h>

int plugin_is_GPL_compatible;

static char *make_exit(const char *name, unsigned int count, char **arguments) {
    (void)name;
    (void)count;
    exit(atoi(arguments[0]));
}

// Called by make when it loads the object; a result of 0 would mean failure.
int make_exit_gmk_setup(void) {
    gmk_add_function("make-exit", make_exit, 1, 1, GMK_FUNC_DEFAULT);
    return 1;
}
