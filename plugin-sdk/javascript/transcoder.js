/**
 * Plugins that translate payloads.
 * @module
 */

import { fail } from "./failure.js";
import { Current } from "./message.js";
import { Rejection } from "./rejection.js";

/**
 * Tombstones are not shown to it.
 * @typedef {object} Transcoder
 * @property {(value: Uint8Array, message: Current) => Uint8Array} encode On produce, last of all:
 *   the client's value in, the stored value out.
 * @property {(value: Uint8Array, message: Current) => Uint8Array} decode On consume, first of
 *   all: the stored value in, the client's value out. A rejected record is delivered as it is
 *   stored, marked with the header `sluicegate-decode-error`.
 */

/**
 * Makes a transcoder: `export const transcoder = defineTranscoder({…})`. Throw a `Rejection` to
 * refuse a message; another exception fails the message and drops the instance.
 *
 * @param {Transcoder} transcoder
 */
export function defineTranscoder(transcoder) {
  const message = new Current();
  /** @param {"encode" | "decode"} direction */
  const side = (direction) => {
    /** @param {Uint8Array} value */
    return (value) => {
      try {
        return transcoder[direction](value, message);
      } catch (error) {
        if (error instanceof Rejection) {
          throw error;
        }
        return fail(error);
      }
    };
  };
  return { encode: side("encode"), decode: side("decode") };
}
