/* my-plugin: a plugin for Sluicegate. */
#include <sluicegate.h>
/* @role authenticator */

static sg_bytes secret;
/* @end */
/* @role filter */

static sg_bytes reply;
/* @end */

/* Called once for each instance. An error refuses the file, and tells the operator why. */
static sg_status configure(sg_bytes settings) {
    (void)settings;
    /* @role authenticator */
    SG_TRY(sg_setting_text(settings, SG("secret"), SG("let me in"), &secret));
    /* @end */
    /* @role filter */
    SG_TRY(sg_setting_text(settings, SG("reply"), SG("pong"), &reply));
    /* @end */
    return sg_ok();
}

SLUICEGATE_PLUGIN("my-plugin", "0.1.0", "My first plugin.", configure);
/* @role authenticator */

/* Lets one user in, to the topics that begin with its name. */
static sg_login authenticate(const sg_credentials *credentials) {
    if (!sg_equal(credentials->username, SG("demo"))) return sg_not_mine();
    if (!sg_is_secret(credentials->secret, secret)) {
        return sg_denied(SG_WRONG_CREDENTIALS, SG("wrong user or secret"));
    }
    return sg_granted((sg_grant){
        .principal = SG("demo"),
        .group = SG("demo"),
        .publish = SG_LIST(SG("demo*")),
        .consume = SG_LIST(SG("demo*")),
    });
}

SLUICEGATE_AUTHENTICATOR(authenticate);
/* @end */
/* @role filter */

/* Answers `ping`, and lets no empty value in. */
static sg_verdict on_produce(sg_maybe value) {
    if (!value.is_some) return sg_forward();
    if (sg_equal(value.bytes, SG("ping"))) return sg_replace(reply);
    if (value.bytes.size == 0) return sg_reject(SG("empty-value"), SG("the value is empty"));
    return sg_forward();
}

/* Shows everything as it is stored. */
static sg_verdict on_consume(sg_maybe value) {
    (void)value;
    return sg_forward();
}

SLUICEGATE_FILTER(on_produce, on_consume);
/* @end */
/* @role router */

/* Sends what is meant for `...-old` to `...-new`, for all messages of that topic. */
static sg_route route(sg_bytes topic) {
    sg_bytes old = SG("-old");
    if (!sg_ends_with(topic, old)) return sg_route_all(topic);
    sg_bytes name = sg_slice(topic, 0, topic.size - old.size);
    return sg_route_all(SG_JOIN(name, SG("-new")));
}

SLUICEGATE_ROUTER(route);
/* @end */
/* @role partitioner */

/* FNV-1a of the key; messages without a key are left to the gateway. */
static uint32_t partition(sg_maybe key, uint32_t partitions) {
    if (!key.is_some) return SG_NO_PREFERENCE;
    uint32_t hash = 0x811c9dc5;
    for (size_t at = 0; at < key.bytes.size; at++) {
        hash = (hash ^ key.bytes.data[at]) * 0x01000193;
    }
    return hash % partitions;
}

SLUICEGATE_PARTITIONER(partition);
/* @end */
/* @role transcoder */

/* Stores hexadecimal digits. */
static sg_payload encode(sg_bytes value) {
    uint8_t *digits = sg_alloc(2 * value.size);
    for (size_t at = 0; at < value.size; at++) {
        digits[2 * at] = "0123456789abcdef"[value.data[at] >> 4];
        digits[2 * at + 1] = "0123456789abcdef"[value.data[at] & 15];
    }
    return sg_payload_of((sg_bytes){digits, 2 * value.size});
}

/* What a digit stands for; 16 if it is none. */
static uint8_t digit_value(uint8_t digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return 16;
}

/* Shows the bytes that they stand for. */
static sg_payload decode(sg_bytes value) {
    bool is_hex = value.size % 2 == 0;
    uint8_t *bytes = sg_alloc(value.size / 2);
    for (size_t at = 0; is_hex && at < value.size; at += 2) {
        uint8_t high = digit_value(value.data[at]);
        uint8_t low = digit_value(value.data[at + 1]);
        is_hex = high < 16 && low < 16;
        bytes[at / 2] = (uint8_t)(high << 4 | low);
    }
    if (is_hex) return sg_payload_of((sg_bytes){bytes, value.size / 2});
    return sg_payload_rejected(SG("not-hex"), SG("the stored value is not hexadecimal"));
}

SLUICEGATE_TRANSCODER(encode, decode);
/* @end */
