/* A filter that lets only JSON objects in, without a forbidden field, and blots a secret one out. */
#include <sluicegate.h>

/* The names of the two fields. */
static sg_bytes redact;
static sg_bytes forbid;

static sg_status configure(sg_bytes settings) {
    SG_TRY(sg_setting_text(settings, SG("redact"), SG("card"), &redact));
    SG_TRY(sg_setting_text(settings, SG("forbid"), SG("password"), &forbid));
    return sg_ok();
}

SLUICEGATE_PLUGIN("guard", "0.1.0", "Guards JSON objects.", configure);

static sg_verdict on_produce(sg_maybe value) {
    /* A tombstone deletes a key: it has no fields to look at. */
    if (!value.is_some) return sg_forward();
    sg_object object;
    if (!sg_json_object(value.bytes, &object)) {
        return sg_reject(SG("not-object"), SG("the value is not a JSON object"));
    }
    if (sg_json_has(object, forbid)) {
        sg_bytes problem = SG_JOIN(SG("the field `"), forbid, SG("` must not be sent"));
        return sg_reject(SG("forbidden-field"), problem);
    }
    sg_set_header(SG("checked-by"), SG_SOME(sg_principal()));
    sg_bytes redacted;
    if (!sg_json_replace(object, redact, SG("\"***\""), &redacted)) return sg_forward();
    return sg_replace(redacted);
}

static sg_verdict on_consume(sg_maybe value) {
    (void)value;
    return sg_forward();
}

SLUICEGATE_FILTER(on_produce, on_consume);
