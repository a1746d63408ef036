/* JSON objects: their fields, by position. */
#include "sluicegate_json.h"

#include <string.h>

#include "sluicegate_scan.h"

static bool skip_field(cursor *text, sg_field *field) {
    skip_space(text);
    cursor name = *text;
    if (!sg_skip_string_(&name)) return false;
    field->name = (sg_bytes){text->at + 1, (size_t)(name.at - text->at) - 2};
    *text = name;
    skip_space(text);
    if (!take(text, ':')) return false;
    skip_space(text);
    const uint8_t *start = text->at;
    if (!sg_skip_value_(text)) return false;
    field->value = (sg_bytes){start, (size_t)(text->at - start)};
    return true;
}

bool sg_json_object(sg_bytes payload, sg_object *object) {
    cursor text = over(payload);
    skip_space(&text);
    if (!take(&text, '{')) return false;
    const uint8_t *start = text.at;
    skip_space(&text);
    if (!take(&text, '}')) {
        sg_field field;
        do {
            if (!skip_field(&text, &field)) return false;
            skip_space(&text);
        } while (take(&text, ','));
        if (!take(&text, '}')) return false;
    }
    skip_space(&text);
    if (text.at != text.end) return false;
    *object = (sg_object){payload, {start, (size_t)(text.end - start)}};
    return true;
}

bool sg_json_next(sg_object *object, sg_field *field) {
    cursor text = over(object->rest);
    skip_space(&text);
    take(&text, ',');
    bool is_there = peek(&text) != '}' && skip_field(&text, field);
    object->rest = (sg_bytes){text.at, (size_t)(text.end - text.at)};
    return is_there;
}

bool sg_json_is_named(const sg_field *field, sg_bytes name) {
    cursor written = over(field->name);
    while (written.at < written.end) {
        uint8_t bytes[4];
        size_t size = sg_undo_escape_(&written, bytes);
        if (size == 0 || !sg_starts_with(name, (sg_bytes){bytes, size})) return false;
        name = sg_slice(name, size, name.size);
    }
    return name.size == 0;
}

bool sg_json_has(sg_object object, sg_bytes name) {
    sg_field field;
    while (sg_json_next(&object, &field)) {
        if (sg_json_is_named(&field, name)) return true;
    }
    return false;
}

bool sg_json_replace(sg_object object, sg_bytes name, sg_bytes with, sg_bytes *replaced) {
    sg_bytes text = object.text;
    sg_object fields = object;
    sg_field field;
    size_t found = 0;
    while (sg_json_next(&fields, &field)) found += sg_json_is_named(&field, name);
    if (found == 0) return false;
    uint8_t *copy = sg_alloc(text.size + found * with.size);
    uint8_t *end = copy;
    const uint8_t *done = text.data;
    while (sg_json_next(&object, &field)) {
        if (!sg_json_is_named(&field, name)) continue;
        size_t before = (size_t)(field.value.data - done);
        memcpy(end, done, before);
        memcpy(end + before, with.data, with.size);
        end += before + with.size;
        done = field.value.data + field.value.size;
    }
    size_t after = (size_t)(text.data + text.size - done);
    memcpy(end, done, after);
    *replaced = (sg_bytes){copy, (size_t)(end - copy) + after};
    return true;
}

bool sg_json_text(sg_bytes value, sg_bytes *text) {
    cursor string = over(value);
    if (!sg_skip_string_(&string) || string.at != string.end) return false;
    cursor written = {value.data + 1, string.end - 1};
    uint8_t *undone = sg_alloc(value.size);
    size_t size = 0;
    while (written.at < written.end) {
        uint8_t bytes[4];
        size_t more = sg_undo_escape_(&written, bytes);
        if (more == 0) return false;
        memcpy(undone + size, bytes, more);
        size += more;
    }
    *text = (sg_bytes){undone, size};
    return true;
}

bool sg_json_integer(sg_bytes value, int64_t *number) {
    cursor text = over(value);
    bool is_negative = take(&text, '-');
    int64_t sum = 0;
    if (text.at == text.end) return false;
    for (; text.at < text.end; text.at++) {
        int digit = *text.at - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(sum, 10, &sum)) return false;
        if (__builtin_sub_overflow(sum, digit, &sum)) return false;
    }
    /* Summed up below zero, where there is room for one more. */
    if (!is_negative && sum == INT64_MIN) return false;
    *number = is_negative ? sum : -sum;
    return true;
}
