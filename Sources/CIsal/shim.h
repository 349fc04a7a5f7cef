#include <isa-l/igzip_lib.h>
#include <stdlib.h>

/* The library's state holds arrays that Swift does not import: it is kept behind a pointer. */
typedef void *dd_inflate;

static inline dd_inflate dd_inflate_new(void) { return malloc(sizeof(struct inflate_state)); }

static inline void dd_inflate_free(dd_inflate inflate) { free(inflate); }

/* Begins a gzip member: its head is read, its checksum and length are verified. */
static inline void dd_inflate_begin(dd_inflate inflate) {
    struct inflate_state *state = (struct inflate_state *)inflate;
    isal_inflate_init(state);
    state->crc_flag = ISAL_GZIP;
}

/* Inflates until the input is used up, the output is full or the member ends; tells how much is left of either.
   Returns the library's result: 0, or what is wrong. */
static inline int dd_inflate_run(
    dd_inflate inflate, const void *input, uint32_t *input_left, void *output, uint32_t *output_left, int *is_at_end) {
    struct inflate_state *state = (struct inflate_state *)inflate;
    state->next_in = (uint8_t *)input;
    state->avail_in = *input_left;
    state->next_out = (uint8_t *)output;
    state->avail_out = *output_left;
    int result = isal_inflate(state);
    *input_left = state->avail_in;
    *output_left = state->avail_out;
    *is_at_end = state->block_state == ISAL_BLOCK_FINISH;
    return result;
}
