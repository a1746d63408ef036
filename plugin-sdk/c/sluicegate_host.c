/* What the gateway does for a plugin: its functions as the canonical ABI passes them. Answers of
 * more than one number are written to where the last argument points. */
#include "sluicegate.h"

#define IMPORT(interface, function)                                             \
    __attribute__((import_module("sluicegate:plugin/" interface "@0.1.0"),      \
                   import_name(function)))

IMPORT("log", "write") void log_write(int32_t level, const uint8_t *line, size_t size);
IMPORT("metrics", "count") void metrics_count(const uint8_t *name, size_t size, uint64_t by);

IMPORT("current", "topic") void current_topic(sg_bytes *answer);
IMPORT("current", "key") void current_key(sg_maybe *answer);
IMPORT("current", "value") void current_value(sg_maybe *answer);
IMPORT("current", "header")
void current_header(const uint8_t *name, size_t size, sg_maybe *answer);
IMPORT("current", "headers") void current_headers(sg_headers *answer);
IMPORT("current", "timestamp-ms") int64_t current_timestamp_ms(void);
IMPORT("current", "principal") void current_principal(sg_bytes *answer);
IMPORT("current", "set-header")
void current_set_header(const uint8_t *name, size_t name_size, int32_t is_some,
                        const uint8_t *value, size_t value_size);
IMPORT("current", "remove-header") void current_remove_header(const uint8_t *name, size_t size);
IMPORT("current", "set-key")
void current_set_key(int32_t is_some, const uint8_t *key, size_t size);

IMPORT("burst", "topic") void burst_topic(sg_bytes *answer);
IMPORT("burst", "sizes") void burst_sizes(sg_u32_list *answer);
IMPORT("burst", "placed-bytes") void burst_placed_bytes(sg_u64_list *answer);
IMPORT("burst", "placed-messages") uint64_t burst_placed_messages(void);

/* A function that asks another one. */
#define ASK(type, name, function) \
    type name(void) {             \
        type answer;              \
        function(&answer);        \
        return answer;            \
    }

ASK(sg_bytes, sg_topic, current_topic)
ASK(sg_maybe, sg_key, current_key)
ASK(sg_maybe, sg_value, current_value)
ASK(sg_headers, sg_all_headers, current_headers)
ASK(sg_bytes, sg_principal, current_principal)
ASK(sg_bytes, sg_burst_topic, burst_topic)
ASK(sg_u32_list, sg_burst_sizes, burst_sizes)
ASK(sg_u64_list, sg_burst_placed_bytes, burst_placed_bytes)

sg_maybe sg_first_header(sg_bytes name) {
    sg_maybe answer;
    current_header(name.data, name.size, &answer);
    return answer;
}

int64_t sg_timestamp_ms(void) { return current_timestamp_ms(); }

uint64_t sg_burst_placed_messages(void) { return burst_placed_messages(); }

void sg_set_header(sg_bytes name, sg_maybe value) {
    current_set_header(name.data, name.size, value.is_some, value.bytes.data, value.bytes.size);
}

void sg_remove_header(sg_bytes name) { current_remove_header(name.data, name.size); }

void sg_set_key(sg_maybe key) { current_set_key(key.is_some, key.bytes.data, key.bytes.size); }

void sg_log(sg_level level, sg_bytes line) { log_write((int32_t)level, line.data, line.size); }

void sg_count(sg_bytes name, uint64_t by) { metrics_count(name.data, name.size, by); }
