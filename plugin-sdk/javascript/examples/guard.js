// The example filter: redacts a field of JSON objects, rejects by rule, and adds a header.

import { defineFilter, forward, replace } from "../sluicegate/filter.js";
import { JsonObject } from "../sluicegate/json.js";
import { definePlugin } from "../sluicegate/plugin.js";
import { Rejection } from "../sluicegate/rejection.js";

let redact = "card";
let forbid = "password";

export const lifecycle = definePlugin({
  name: "guard",
  version: "0.1.0",
  summary: "Redacts one field of JSON objects and rejects those that have another.",

  configure(settings) {
    redact = settings.text("redact", redact);
    forbid = settings.text("forbid", forbid);
  },
});

export const filter = defineFilter({
  onProduce(message) {
    if (message.value === undefined) {
      return forward();
    }
    const object = JsonObject.parse(message.value);
    if (object === undefined) {
      throw new Rejection("not-object", "the value is not a JSON object");
    }
    if (object.has(forbid)) {
      throw new Rejection("forbidden-field", `the field \`${forbid}\` must not be sent`);
    }
    message.setHeader("checked-by", message.principal);
    const redacted = object.with(redact, "***");
    return redacted === undefined ? forward() : replace(redacted);
  },
});
