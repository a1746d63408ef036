/* What the roles answer, and the macros that export them. Only roles that a plugin names are
 * exported: the gateway reads them from the exports.
 *
 * The structures lie in memory as the component model's canonical ABI says. */
#ifndef SLUICEGATE_ROLES_H
#define SLUICEGATE_ROLES_H

#include "sluicegate.h"

/* ---- SLUICEGATE_FILTER(on_produce, on_consume); both `sg_verdict f(sg_maybe value)` ---- */

/* A refusal: the client gets `-REJECTED <plugin> <code>: <message>`. The code is a short word of
 * a to z, 0 to 9 and `-`; the message is for people and must not hold secrets. */
typedef struct {
    sg_bytes code;
    sg_bytes message;
} sg_rejection;

typedef enum { SG_FORWARD, SG_REPLACE, SG_DROP, SG_REJECT } sg_verdict_kind;

/* What becomes of a message. On produce a dropped one is acknowledged and not stored; on consume
 * dropped and rejected ones are not shown. */
typedef struct {
    uint8_t kind;
    union {
        sg_bytes value;
        sg_rejection rejection;
    };
} sg_verdict;

static inline sg_verdict sg_forward(void) { return (sg_verdict){.kind = SG_FORWARD}; }
static inline sg_verdict sg_drop(void) { return (sg_verdict){.kind = SG_DROP}; }
static inline sg_verdict sg_replace(sg_bytes value) {
    return (sg_verdict){.kind = SG_REPLACE, .value = value};
}
static inline sg_verdict sg_reject(sg_bytes code, sg_bytes message) {
    return (sg_verdict){.kind = SG_REJECT, .rejection = {code, message}};
}

#define SLUICEGATE_FILTER(produce, consume)                  \
    SG_FILTER_("on-produce", sg_filter_on_produce_, produce) \
    SG_FILTER_("on-consume", sg_filter_on_consume_, consume) \
    SG_END_

#define SG_FILTER_(name, symbol, function)                                             \
    SG_EXPORT_("filter", name)                                                         \
    const sg_verdict *symbol(int32_t is_some, const uint8_t *data, size_t size) {      \
        static sg_verdict answer;                                                      \
        answer = function(is_some ? SG_SOME(((sg_bytes){data, size})) : SG_NONE);      \
        return &answer;                                                                \
    }                                                                                  \
    SG_POST_("filter", name, symbol)

/* ---- SLUICEGATE_ROUTER(route); `sg_route route(sg_bytes topic)` ---- */

/* Where a message goes: `sg_route_all` for every message of the topic that was asked about, which
 * the gateway remembers, `sg_route_one` for this message only. */
typedef struct {
    bool is_rejected;
    union {
        struct {
            sg_bytes topic;
            uint8_t scope;
        };
        sg_rejection rejection;
    };
} sg_route;

static inline sg_route sg_route_one(sg_bytes topic) {
    return (sg_route){.topic = topic, .scope = 0};
}
static inline sg_route sg_route_all(sg_bytes topic) {
    return (sg_route){.topic = topic, .scope = 1};
}
static inline sg_route sg_route_rejected(sg_bytes code, sg_bytes message) {
    return (sg_route){.is_rejected = true, .rejection = {code, message}};
}

#define SLUICEGATE_ROUTER(function)                                      \
    SG_EXPORT_("router", "route")                                        \
    const sg_route *sg_router_route_(const uint8_t *data, size_t size) { \
        static sg_route answer;                                          \
        answer = function((sg_bytes){data, size});                       \
        return &answer;                                                  \
    }                                                                    \
    SG_POST_("router", "route", sg_router_route_)                        \
    SG_END_

/* ---- SLUICEGATE_TRANSCODER(encode, decode); both `sg_payload f(sg_bytes value)` ---- */

/* The translated value, or a refusal. A record whose `decode` is refused is shown as stored. */
typedef struct {
    bool is_rejected;
    union {
        sg_bytes value;
        sg_rejection rejection;
    };
} sg_payload;

static inline sg_payload sg_payload_of(sg_bytes value) { return (sg_payload){.value = value}; }
static inline sg_payload sg_payload_rejected(sg_bytes code, sg_bytes message) {
    return (sg_payload){.is_rejected = true, .rejection = {code, message}};
}

#define SLUICEGATE_TRANSCODER(encode, decode)             \
    SG_TRANSCODER_("encode", sg_transcoder_encode_, encode) \
    SG_TRANSCODER_("decode", sg_transcoder_decode_, decode) \
    SG_END_

#define SG_TRANSCODER_(name, symbol, function)                   \
    SG_EXPORT_("transcoder", name)                               \
    const sg_payload *symbol(const uint8_t *data, size_t size) { \
        static sg_payload answer;                                \
        answer = function((sg_bytes){data, size});               \
        return &answer;                                          \
    }                                                            \
    SG_POST_("transcoder", name, symbol)

/* ---- SLUICEGATE_PARTITIONER(partition); `uint32_t partition(sg_maybe key, uint32_t partitions)`
 *      or SLUICEGATE_BURST_PARTITIONER(place); `void place(sg_burst, uint32_t *placed)` ---- */

/* Instead of a number below `partitions`: the gateway spreads it. */
#define SG_NO_PREFERENCE UINT32_MAX

/* The messages of a client's burst that go to one topic. */
typedef struct {
    const uint8_t *keys;   /* One behind the other. */
    const uint32_t *ends;  /* Behind each key; UINT32_MAX if a message has none. */
    size_t count;          /* Of messages, at least 1. */
    uint32_t partitions;   /* Of the topic, at least 1. */
} sg_burst;

/* The key of message `index`. Ask in order: `start`, 0 at first, moves on. */
static inline sg_maybe sg_burst_key(const sg_burst *burst, size_t index, size_t *start) {
    if (burst->ends[index] == UINT32_MAX) return SG_NONE;
    sg_bytes key = {burst->keys + *start, burst->ends[index] - *start};
    *start = burst->ends[index];
    return SG_SOME(key);
}

typedef struct {
    const uint32_t *items;
    size_t count;
} sg_u32_list;

typedef struct {
    const uint64_t *items;
    size_t count;
} sg_u64_list;

/* More about the burst in hand: its topic; bytes of key and value of each message; bytes that this
 * gateway has placed in each partition since it started, and messages in the topic. */
sg_bytes sg_burst_topic(void);
sg_u32_list sg_burst_sizes(void);
sg_u64_list sg_burst_placed_bytes(void);
uint64_t sg_burst_placed_messages(void);

#define SLUICEGATE_PARTITIONER(function)                                           \
    static void sg_partitioner_place_(sg_burst burst, uint32_t *placed) {          \
        size_t start = 0;                                                          \
        for (size_t index = 0; index < burst.count; index++) {                     \
            sg_maybe key = sg_burst_key(&burst, index, &start);                    \
            placed[index] = function(key, burst.partitions);                       \
        }                                                                          \
    }                                                                              \
    SLUICEGATE_BURST_PARTITIONER(sg_partitioner_place_)

#define SLUICEGATE_BURST_PARTITIONER(function)                                            \
    SG_EXPORT_("partitioner", "partition-many")                                           \
    const sg_u32_list *sg_partitioner_many_(const uint8_t *keys, size_t size,             \
                                            const uint32_t *ends, size_t count,           \
                                            uint32_t partitions) {                        \
        static sg_u32_list answer;                                                        \
        uint32_t *placed = sg_alloc(count * sizeof *placed);                              \
        (void)size;                                                                       \
        function((sg_burst){keys, ends, count, partitions}, placed);                      \
        answer = (sg_u32_list){placed, count};                                            \
        return &answer;                                                                   \
    }                                                                                     \
    SG_POST_("partitioner", "partition-many", sg_partitioner_many_)                       \
    SG_END_

#include "sluicegate_login.h"

/* ---- What the macros are made of ---- */

#define SLUICEGATE_PLUGIN(name, version, summary, configure)                               \
    SG_EXPORT_("lifecycle", "describe")                                                    \
    const sg_bytes *sg_lifecycle_describe_(void) {                                         \
        static sg_bytes description[3];                                                    \
        description[0] = SG(name);                                                         \
        description[1] = SG(version);                                                      \
        description[2] = SG(summary);                                                      \
        return description;                                                                \
    }                                                                                      \
    SG_EXPORT_("lifecycle", "configure")                                                   \
    const sg_status *sg_lifecycle_configure_(const uint8_t *data, size_t size) {           \
        static sg_status status;                                                           \
        status = configure((sg_bytes){data, size});                                        \
        return &status;                                                                    \
    }                                                                                      \
    SG_POST_("lifecycle", "configure", sg_lifecycle_configure_)                            \
    SG_END_

#define SG_INTERFACE_(interface, name) "sluicegate:plugin/" interface "@0.1.0#" name
#define SG_EXPORT_(interface, name) __attribute__((export_name(SG_INTERFACE_(interface, name))))
#define SG_POST_(interface, name, symbol)                                                \
    __attribute__((export_name("cabi_post_" SG_INTERFACE_(interface, name))))            \
    void symbol##post(const void *answer) {                                              \
        (void)answer;                                                                    \
        sg_end_call();                                                                   \
    }
#define SG_END_ _Static_assert(1, "a semicolon follows")

/* Frees what the call had. */
void sg_end_call(void);

#endif
