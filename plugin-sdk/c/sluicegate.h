/* Write Sluicegate plugins in C: functions for the roles, and a macro that exports them.
 *
 * Memory. What the gateway hands over, what these functions return, and what `sg_alloc` gives lives
 * until the call ends, and is freed then. Keep longer what you must with `sg_keep` or `malloc`, in
 * static variables: they last as long as the instance. An instance serves one call at a time; there
 * may be many, and each may be dropped at any time, so keep nothing but settings and caches.
 *
 * Failure. `sg_panic`, `sg_assert`, `assert`, `abort`, a null pointer and an index beyond an array
 * write one line with the file and line to the gateway's log, and fail the one call.
 */
#ifndef SLUICEGATE_H
#define SLUICEGATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that lie somewhere else; no zero ends them. A text is bytes in UTF-8. */
typedef struct {
    const uint8_t *data;
    size_t size;
} sg_bytes;

/* Bytes, or none, which is not the same as an empty value. */
typedef struct {
    bool is_some;
    sg_bytes bytes;
} sg_maybe;

/* A row of bytes. */
typedef struct {
    const sg_bytes *items;
    size_t count;
} sg_list;

/* The bytes of a string literal: `SG("ping")`. */
#define SG(literal) ((sg_bytes){(const uint8_t *)("" literal), sizeof(literal) - 1})

/* Bytes that are there, and bytes that are not. */
#define SG_SOME(value) ((sg_maybe){true, (value)})
#define SG_NONE ((sg_maybe){false, {NULL, 0}})

/* Are they the same bytes? Not for secrets: see `sg_is_secret`. */
bool sg_equal(sg_bytes left, sg_bytes right);

/* Is `guess` the secret? Takes the same time for all guesses of one length. */
bool sg_is_secret(sg_bytes guess, sg_bytes secret);

bool sg_starts_with(sg_bytes whole, sg_bytes start);
bool sg_ends_with(sg_bytes whole, sg_bytes end);

/* `size` bytes from `start` on; fewer if there are fewer. */
sg_bytes sg_slice(sg_bytes whole, size_t start, size_t size);

/* A string that ends with a zero. */
sg_bytes sg_string(const char *string);

/* A number as decimal digits. */
sg_bytes sg_decimal(uint64_t number);

/* All of them, one behind the other: `SG_JOIN(SG("no user `"), name, SG("`"))`. */
#define SG_JOIN(...) \
    sg_join((const sg_bytes[]){__VA_ARGS__}, SG_COUNT(__VA_ARGS__))
sg_bytes sg_join(const sg_bytes *parts, size_t count);

/* A row of them: `SG_LIST(SG("orders"), SG("audit-*"))`. */
#define SG_LIST(...) \
    sg_copy_list((const sg_bytes[]){__VA_ARGS__}, SG_COUNT(__VA_ARGS__))
sg_list sg_copy_list(const sg_bytes *items, size_t count);

#define SG_COUNT(...) (sizeof((const sg_bytes[]){__VA_ARGS__}) / sizeof(sg_bytes))

/* Memory until the call ends, aligned for anything. Never NULL: without memory the call fails. */
void *sg_alloc(size_t size);

/* A copy that lasts as long as the instance; nothing frees it. */
sg_bytes sg_keep(sg_bytes bytes);

/* ---- Log, counters, failure ---- */

typedef enum { SG_DEBUG, SG_INFO, SG_WARN, SG_ERROR } sg_level;

/* Writes one line to the gateway's log, marked with the plugin's name. At most 4 KiB a line and 100
 * lines a second for each plugin. Never write payloads or secrets. */
void sg_log(sg_level level, sg_bytes line);

/* Adds to a counter of this plugin: 1 to 64 characters of a to z, 0 to 9 and `_`, at most 64 names.
 * `PLUGIN INFO` shows them. */
void sg_count(sg_bytes name, uint64_t by);

/* Fails this call; the line goes to the log with the place in the source. */
#define sg_panic(message) sg_panic_at(__FILE__, __LINE__, sg_string(message))
#define sg_assert(condition) \
    ((condition) ? (void)0 : sg_panic("assertion failed: " #condition))
_Noreturn void sg_panic_at(const char *file, unsigned line, sg_bytes message);

/* ---- The message in hand: filters, routers and transcoders may ask, filters may change ---- */

/* A header; its value may be absent. */
typedef struct {
    sg_bytes name;
    sg_maybe value;
} sg_header;

typedef struct {
    const sg_header *items;
    size_t count;
} sg_headers;

/* Each question is a call to the gateway, about 0.1 µs. The key and the value are none for Kafka's
 * null; a header is none if there is no such header or its value is absent. The time is in Unix
 * milliseconds: the record's on consume, the time it was read on produce. */
sg_bytes sg_topic(void);
sg_maybe sg_key(void);
sg_maybe sg_value(void);
sg_maybe sg_first_header(sg_bytes name);
sg_headers sg_all_headers(void);
int64_t sg_timestamp_ms(void);
sg_bytes sg_principal(void);

/* Sets the first header of this name and removes others of it; appends if there is none. */
void sg_set_header(sg_bytes name, sg_maybe value);
/* Removes every header of this name. */
void sg_remove_header(sg_bytes name);
/* Sets the key, which decides the partition; on consume it changes what the client sees. */
void sg_set_key(sg_maybe key);

/* ---- Every plugin: SLUICEGATE_PLUGIN("name", "0.1.0", "What it does.", configure); ---- */

/* All is well, or a sentence for the operator. */
typedef struct {
    bool is_error;
    sg_bytes message;
} sg_status;

static inline sg_status sg_ok(void) { return (sg_status){0}; }
static inline sg_status sg_error(sg_bytes message) { return (sg_status){true, message}; }

/* Returns from the function it is in if there is an error. */
#define SG_TRY(attempt)                         \
    do {                                        \
        sg_status sg_tried_ = (attempt);        \
        if (sg_tried_.is_error) return sg_tried_; \
    } while (0)

/* `sg_status configure(sg_bytes settings)` is called once for each instance, before all else, with
 * `[settings]` of the plugin's TOML file as a JSON object. An error refuses the file. */

/* Sets `text` to the setting of this name, kept for good, or to `otherwise` if it is not set. An
 * error if it is set to something else than a text; then `text` is as it was. */
sg_status sg_setting_text(sg_bytes settings, sg_bytes name, sg_bytes otherwise, sg_bytes *text);

/* The same for a whole number. */
sg_status sg_setting_integer(sg_bytes settings, sg_bytes name, int64_t otherwise, int64_t *number);

#include "sluicegate_json.h"
#include "sluicegate_roles.h"

#endif
