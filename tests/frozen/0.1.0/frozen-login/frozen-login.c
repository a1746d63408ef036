/* An authenticator of version 0.1.0, which asks Redis and SQL and gives every kind of answer. */

#include "../frozen.h"

enum { START_CONFIGURED, START_OLDEST, START_NEWEST, START_OFFSET, START_TIMESTAMP };

typedef struct {
    text topic;
    bool publishes;
    bool consumes;
    text color;
    struct {
        uint8_t is;
        uint64_t number;
    } start_at;
    option_u32 block_ms;
    option_u32 batch;
} binding;

typedef struct {
    const text *at;
    uint32_t len;
} texts;

typedef struct {
    text principal;
    text group;
    texts publish;
    texts consume;
    bool admin;
    option_text cluster;
    struct {
        bool is_some;
        binding value;
    } binding;
    option_u32 holds_for_secs;
} grant;

enum { NOT_MINE, WRONG_CREDENTIALS, NO_PERMISSION, MALFORMED, UNAVAILABLE };

typedef struct {
    uint8_t is;
    text words;
} denial;

typedef struct {
    bool is_error;
    union {
        grant ok;
        denial error;
    };
} decision;

enum { NIL, INTEGER, BYTES };

/* A value of Redis, or of SQL. */
typedef struct {
    uint8_t is;
    union {
        int64_t integer;
        text bytes;
    };
} value;

typedef struct {
    const value *at;
    uint32_t len;
} values;

typedef struct {
    const values *at;
    uint32_t len;
} rows;

enum { SINGLE, MANY };
enum { DENIED, REFUSED, AWAY };

typedef struct {
    bool is_error;
    union {
        struct {
            uint8_t is;
            union {
                value single;
                values many;
            };
        } ok;
        denial error;
    };
} reply;

typedef struct {
    bool is_error;
    union {
        rows ok;
        denial error;
    };
} answer_of_sql;

#define REDIS "sluicegate:plugin/redis@0.1.0"
#define SQL "sluicegate:plugin/sql@0.1.0"

IMPORT(REDIS, "call")
void redis_call(const char *connection, uint32_t connection_len, const char *command,
                uint32_t command_len, const text *arguments, uint32_t count, reply *answer);
IMPORT(SQL, "run")
void sql_run(const char *connection, uint32_t connection_len, const char *statement,
             uint32_t statement_len, const value *parameters, uint32_t count, answer_of_sql *answer);
IMPORT(SQL, "query")
void sql_query(const char *connection, uint32_t connection_len, const char *query,
               uint32_t query_len, const value *parameters, uint32_t count, answer_of_sql *answer);

EXPORT("sluicegate:plugin/lifecycle@0.1.0#describe")
const description *describe(void) {
    static description answer;
    answer.name = TEXT("frozen-login");
    answer.version = TEXT("0.1.0");
    answer.summary = TEXT("Asks both stores and gives every kind of answer.");
    return &answer;
}

EXPORT("sluicegate:plugin/lifecycle@0.1.0#configure")
const configured *configure(const char *at, uint32_t len) {
    return check_settings((text){at, len});
}

static decision decided;

static const decision *deny(uint8_t why, text words) {
    decided.is_error = true;
    decided.error = (denial){why, words};
    return &decided;
}

/* A grant with every field filled. */
static const decision *let_in(text principal) {
    static const text topics[] = {{"frozen", 6}, {"frozen-*", 8}};
    decided.is_error = false;
    decided.ok = (grant){
        .principal = principal,
        .group = TEXT("frozen-group"),
        .publish = {topics, 1},
        .consume = {topics, 2},
        .admin = true,
        .cluster = {false, TEXT("")},
        .binding = {true,
                    {.topic = TEXT("frozen"),
                     .publishes = true,
                     .consumes = true,
                     .color = TEXT(""),
                     .start_at = {START_OLDEST, 0},
                     .block_ms = {true, 10},
                     .batch = {true, 3}}},
        .holds_for_secs = {true, 60},
    };
    return &decided;
}

/* Words for what a store did not do. */
static const decision *without_store(denial error) {
    static const text kinds[] = {{"denied: ", 8}, {"refused: ", 9}, {"unavailable: ", 13}};
    return deny(NO_PERMISSION, JOIN(kinds[error.is], error.words));
}

/* The secret is a key whose value is the principal; one with `many` in it is asked for with MGET. */
static const decision *ask_redis(text secret) {
    reply answer;
    text arguments[] = {secret, TEXT("none")};
    bool many = has_within(secret, TEXT("many"));
    text command = many ? TEXT("MGET") : TEXT("GET");
    redis_call("users", 5, command.at, command.len, arguments, many ? 2 : 1, &answer);
    if (answer.is_error) {
        return without_store(answer.error);
    }
    value found = answer.ok.is == MANY ? answer.ok.many.at[0] : answer.ok.single;
    return found.is == BYTES ? let_in(found.bytes) : deny(WRONG_CREDENTIALS, TEXT("no such key"));
}

static const decision *take_row(answer_of_sql answer) {
    if (answer.is_error) {
        return without_store(answer.error);
    }
    bool found = answer.ok.len == 1 && answer.ok.at[0].at[0].is == BYTES;
    return found ? let_in(answer.ok.at[0].at[0].bytes) : deny(WRONG_CREDENTIALS, TEXT("no such row"));
}

static const decision *ask_sql(text secret) {
    answer_of_sql answer;
    value parameter = {.is = BYTES, .bytes = secret};
    sql_run("users", 5, "find", 4, &parameter, 1, &answer);
    return take_row(answer);
}

static const decision *query_sql(text secret) {
    answer_of_sql answer;
    text query = TEXT("SELECT CONCAT('query-', ?)");
    value parameter = {.is = BYTES, .bytes = secret};
    sql_query("users", 5, query.at, query.len, &parameter, 1, &answer);
    return take_row(answer);
}

EXPORT("sluicegate:plugin/authenticator@0.1.0#authenticate")
const decision *authenticate(const char *user_at, uint32_t user_len, const char *secret_at,
                             uint32_t secret_len, const char *peer_at, uint32_t peer_len) {
    text user = {user_at, user_len};
    text secret = {secret_at, secret_len};
    text peer = {peer_at, peer_len};
    if (same(user, TEXT("redis"))) {
        return ask_redis(secret);
    }
    if (same(user, TEXT("sql"))) {
        return ask_sql(secret);
    }
    if (same(user, TEXT("query"))) {
        return query_sql(secret);
    }
    if (same(user, TEXT("peer"))) {
        return deny(WRONG_CREDENTIALS, has_within(peer, TEXT("127.0.0.1:")) ? TEXT("seen") : peer);
    }
    if (same(user, TEXT("permission"))) {
        return deny(NO_PERMISSION, TEXT("not now"));
    }
    if (same(user, TEXT("malformed"))) {
        return deny(MALFORMED, TEXT("no sense in it"));
    }
    if (same(user, TEXT("unavailable"))) {
        return deny(UNAVAILABLE, TEXT("the store is away"));
    }
    return deny(NOT_MINE, TEXT(""));
}

AFTER("lifecycle@0.1.0#describe", describe)
AFTER("lifecycle@0.1.0#configure", configure)
AFTER("authenticator@0.1.0#authenticate", authenticate)
