/* JSON objects by position: a field can be read or replaced while every other byte stays. */
#ifndef SLUICEGATE_JSON_H
#define SLUICEGATE_JSON_H

#include "sluicegate.h"

/* How deep objects and arrays may nest; the object itself is the first level. */
#define SG_JSON_DEPTH_MAX 128

/* A JSON object that was checked, and where the next field begins. */
typedef struct {
    sg_bytes text;
    sg_bytes rest;
} sg_object;

/* A field: its name as it is written between the quotes, and its value without space around it. */
typedef struct {
    sg_bytes name;
    sg_bytes value;
} sg_field;

/* Reads a payload. False if it is anything but one JSON object by RFC 8259 with white space around
 * it, or nests deeper than `SG_JSON_DEPTH_MAX`; then `object` is not set. */
bool sg_json_object(sg_bytes payload, sg_object *object);

/* Goes to the next field, in order; false behind the last. A name may be there twice. */
bool sg_json_next(sg_object *object, sg_field *field);

/* Is this what the field is called, once the escapes in its name are undone? Half a surrogate pair
 * is legal JSON, and no text: such a name is like no other. */
bool sg_json_is_named(const sg_field *field, sg_bytes name);

/* True if there is a field of this name. */
bool sg_json_has(sg_object object, sg_bytes name);

/* Puts the JSON text `with` in place of the value of each field of this name. False if there is
 * none; then `replaced` is not set. */
bool sg_json_replace(sg_object object, sg_bytes name, sg_bytes with, sg_bytes *replaced);

/* The text that a field's value stands for, without quotes and escapes. False if it is no string,
 * or has half a surrogate pair. */
bool sg_json_text(sg_bytes value, sg_bytes *text);

/* A field's value as a whole number. False if it is not written as one, or does not fit. */
bool sg_json_integer(sg_bytes value, int64_t *number);

#endif
