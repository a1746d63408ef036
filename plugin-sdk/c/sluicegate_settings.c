/* Settings, each read by its name. */
#include "sluicegate.h"

/* The value of the setting of this name; false if it is not set. */
static bool find_setting(sg_bytes settings, sg_bytes name, sg_bytes *value) {
    sg_object object;
    sg_field field;
    if (!sg_json_object(settings, &object)) return false;
    while (sg_json_next(&object, &field)) {
        if (!sg_json_is_named(&field, name)) continue;
        *value = field.value;
        return true;
    }
    return false;
}

sg_status sg_setting_text(sg_bytes settings, sg_bytes name, sg_bytes otherwise, sg_bytes *text) {
    sg_bytes value;
    sg_bytes found = otherwise;
    if (find_setting(settings, name, &value) && !sg_json_text(value, &found)) {
        return sg_error(SG_JOIN(SG("`"), name, SG("` must be a text")));
    }
    *text = sg_keep(found);
    return sg_ok();
}

sg_status sg_setting_integer(sg_bytes settings, sg_bytes name, int64_t otherwise,
                             int64_t *number) {
    sg_bytes value;
    *number = otherwise;
    if (find_setting(settings, name, &value) && !sg_json_integer(value, number)) {
        return sg_error(SG_JOIN(SG("`"), name, SG("` must be a whole number")));
    }
    return sg_ok();
}
