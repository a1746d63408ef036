/**
 * Plugins that choose partitions.
 * @module
 */

import * as host from "sluicegate:plugin/burst@0.1.0";

import { fail } from "./failure.js";

/** In the contract's lists: no key, and no choice. */
const NONE = 0xffffffff;

/**
 * @typedef {object} Partitioner
 * @property {(key: Uint8Array | undefined, partitions: number) => number | undefined} partition
 *   Chooses for one key: a number below `partitions`, or `undefined` to let the gateway spread
 *   it. The key is `undefined` for Kafka's null key, which is not the same as an empty one.
 * @property {(burst: Burst) => (number | undefined)[]} [partitionBurst] Chooses for all messages
 *   of a burst, in their order. Without it `partition` is asked for each.
 */

/** The messages of a burst that go to one topic. */
export class Burst {
  #keys;
  #ends;

  /** How many partitions the topic has, at least 1. */
  partitions;

  /** @param {Uint8Array} keys @param {Uint32Array} ends @param {number} partitions */
  constructor(keys, ends, partitions) {
    this.#keys = keys;
    this.#ends = ends;
    this.partitions = partitions;
  }

  /** How many messages there are. */
  get length() {
    return this.#ends.length;
  }

  /** The key of each message, in order; `undefined` for none. */
  *keys() {
    let start = 0;
    for (const end of this.#ends) {
      if (end === NONE) {
        yield undefined;
      } else {
        yield this.#keys.subarray(start, end);
        start = end;
      }
    }
  }

  /** The topic. */
  get topic() {
    return host.topic();
  }

  /** Bytes of key and value together, for each message in order. */
  get sizes() {
    return host.sizes();
  }

  /** Bytes that this gateway process has placed in each partition since it started. */
  get placedBytes() {
    return host.placedBytes();
  }

  /** Messages that this gateway process has placed in the topic since it started. */
  get placedMessages() {
    return host.placedMessages();
  }
}

/**
 * Makes a partitioner: `export const partitioner = definePartitioner({…})`. An exception fails
 * the burst and drops the instance.
 *
 * @param {Partitioner} partitioner
 */
export function definePartitioner(partitioner) {
  /** @param {Burst} burst @returns {Iterable<number | undefined>} */
  const oneByOne = function* (burst) {
    for (const key of burst.keys()) {
      yield partitioner.partition(key, burst.partitions);
    }
  };
  return {
    /** @param {Uint8Array} keys @param {Uint32Array} ends @param {number} partitions */
    partitionMany: (keys, ends, partitions) => {
      try {
        const burst = new Burst(keys, ends, partitions);
        const chosen = partitioner.partitionBurst?.(burst) ?? oneByOne(burst);
        return Uint32Array.from(chosen, (partition) => partition ?? NONE);
      } catch (error) {
        return fail(error);
      }
    },
  };
}
