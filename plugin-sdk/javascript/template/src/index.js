// The plugin my-plugin. The gateway makes several instances and may drop each at any time: keep
// caches between calls, nothing else.

import { definePlugin } from "../sluicegate/plugin.js";
// @role authenticator
import { defineAuthenticator, Denial, isSameSecret } from "../sluicegate/authenticator.js";
// @end
// @role filter
import { defineFilter, forward, replace } from "../sluicegate/filter.js";
// @end
// @role router
import { defineRouter } from "../sluicegate/router.js";
// @end
// @role partitioner
import { definePartitioner } from "../sluicegate/partitioner.js";
// @end
// @role transcoder
import { defineTranscoder } from "../sluicegate/transcoder.js";
// @end
// @role filter transcoder
import { Rejection } from "../sluicegate/rejection.js";
// @end
// @role authenticator filter

// @end
// @role authenticator
let secret = "let me in";
// @end
// @role filter
let reply = "pong";
// @end
// @role authenticator filter

// @end
export const lifecycle = definePlugin({
  name: "my-plugin",
  version: "0.1.0",
  summary: "Shows what a plugin in JavaScript looks like.",
  // @role authenticator filter

  configure(settings) {
    // @role authenticator
    secret = settings.text("secret", secret);
    // @end
    // @role filter
    reply = settings.text("reply", reply);
    // @end
    // @role authenticator filter
  },
  // @end
});

// @role authenticator
export const authenticator = defineAuthenticator({
  authenticate({ username, secret: given }) {
    if (username !== "demo") {
      throw Denial.notMine();
    }
    if (!isSameSecret(given, secret)) {
      throw Denial.wrongCredentials("wrong user or secret");
    }
    return { principal: "demo", group: "demo", publish: ["demo*"], consume: ["demo*"] };
  },
});

// @end
// @role filter
export const filter = defineFilter({
  onProduce(message) {
    if (message.value?.length === 0) {
      throw new Rejection("empty-value", "the value is empty");
    }
    return message.text === "ping" ? replace(reply) : forward();
  },

  onConsume() {
    return forward();
  },
});

// @end
// @role router
export const router = defineRouter({
  route(topic) {
    return { topic: topic.replace(/-old$/, "-new"), scope: "topic" };
  },
});

// @end
// @role partitioner
export const partitioner = definePartitioner({
  partition(key, partitions) {
    if (key === undefined) {
      return undefined;
    }
    // FNV-1a, 32 bits.
    let hash = 0x811c9dc5;
    for (let at = 0; at < key.length; at++) {
      hash = Math.imul(hash ^ key[at], 0x01000193);
    }
    return (hash >>> 0) % partitions;
  },
});

// @end
// @role transcoder
const DIGITS = new TextEncoder().encode("0123456789abcdef");

export const transcoder = defineTranscoder({
  encode(value) {
    const digits = new Uint8Array(2 * value.length);
    for (let at = 0; at < value.length; at++) {
      digits[2 * at] = DIGITS[value[at] >> 4];
      digits[2 * at + 1] = DIGITS[value[at] & 15];
    }
    return digits;
  },

  decode(value) {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(value);
    if (!/^(?:[0-9a-f]{2})*$/i.test(text)) {
      throw new Rejection("not-hex", "the stored value is not hexadecimal");
    }
    const bytes = new Uint8Array(value.length / 2);
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
    }
    return bytes;
  },
});
// @end
