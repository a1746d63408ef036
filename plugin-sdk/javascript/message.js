/**
 * The message in hand.
 * @module
 */

import * as current from "sluicegate:plugin/current@0.1.0";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Text as UTF-8; bytes as they are.
 *
 * @param {string | Uint8Array} value
 * @returns {Uint8Array}
 */
export function bytes(value) {
  return typeof value === "string" ? encoder.encode(value) : value;
}

/**
 * What may be asked about the message in hand; each question is a call to the gateway. Valid only
 * while the call runs that it was handed to.
 */
export class Current {
  /** The topic: on produce where it will go so far, on consume where it lies. */
  get topic() {
    return current.topic();
  }

  /** The key; `undefined` is Kafka's null key, which is not the same as an empty one. */
  get key() {
    return current.key();
  }

  /** Unix milliseconds: the record's on consume, the time it was read on produce. */
  get timestampMs() {
    return Number(current.timestampMs());
  }

  /** Who publishes or consumes. */
  get principal() {
    return current.principal();
  }

  /** All headers in order. A name may be there twice, and a value may be absent. */
  get headers() {
    return current.headers();
  }

  /**
   * The value of the first header with this name; `undefined` if there is none, or it is absent.
   *
   * @param {string} name
   */
  header(name) {
    return current.header(name);
  }
}

/**
 * A message as a filter sees it. Changes are forgotten when the filter drops or rejects it.
 */
export class Message extends Current {
  /**
   * The value after the filters before this one; `undefined` is a tombstone.
   *
   * @type {Uint8Array | undefined}
   */
  value;

  /** The value as text; `undefined` for a tombstone, and for bytes that are not UTF-8. */
  get text() {
    try {
      return this.value && utf8.decode(this.value);
    } catch {
      return undefined;
    }
  }

  /**
   * Sets the first header of this name and removes others of it; appends if there is none.
   *
   * @param {string} name
   * @param {string | Uint8Array | undefined} value `undefined` is absent, which is not the same
   *   as empty.
   */
  setHeader(name, value) {
    current.setHeader(name, value === undefined ? undefined : bytes(value));
  }

  /**
   * Removes every header of this name.
   *
   * @param {string} name
   */
  removeHeader(name) {
    current.removeHeader(name);
  }

  /**
   * Sets the key, which decides the partition; on consume it changes what the client sees.
   *
   * @param {string | Uint8Array | undefined} key `undefined` is no key, which is not the same as
   *   an empty one.
   */
  setKey(key) {
    current.setKey(key === undefined ? undefined : bytes(key));
  }
}
