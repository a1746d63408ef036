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
    for (const byte of key) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    return (hash >>> 0) % partitions;
  },
});

// @end
// @role transcoder
export const transcoder = defineTranscoder({
  encode(value) {
    const digits = Array.from(value, (byte) => byte.toString(16).padStart(2, "0"));
    return new TextEncoder().encode(digits.join(""));
  },

  decode(value) {
    const digits = new TextDecoder("utf-8", { ignoreBOM: true }).decode(value);
    if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) {
      throw new Rejection("not-hex", "the stored value is not hexadecimal");
    }
    return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  },
});
// @end
