/* Memory, bytes, and the gateway's functions. */
#include "sluicegate.h"

#include <string.h>

/* ---- Memory: what a call has, and what is kept ---- */

#define PAGE_SIZE ((size_t)64 << 10)
#define ALIGNMENT ((size_t)8)

/* What calls get their memory from, one behind the other. What grows undisturbed stays in one
 * piece: there are more only if somebody else, such as `malloc`, has made the memory grow. */
typedef struct segment {
    struct segment *next;
    uint8_t *end;
} segment;

/* Enough for most calls, so that a plugin with small messages never grows. */
static _Alignas(ALIGNMENT) uint8_t first[16 << 10];
static segment head = {NULL, first + sizeof first};

/* Where the call in hand is: the rest of a segment. */
static segment *current = &head;
static uint8_t *unused = first;

/* What is kept has its own place. */
static _Alignas(ALIGNMENT) uint8_t kept_first[1 << 10];
static uint8_t *kept_unused = kept_first;
static uint8_t *kept_end = kept_first + sizeof kept_first;

_Noreturn static void out_of_memory(void) {
    sg_log(SG_ERROR, SG("panicked: out of memory"));
    __builtin_trap();
}

/* New memory of at least this size; its end is written to `end`. */
static uint8_t *grow(size_t size, uint8_t **end) {
    if (size > SIZE_MAX / 2) out_of_memory();
    size_t pages = (size + PAGE_SIZE - 1) / PAGE_SIZE;
    size_t before = __builtin_wasm_memory_grow(0, pages);
    if (before == SIZE_MAX) out_of_memory();
    uint8_t *start = (uint8_t *)(before * PAGE_SIZE);
    *end = start + pages * PAGE_SIZE;
    return start;
}

/* Goes to where there may be room for this size. */
static void find_room(size_t size) {
    if (current->next == NULL) {
        uint8_t *end;
        uint8_t *start = grow(size + sizeof(segment), &end);
        if (start == current->end) {
            current->end = end;
            return;
        }
        current->next = (segment *)start;
        *current->next = (segment){NULL, end};
    }
    current = current->next;
    unused = (uint8_t *)(current + 1);
}

void *sg_alloc(size_t size) {
    if (size > SIZE_MAX / 2) out_of_memory();
    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    while (size > (size_t)(current->end - unused)) find_room(size);
    void *given = unused;
    unused += size;
    return given;
}

void sg_end_call(void) {
    current = &head;
    unused = first;
}

/* The gateway asks for memory through this, for what it hands over. */
__attribute__((export_name("cabi_realloc"))) void *sluicegate_realloc(void *old, size_t old_size,
                                                                      size_t alignment,
                                                                      size_t size) {
    (void)alignment; /* None in the contract is above ours. */
    void *given = sg_alloc(size);
    if (old_size > 0) memcpy(given, old, old_size < size ? old_size : size);
    return given;
}

sg_bytes sg_keep(sg_bytes bytes) {
    if (bytes.size > (size_t)(kept_end - kept_unused)) kept_unused = grow(bytes.size, &kept_end);
    uint8_t *kept = kept_unused;
    kept_unused += bytes.size;
    if (bytes.size > 0) memcpy(kept, bytes.data, bytes.size);
    return (sg_bytes){kept, bytes.size};
}

/* ---- Bytes ---- */

bool sg_equal(sg_bytes left, sg_bytes right) {
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

bool sg_is_secret(sg_bytes guess, sg_bytes secret) {
    /* No way out before the end: the time must not tell where they differ. */
    volatile uint8_t difference = guess.size != secret.size;
    for (size_t at = 0; at < guess.size; at++) {
        uint8_t wanted = secret.size > 0 ? secret.data[at % secret.size] : 0;
        difference |= guess.data[at] ^ wanted;
    }
    return difference == 0;
}

sg_bytes sg_slice(sg_bytes whole, size_t start, size_t size) {
    if (start > whole.size) start = whole.size;
    if (size > whole.size - start) size = whole.size - start;
    return (sg_bytes){whole.data + start, size};
}

bool sg_starts_with(sg_bytes whole, sg_bytes start) {
    return sg_equal(sg_slice(whole, 0, start.size), start);
}

bool sg_ends_with(sg_bytes whole, sg_bytes end) {
    if (whole.size < end.size) return false;
    return sg_equal(sg_slice(whole, whole.size - end.size, end.size), end);
}

sg_bytes sg_string(const char *string) {
    return (sg_bytes){(const uint8_t *)string, strlen(string)};
}

sg_bytes sg_decimal(uint64_t number) {
    enum { DIGITS_MAX = 20 };
    uint8_t *digits = sg_alloc(DIGITS_MAX);
    size_t start = DIGITS_MAX;
    do {
        digits[--start] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return (sg_bytes){digits + start, DIGITS_MAX - start};
}

sg_bytes sg_join(const sg_bytes *parts, size_t count) {
    size_t size = 0;
    for (size_t part = 0; part < count; part++) size += parts[part].size;
    uint8_t *joined = sg_alloc(size);
    uint8_t *end = joined;
    for (size_t part = 0; part < count; part++) {
        if (parts[part].size == 0) continue;
        memcpy(end, parts[part].data, parts[part].size);
        end += parts[part].size;
    }
    return (sg_bytes){joined, size};
}

sg_list sg_copy_list(const sg_bytes *items, size_t count) {
    sg_bytes *copy = sg_alloc(count * sizeof *copy);
    memcpy(copy, items, count * sizeof *copy);
    return (sg_list){copy, count};
}
