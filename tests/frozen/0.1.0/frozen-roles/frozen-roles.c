/* A plugin of version 0.1.0 with four roles, which calls everything that they may call. */

#include "../frozen.h"

typedef struct {
    const uint32_t *at;
    uint32_t len;
} numbers;

typedef struct {
    const uint64_t *at;
    uint32_t len;
} big_numbers;

typedef struct {
    text name;
    option_text value;
} header;

typedef struct {
    const header *at;
    uint32_t len;
} headers;

enum { FORWARD, REPLACE, DROP, REJECT };

typedef struct {
    uint8_t is;
    union {
        text replace;
        rejection reject;
    };
} verdict;

enum { SCOPE_MESSAGE, SCOPE_TOPIC };

typedef struct {
    bool is_error;
    union {
        struct {
            text topic;
            uint8_t scope;
        } ok;
        rejection error;
    };
} routed;

typedef struct {
    bool is_error;
    union {
        text ok;
        rejection error;
    };
} transcoded;

enum { DEBUG, INFO, WARN, ERROR };

#define LOG "sluicegate:plugin/log@0.1.0"
#define METRICS "sluicegate:plugin/metrics@0.1.0"
#define CURRENT "sluicegate:plugin/current@0.1.0"
#define BURST "sluicegate:plugin/burst@0.1.0"

IMPORT(LOG, "write") void log_write(uint32_t level, const char *at, uint32_t len);
IMPORT(METRICS, "count") void metrics_count(const char *at, uint32_t len, uint64_t by);
IMPORT(CURRENT, "topic") void current_topic(text *answer);
IMPORT(CURRENT, "key") void current_key(option_text *answer);
IMPORT(CURRENT, "value") void current_value(option_text *answer);
IMPORT(CURRENT, "header") void current_header(const char *at, uint32_t len, option_text *answer);
IMPORT(CURRENT, "headers") void current_headers(headers *answer);
IMPORT(CURRENT, "timestamp-ms") int64_t current_timestamp_ms(void);
IMPORT(CURRENT, "principal") void current_principal(text *answer);
IMPORT(CURRENT, "set-header")
void current_set_header(const char *name, uint32_t name_len, bool is_some, const char *at, uint32_t len);
IMPORT(CURRENT, "remove-header") void current_remove_header(const char *at, uint32_t len);
IMPORT(CURRENT, "set-key") void current_set_key(bool is_some, const char *at, uint32_t len);
IMPORT(BURST, "topic") void burst_topic(text *answer);
IMPORT(BURST, "sizes") void burst_sizes(numbers *answer);
IMPORT(BURST, "placed-bytes") void burst_placed_bytes(big_numbers *answer);
IMPORT(BURST, "placed-messages") uint64_t burst_placed_messages(void);

static text digits(uint64_t number) {
    char *all = take(20, 1);
    uint32_t at = 20;
    do {
        all[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return (text){all + at, 20 - at};
}

static text or_none(option_text value) {
    return value.is_some ? value.value : TEXT("none");
}

/* Everything that can be asked about the message in hand, in one line. */
static text report(void) {
    text topic, principal;
    option_text key, value, wanted;
    headers all;
    current_topic(&topic);
    current_principal(&principal);
    current_key(&key);
    current_value(&value);
    current_header("wanted", 6, &wanted);
    current_headers(&all);
    text when = current_timestamp_ms() > 1500000000000 ? TEXT("now") : TEXT("long ago");
    text bar = TEXT("|");
    text last = all.len == 0 ? TEXT("none") : all.at[all.len - 1].name;
    return JOIN(topic, bar, principal, bar, or_none(key), bar, or_none(value), bar, or_none(wanted),
                bar, digits(all.len), bar, last, bar, when);
}

EXPORT("sluicegate:plugin/lifecycle@0.1.0#describe")
const description *describe(void) {
    static description answer;
    answer.name = TEXT("frozen-roles");
    answer.version = TEXT("0.1.0");
    answer.summary = TEXT("Has four roles and calls everything.");
    return &answer;
}

EXPORT("sluicegate:plugin/lifecycle@0.1.0#configure")
const configured *configure(const char *at, uint32_t len) {
    return check_settings((text){at, len});
}

static verdict answered;

EXPORT("sluicegate:plugin/filter@0.1.0#on-produce")
const verdict *on_produce(bool is_some, const char *at, uint32_t len) {
    text value = {at, len};
    answered.is = FORWARD;
    if (!is_some) {
        metrics_count("tombstones", 10, 1);
    } else if (same(value, TEXT("drop"))) {
        answered.is = DROP;
    } else if (same(value, TEXT("reject"))) {
        answered.is = REJECT;
        answered.reject = (rejection){TEXT("told-to"), TEXT("the value says so")};
    } else if (same(value, TEXT("ping"))) {
        answered.is = REPLACE;
        answered.replace = TEXT("pong");
    } else if (same(value, TEXT("report"))) {
        current_set_header("wanted", 6, true, "yes", 3);
        text line = report();
        log_write(INFO, line.at, line.len);
        current_set_header("report", 6, true, line.at, line.len);
        current_remove_header("wanted", 6);
        current_set_key(true, "b", 1);
    }
    return &answered;
}

EXPORT("sluicegate:plugin/filter@0.1.0#on-consume")
const verdict *on_consume(bool is_some, const char *at, uint32_t len) {
    (void)is_some;
    text value = {at, len};
    answered.is = same(value, TEXT("hide")) ? DROP : FORWARD;
    return &answered;
}

EXPORT("sluicegate:plugin/router@0.1.0#route")
const routed *route(const char *at, uint32_t len) {
    static routed answer;
    text topic = {at, len};
    answer.is_error = same(topic, TEXT("forbidden"));
    if (answer.is_error) {
        answer.error = (rejection){TEXT("no-such-way"), TEXT("nothing goes there")};
    } else if (same(topic, TEXT("frozen-old"))) {
        answer.ok.topic = TEXT("frozen-new");
        answer.ok.scope = SCOPE_TOPIC;
    } else {
        answer.ok.topic = topic;
        answer.ok.scope = SCOPE_MESSAGE;
    }
    return &answer;
}

/* A message without a key goes where the gateway wants, any other where its key's first byte says. */
EXPORT("sluicegate:plugin/partitioner@0.1.0#partition-many")
const numbers *partition_many(const unsigned char *keys, uint32_t keys_len, const uint32_t *ends,
                              uint32_t count, uint32_t partitions) {
    static numbers answer;
    numbers sizes;
    big_numbers placed;
    text topic;
    burst_topic(&topic);
    burst_sizes(&sizes);
    burst_placed_bytes(&placed);
    if (topic.len == 0 || sizes.len != count || placed.len != partitions) {
        __builtin_trap();
    }
    metrics_count("sized", 5, sizes.at[0]);
    metrics_count("placed", 6, burst_placed_messages());
    uint32_t *chosen = take(4 * count, 4);
    uint32_t begin = 0;
    for (uint32_t i = 0; i < count; i++) {
        chosen[i] = UINT32_MAX;
        if (ends[i] != UINT32_MAX) {
            chosen[i] = begin < ends[i] && begin < keys_len ? keys[begin] % partitions : 0;
            begin = ends[i];
        }
    }
    answer = (numbers){chosen, count};
    return &answer;
}

static transcoded translated;

EXPORT("sluicegate:plugin/transcoder@0.1.0#encode")
const transcoded *encode(const char *at, uint32_t len) {
    translated.is_error = false;
    translated.ok = JOIN(TEXT("frozen:"), (text){at, len});
    return &translated;
}

EXPORT("sluicegate:plugin/transcoder@0.1.0#decode")
const transcoded *decode(const char *at, uint32_t len) {
    translated.is_error = len < 7 || !same((text){at, 7}, TEXT("frozen:"));
    if (translated.is_error) {
        translated.error = (rejection){TEXT("not-frozen"), TEXT("it was stored without a mark")};
    } else {
        translated.ok = (text){at + 7, len - 7};
    }
    return &translated;
}

AFTER("lifecycle@0.1.0#describe", describe)
AFTER("lifecycle@0.1.0#configure", configure)
AFTER("filter@0.1.0#on-produce", on_produce)
AFTER("filter@0.1.0#on-consume", on_consume)
AFTER("router@0.1.0#route", route)
AFTER("partitioner@0.1.0#partition-many", partition_many)
AFTER("transcoder@0.1.0#encode", encode)
AFTER("transcoder@0.1.0#decode", decode)
