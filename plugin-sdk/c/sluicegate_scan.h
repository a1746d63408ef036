/* Going over a JSON text; for the library's own use. */
#ifndef SLUICEGATE_SCAN_H
#define SLUICEGATE_SCAN_H

#include "sluicegate_json.h"

/* Where it is in a text. */
typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} cursor;

static inline cursor over(sg_bytes text) { return (cursor){text.data, text.data + text.size}; }

/* The byte that is next; 0, which no JSON holds, at the end. */
static inline uint8_t peek(const cursor *text) { return text->at < text->end ? *text->at : 0; }

static inline bool take(cursor *text, uint8_t byte) {
    if (text->at == text->end || *text->at != byte) return false;
    text->at++;
    return true;
}

static inline void skip_space(cursor *text) {
    while (take(text, ' ') || take(text, '\t') || take(text, '\n') || take(text, '\r')) {
    }
}

/* From the quote that begins a string to behind the one that ends it; false if it is none. */
bool sg_skip_string_(cursor *text);

/* From where a field's value begins to where it ends, whatever is in it; false if it is none. */
bool sg_skip_value_(cursor *text);

/* The next bytes that a checked string stands for, at most 4; 0 for half a surrogate pair. */
size_t sg_undo_escape_(cursor *text, uint8_t bytes[4]);

#endif
