#ifndef DRYDOCK_CREADLINE_H
#define DRYDOCK_CREADLINE_H

#include <stdio.h>
#include <dlfcn.h>
#include <readline/readline.h>
#include <readline/history.h>

/// The part of libreadline that drydock's shell uses.
///
/// The library is loaded when the shell opens, not linked: a one-shot command does not pay for it, and a machine without it
/// gets a sentence instead of a loader's message. The types come from the library's own headers.
struct drydock_readline {
    __typeof__(readline) *read_line;
    __typeof__(rl_initialize) *initialize;
    __typeof__(add_history) *add_history;
    __typeof__(using_history) *using_history;
    __typeof__(stifle_history) *stifle_history;
    __typeof__(read_history) *read_history;
    __typeof__(append_history) *append_history;
    __typeof__(history_truncate_file) *history_truncate_file;
    __typeof__(history_list) *history_list;
    __typeof__(rl_bind_key_in_map) *bind_key_in_map;
    __typeof__(rl_insert_text) *insert_text;
    __typeof__(rl_redisplay) *redisplay;
    __typeof__(rl_crlf) *new_line;
    int *point;
    int *end;
    const char **name;
    FILE **input;
    FILE **output;
    rl_completion_func_t **attempted_completion_function;
    int *attempted_completion_over;
    int *completion_suppress_append;
    int *done;
    char **line_buffer;
    const char **completer_word_break_characters;
    rl_hook_func_t **startup_hook;
    Keymap emacs_map;
    Keymap vi_insertion_map;
    Keymap vi_movement_map;
};

#define DRYDOCK_READLINE_STRING(x) #x
#define DRYDOCK_READLINE_NAME(version) "libreadline.so." DRYDOCK_READLINE_STRING(version)

/// Loads libreadline and fills `api`.
/// Returns NULL, or what dlopen(3) or dlsym(3) had to say.
static inline const char *drydock_readline_load(struct drydock_readline *api) {
    void *library = dlopen(DRYDOCK_READLINE_NAME(RL_VERSION_MAJOR), RTLD_NOW | RTLD_GLOBAL);
    if (!library) return dlerror();
    const struct { void *place; const char *name; } symbols[] = {
        { &api->read_line, "readline" },
        { &api->initialize, "rl_initialize" },
        { &api->add_history, "add_history" },
        { &api->using_history, "using_history" },
        { &api->stifle_history, "stifle_history" },
        { &api->read_history, "read_history" },
        { &api->append_history, "append_history" },
        { &api->history_truncate_file, "history_truncate_file" },
        { &api->history_list, "history_list" },
        { &api->bind_key_in_map, "rl_bind_key_in_map" },
        { &api->insert_text, "rl_insert_text" },
        { &api->redisplay, "rl_redisplay" },
        { &api->new_line, "rl_crlf" },
        { &api->point, "rl_point" },
        { &api->end, "rl_end" },
        { &api->name, "rl_readline_name" },
        { &api->input, "rl_instream" },
        { &api->output, "rl_outstream" },
        { &api->attempted_completion_function, "rl_attempted_completion_function" },
        { &api->attempted_completion_over, "rl_attempted_completion_over" },
        { &api->completion_suppress_append, "rl_completion_suppress_append" },
        { &api->done, "rl_done" },
        { &api->line_buffer, "rl_line_buffer" },
        { &api->completer_word_break_characters, "rl_completer_word_break_characters" },
        { &api->startup_hook, "rl_startup_hook" },
        { &api->emacs_map, "emacs_standard_keymap" },
        { &api->vi_insertion_map, "vi_insertion_keymap" },
        { &api->vi_movement_map, "vi_movement_keymap" },
    };
    for (unsigned long index = 0; index < sizeof symbols / sizeof *symbols; index++) {
        void *address = dlsym(library, symbols[index].name);
        if (!address) return dlerror();
        *(void **)symbols[index].place = address;
    }
    return NULL;
}

#endif
