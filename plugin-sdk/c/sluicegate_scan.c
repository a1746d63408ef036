/* A scanner for JSON that goes over a text once and needs no memory. */
#include "sluicegate_scan.h"

#include <string.h>


/* ---- Strings ---- */

static int hex_digit(uint8_t digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    uint8_t letter = digit | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Four hexadecimal digits; -1 if they are not. */
static int32_t take_unit(cursor *text) {
    if (text->end - text->at < 4) return -1;
    int32_t unit = 0;
    for (int digit = 0; digit < 4; digit++) {
        int value = hex_digit(*text->at++);
        if (value < 0) return -1;
        unit = unit << 4 | value;
    }
    return unit;
}

/* Skips one character in UTF-8 of two bytes or more; false if it is none. */
static bool skip_character(cursor *text) {
    static const struct {
        uint8_t from, to, second_from, second_to, more;
    } forms[] = {
        {0xc2, 0xdf, 0x80, 0xbf, 0}, {0xe0, 0xe0, 0xa0, 0xbf, 1}, {0xe1, 0xec, 0x80, 0xbf, 1},
        {0xed, 0xed, 0x80, 0x9f, 1}, {0xee, 0xef, 0x80, 0xbf, 1}, {0xf0, 0xf0, 0x90, 0xbf, 2},
        {0xf1, 0xf3, 0x80, 0xbf, 2}, {0xf4, 0xf4, 0x80, 0x8f, 2},
    };
    uint8_t lead = *text->at++;
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
        if (lead < forms[form].from || lead > forms[form].to) continue;
        uint8_t second = peek(text);
        if (second < forms[form].second_from || second > forms[form].second_to) return false;
        text->at++;
        for (int more = 0; more < forms[form].more; more++) {
            if ((peek(text) & 0xc0) != 0x80) return false;
            text->at++;
        }
        return true;
    }
    return false;
}

static bool skip_escape(cursor *text) {
    uint8_t kind = peek(text);
    if (kind == 0 || strchr("\"\\/bfnrtu", kind) == NULL) return false;
    text->at++;
    return kind != 'u' || take_unit(text) >= 0;
}

bool sg_skip_string_(cursor *text) {
    if (!take(text, '"')) return false;
    while (text->at < text->end) {
        uint8_t byte = *text->at;
        if (byte < 0x20) return false;
        if (byte >= 0x80) {
            if (!skip_character(text)) return false;
            continue;
        }
        text->at++;
        if (byte == '"') return true;
        if (byte == '\\' && !skip_escape(text)) return false;
    }
    return false;
}

static size_t to_utf8(uint32_t character, uint8_t bytes[4]) {
    if (character < 0x80) {
        bytes[0] = (uint8_t)character;
        return 1;
    }
    size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t at = size - 1; at > 0; at--) {
        bytes[at] = (uint8_t)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    bytes[0] = (uint8_t)(leads[size] | character);
    return size;
}

/* Behind `\u`: one character, which may be two units. 0 bytes for half a surrogate pair. */
static size_t undo_unit(cursor *text, uint8_t bytes[4]) {
    uint32_t unit = (uint32_t)take_unit(text);
    if (unit < 0xd800 || unit > 0xdfff) return to_utf8(unit, bytes);
    if (unit > 0xdbff || !take(text, '\\') || !take(text, 'u')) return 0;
    uint32_t low = (uint32_t)take_unit(text);
    if (low < 0xdc00 || low > 0xdfff) return 0;
    return to_utf8(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), bytes);
}

size_t sg_undo_escape_(cursor *text, uint8_t bytes[4]) {
    bytes[0] = *text->at++;
    if (bytes[0] != '\\') return 1;
    uint8_t kind = *text->at++;
    switch (kind) {
    case 'b': bytes[0] = '\b'; return 1;
    case 'f': bytes[0] = '\f'; return 1;
    case 'n': bytes[0] = '\n'; return 1;
    case 'r': bytes[0] = '\r'; return 1;
    case 't': bytes[0] = '\t'; return 1;
    case 'u': return undo_unit(text, bytes);
    default: bytes[0] = kind; return 1;
    }
}

/* ---- Values ---- */

static bool skip_digits(cursor *text) {
    const uint8_t *start = text->at;
    while (peek(text) >= '0' && peek(text) <= '9') text->at++;
    return text->at > start;
}

static bool skip_number(cursor *text) {
    take(text, '-');
    if (!take(text, '0') && !skip_digits(text)) return false;
    if (take(text, '.') && !skip_digits(text)) return false;
    if (!take(text, 'e') && !take(text, 'E')) return true;
    if (!take(text, '+')) take(text, '-');
    return skip_digits(text);
}

static bool skip_word(cursor *text, sg_bytes word) {
    sg_bytes rest = {text->at, (size_t)(text->end - text->at)};
    if (!sg_starts_with(rest, word)) return false;
    text->at += word.size;
    return true;
}

static bool skip_scalar(cursor *text) {
    switch (peek(text)) {
    case '"': return sg_skip_string_(text);
    case 't': return skip_word(text, SG("true"));
    case 'f': return skip_word(text, SG("false"));
    case 'n': return skip_word(text, SG("null"));
    default: return skip_number(text);
    }
}

/* A field's name and what stands between it and its value. */
static bool skip_name(cursor *text) {
    skip_space(text);
    if (!sg_skip_string_(text)) return false;
    skip_space(text);
    if (!take(text, ':')) return false;
    skip_space(text);
    return true;
}

/* Keeps its own stack: the machine's is small. */
bool sg_skip_value_(cursor *text) {
    uint8_t closing[SG_JSON_DEPTH_MAX];
    size_t depth = 1; /* The object that the field is in. */
    for (;;) {
        skip_space(text);
        uint8_t byte = peek(text);
        if (byte == '{' || byte == '[') {
            if (depth == SG_JSON_DEPTH_MAX) return false;
            text->at++;
            skip_space(text);
            uint8_t close = byte == '{' ? '}' : ']';
            if (!take(text, close)) {
                closing[depth++] = close;
                if (byte == '{' && !skip_name(text)) return false;
                continue;
            }
        } else if (!skip_scalar(text)) {
            return false;
        }
        /* A value has ended: and so may what it is in. */
        for (;; depth--) {
            if (depth == 1) return true;
            skip_space(text);
            uint8_t close = closing[depth - 1];
            if (take(text, ',')) {
                if (close == '}' && !skip_name(text)) return false;
                break;
            }
            if (!take(text, close)) return false;
        }
    }
}
