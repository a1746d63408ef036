/* What both guests have in common: the canonical form of the contract's types in C, and memory for
 * one call. Version 0.1.0, written out by hand, so that no generator can change it. */

#ifndef FROZEN_H
#define FROZEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name), visibility("default"), used))
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

/* A string, or a list<u8>. */
typedef struct {
    const char *at;
    uint32_t len;
} text;

#define TEXT(literal) ((text){literal, sizeof(literal) - 1})

typedef struct {
    bool is_some;
    text value;
} option_text;

typedef struct {
    bool is_some;
    uint32_t value;
} option_u32;

typedef struct {
    text code;
    text message;
} rejection;

typedef struct {
    text name;
    text version;
    text summary;
} description;

typedef struct {
    bool is_error;
    text words;
} configured;

/* Everything of one call, its arguments included: the gateway asks for room through
 * `cabi_realloc`, and all of it is free again when the answer has been read. */
static char room[512 * 1024] __attribute__((aligned(16)));
static uint32_t taken;

static void *take(uint32_t bytes, uint32_t align) {
    uint32_t at = (taken + align - 1) & ~(align - 1);
    if (bytes > sizeof(room) - at) {
        __builtin_trap();
    }
    taken = at + bytes;
    return room + at;
}

EXPORT("cabi_realloc")
void *cabi_realloc(void *old, uint32_t old_bytes, uint32_t align, uint32_t bytes) {
    char *fresh = take(bytes, align);
    for (uint32_t i = 0; i < old_bytes && i < bytes; i++) {
        fresh[i] = ((const char *)old)[i];
    }
    return fresh;
}

/* After an answer was read, nothing of the call is left. */
#define AFTER(function, name)                                                                      \
    EXPORT("cabi_post_sluicegate:plugin/" function)                                                \
    void after_##name(const void *answer) {                                                        \
        (void)answer;                                                                              \
        taken = 0;                                                                                 \
    }

static bool same(text a, text b) {
    if (a.len != b.len) {
        return false;
    }
    for (uint32_t i = 0; i < a.len; i++) {
        if (a.at[i] != b.at[i]) {
            return false;
        }
    }
    return true;
}

/* Puts texts one behind the other. */
static text join(const text *parts, uint32_t count) {
    uint32_t len = 0;
    for (uint32_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    char *all = take(len, 1);
    uint32_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < parts[i].len; j++) {
            all[at++] = parts[i].at[j];
        }
    }
    return (text){all, len};
}

#define JOIN(...) join((const text[]){__VA_ARGS__}, sizeof((const text[]){__VA_ARGS__}) / sizeof(text))

static bool has_within(text all, text part) {
    for (uint32_t from = 0; from + part.len <= all.len; from++) {
        if (same((text){all.at + from, part.len}, part)) {
            return true;
        }
    }
    return false;
}

/* Takes any settings but those that say `refuse`. */
static const configured *check_settings(text settings) {
    static configured answer;
    answer.is_error = has_within(settings, TEXT("refuse"));
    answer.words = TEXT("refused, as the settings ask");
    return &answer;
}

#endif
