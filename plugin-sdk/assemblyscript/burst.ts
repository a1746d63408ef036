// The messages of a burst that go to one topic, for partitioners.

import { RESULT, loadText } from "./abi";

// @ts-ignore: decorator
@external("sluicegate:plugin/burst@0.1.0", "topic")
declare function hostTopic(result: usize): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/burst@0.1.0", "sizes")
declare function hostSizes(result: usize): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/burst@0.1.0", "placed-bytes")
declare function hostPlacedBytes(result: usize): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/burst@0.1.0", "placed-messages")
declare function hostPlacedMessages(): u64;

/** Answered for a partition: the gateway spreads the message. */
export const ANY_PARTITION: u32 = u32.MAX_VALUE;

/** In the contract's list: the message has no key. */
const NO_KEY: u32 = u32.MAX_VALUE;

/** The messages of a burst that go to one topic: take each key, and place its message. */
export class Burst {
  private start: u32 = 0;
  private taken: i32 = 0;
  private placed: i32 = 0;

  constructor(
    private keys: Uint8Array,
    private ends: StaticArray<u32>,
    /** How many partitions the topic has, at least 1. */
    readonly partitions: u32,
    private places: StaticArray<u32>,
  ) {}

  /** How many messages there are, at least 1. */
  get length(): i32 {
    return this.ends.length;
  }

  /** The key of the next message; null if it has none. */
  nextKey(): Uint8Array | null {
    const end = this.ends[this.taken++];
    if (end == NO_KEY) return null;
    const key = this.keys.subarray(this.start, end);
    this.start = end;
    return key;
  }

  /** Places the next message; those that are not placed are spread. */
  place(partition: u32): void {
    this.places[this.placed++] = partition;
  }

  /** The topic. */
  topic(): string {
    hostTopic(RESULT);
    return loadText(RESULT);
  }

  /** Bytes of key and value together, for each message in order. */
  sizes(): StaticArray<u32> {
    hostSizes(RESULT);
    return numbers<u32>();
  }

  /** Bytes that this gateway process has placed in each partition since it started. */
  placedBytes(): StaticArray<u64> {
    hostPlacedBytes(RESULT);
    return numbers<u64>();
  }

  /** Messages that this gateway process has placed in the topic since it started. */
  placedMessages(): u64 {
    return hostPlacedMessages();
  }
}

function numbers<T>(): StaticArray<T> {
  const length = load<i32>(RESULT, 4);
  const all = new StaticArray<T>(length);
  memory.copy(changetype<usize>(all), load<usize>(RESULT), <usize>length * sizeof<T>());
  return all;
}
