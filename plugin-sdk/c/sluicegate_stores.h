/* Redis and SQL, for authenticators whose TOML file grants them. Include this, and add
 * `import sluicegate:plugin/redis@0.1.0;` or `…/sql@0.1.0;` to `wit/world.wit`.
 *
 * The gateway owns the connections and their time limits. Only valid during `authenticate`; at any
 * other time a call traps. */
#ifndef SLUICEGATE_STORES_H
#define SLUICEGATE_STORES_H

#include "sluicegate.h"

typedef enum { SG_NIL, SG_INTEGER, SG_BYTES } sg_stored_kind;

/* A value of a reply, a column of a row, or a parameter of a statement. */
typedef struct {
    uint8_t kind;
    union {
        int64_t integer;
        sg_bytes bytes;
    };
} sg_stored;

typedef struct {
    const sg_stored *items;
    size_t count;
} sg_stored_list;

typedef enum {
    SG_STORE_DENIED,      /* Not granted; nothing was sent. */
    SG_STORE_REFUSED,     /* The server answered with an error. */
    SG_STORE_UNAVAILABLE, /* No answer; a change may have been made. */
} sg_store_error_kind;

typedef struct {
    uint8_t kind;
    sg_bytes text;
} sg_store_error;

/* A reply of Redis: one value, or many. */
typedef struct {
    bool is_error;
    union {
        struct {
            bool is_many;
            union {
                sg_stored single;
                sg_stored_list many;
            };
        } reply;
        sg_store_error error;
    };
} sg_redis_answer;

/* Sends one command over the connection of `[redis.NAME]` and waits for its reply. */
sg_redis_answer sg_redis(sg_bytes connection, sg_bytes command, sg_list arguments);

/* The rows of a database. */
typedef struct {
    bool is_error;
    union {
        struct {
            const sg_stored_list *items;
            size_t count;
        } rows;
        sg_store_error error;
    };
} sg_sql_answer;

/* Runs the statement of this name in `[sql.NAME.statements]`, with a parameter for each `?`. */
sg_sql_answer sg_sql_run(sg_bytes connection, sg_bytes statement, sg_stored_list parameters);

/* Runs a SELECT of the plugin's own, where the TOML file says `queries = "read-only"`. */
sg_sql_answer sg_sql_query(sg_bytes connection, sg_bytes text, sg_stored_list parameters);

_Static_assert(sizeof(sg_redis_answer) == 32 && sizeof(sg_sql_answer) == 16,
               "lies in memory as the gateway writes it");

#endif
