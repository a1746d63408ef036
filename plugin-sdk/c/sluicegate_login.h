/* Authenticators: SLUICEGATE_AUTHENTICATOR(authenticate);
 * `sg_login authenticate(const sg_credentials *credentials)`. */
#ifndef SLUICEGATE_LOGIN_H
#define SLUICEGATE_LOGIN_H

#include "sluicegate.h"

/* What a client sent. Compare the secret with `sg_is_secret` and never log it. */
typedef struct {
    sg_bytes username; /* `default` if the client gave none. */
    sg_bytes secret;
    sg_bytes peer;     /* `ip:port` or `unix`. */
} sg_credentials;

typedef enum {
    SG_START_CONFIGURED, /* As the gateway is configured. */
    SG_START_OLDEST,
    SG_START_NEWEST,
    SG_START_OFFSET,
    SG_START_TIMESTAMP_MS,
} sg_start_kind;

/* A number that may be absent. */
typedef struct {
    bool is_some;
    uint32_t number;
} sg_maybe_u32;

/* The one topic that `SET`, `HSET` and `MGET` of a client are about. */
typedef struct {
    sg_bytes topic;
    bool publishes;
    bool consumes;
    sg_bytes color; /* Of the environment; may be empty. */
    struct {
        uint8_t kind; /* An `sg_start_kind`: where a new group begins. */
        union {
            uint64_t offset;
            int64_t timestamp_ms;
        };
    } start_at;
    sg_maybe_u32 block_ms; /* Longest wait of an MGET. */
    sg_maybe_u32 batch;    /* Most messages of an MGET. */
} sg_binding;

/* What a client may do. What is left out is not allowed, or as the gateway is configured. */
typedef struct {
    sg_bytes principal; /* Its name, for logs. */
    sg_bytes group;     /* Its consumer group. */
    sg_list publish;    /* Topics; `*` stands for any characters. */
    sg_list consume;
    bool admin;
    sg_maybe cluster;
    struct {
        bool is_some;
        sg_binding value;
    } binding;
    /* How long the same user and secret get it without a call. None: until the plugin or its
     * settings change. 0: for this connection only. */
    sg_maybe_u32 holds_for_secs;
} sg_grant;

typedef enum {
    SG_NOT_MINE,          /* The next authenticator is asked. */
    SG_WRONG_CREDENTIALS, /* `-WRONGPASS`; one text for a wrong user and a wrong secret. */
    SG_NO_PERMISSION,     /* `-NOPERM` */
    SG_MALFORMED,         /* `-ERR` */
    SG_UNAVAILABLE,       /* The store cannot be asked now; the text is for the operator. */
} sg_denial_kind;

typedef struct {
    bool is_denied;
    union {
        sg_grant grant;
        struct {
            uint8_t kind;
            sg_bytes text;
        } denial;
    };
} sg_login;

static inline sg_login sg_granted(sg_grant grant) { return (sg_login){.grant = grant}; }
static inline sg_login sg_denied(sg_denial_kind kind, sg_bytes text) {
    return (sg_login){.is_denied = true, .denial = {(uint8_t)kind, text}};
}
static inline sg_login sg_not_mine(void) { return sg_denied(SG_NOT_MINE, (sg_bytes){NULL, 0}); }

_Static_assert(sizeof(sg_binding) == 56 && sizeof(sg_grant) == 120 && sizeof(sg_login) == 128,
               "lies in memory as the gateway reads it");

#define SLUICEGATE_AUTHENTICATOR(function)                                                 \
    SG_EXPORT_("authenticator", "authenticate")                                            \
    const sg_login *sg_authenticator_authenticate_(                                        \
        const uint8_t *username, size_t username_size, const uint8_t *secret,              \
        size_t secret_size, const uint8_t *peer, size_t peer_size) {                       \
        static sg_login answer;                                                            \
        sg_credentials credentials = {                                                     \
            {username, username_size}, {secret, secret_size}, {peer, peer_size}};          \
        answer = function(&credentials);                                                   \
        return &answer;                                                                    \
    }                                                                                      \
    SG_POST_("authenticator", "authenticate", sg_authenticator_authenticate_)              \
    SG_END_

#endif
