/**
 * Plugins that look at every message.
 * @module
 */

import { fail } from "./failure.js";
import { bytes, Message } from "./message.js";
import { Rejection } from "./rejection.js";

/**
 * What becomes of a message.
 * @typedef {{ tag: "forward" } | { tag: "drop" } | { tag: "replace", val: Uint8Array }} Verdict
 */

/**
 * @typedef {object} Filter
 * @property {(message: Message) => Verdict} [onProduce] Called for each message a client
 *   publishes, before it is stored. Without it all pass.
 * @property {(message: Message) => Verdict} [onConsume] Called for each record a client is about
 *   to get. What is dropped or rejected is not shown to it. Without it all pass.
 */

/** @type {Verdict} */
const FORWARD = Object.freeze({ tag: "forward" });
/** @type {Verdict} */
const DROP = Object.freeze({ tag: "drop" });

/** It goes on, with the changes made to headers and key. */
export const forward = () => FORWARD;

/** It is acknowledged and not stored; on consume it is not shown. */
export const drop = () => DROP;

/**
 * It goes on with this value, and the changes made to headers and key.
 *
 * @param {string | Uint8Array} value
 * @returns {Verdict}
 */
export const replace = (value) => ({ tag: "replace", val: bytes(value) });

/**
 * Makes a filter: `export const filter = defineFilter({…})`. Throw a `Rejection` to refuse a
 * message; another exception fails the message and drops the instance.
 *
 * @param {Filter} filter
 */
export function defineFilter(filter) {
  // One for all calls: an instance serves one at a time.
  const message = new Message();
  /** @param {"onProduce" | "onConsume"} direction */
  const side = (direction) => {
    if (filter[direction] === undefined) {
      return forward;
    }
    /** @param {Uint8Array | undefined} value */
    return (value) => {
      message.value = value;
      try {
        return filter[direction]?.(message) ?? noVerdict(direction);
      } catch (error) {
        return error instanceof Rejection ? { tag: "reject", val: error.payload } : fail(error);
      } finally {
        message.value = undefined;
      }
    };
  };
  return { onProduce: side("onProduce"), onConsume: side("onConsume") };
}

/** @param {string} direction @returns {never} */
function noVerdict(direction) {
  throw new TypeError(`${direction} gave no verdict: return forward(), replace(…) or drop()`);
}
