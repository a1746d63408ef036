// The message in hand: what filters, routers and transcoders may ask for, and filters may change.

import { RESULT, encode, loadOptionalBytes, loadText } from "./abi";

// @ts-ignore: decorator
@external("sluicegate:plugin/current@0.1.0", "topic")
declare function hostTopic(result: usize): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/current@0.1.0", "key")
declare function hostKey(result: usize): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/current@0.1.0", "value")
declare function hostValue(result: usize): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/current@0.1.0", "header")
declare function hostHeader(name: usize, length: usize, result: usize): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/current@0.1.0", "headers")
declare function hostHeaders(result: usize): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/current@0.1.0", "timestamp-ms")
declare function hostTimestampMs(): i64;
// @ts-ignore: decorator
@external("sluicegate:plugin/current@0.1.0", "principal")
declare function hostPrincipal(result: usize): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/current@0.1.0", "set-header")
declare function hostSetHeader(
  name: usize,
  nameLength: usize,
  isSome: u32,
  value: usize,
  valueLength: usize,
): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/current@0.1.0", "remove-header")
declare function hostRemoveHeader(name: usize, length: usize): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/current@0.1.0", "set-key")
declare function hostSetKey(isSome: u32, key: usize, length: usize): void;

/** Bytes of one header in the host's list. */
const HEADER_BYTES: usize = 20;

/** One header. Names may repeat; a value may be absent, which is not the same as empty. */
export class Header {
  constructor(
    public name: string,
    public value: Uint8Array | null,
  ) {}
}

/**
 * The message in hand. Changes made before a drop, a rejection or an error are forgotten; a change
 * by a router or a transcoder traps.
 */
export namespace current {
  /** The topic: on produce where the message will go so far, on consume where it lies. */
  export function topic(): string {
    hostTopic(RESULT);
    return loadText(RESULT);
  }

  /** The key; null is Kafka's null key. */
  export function key(): Uint8Array | null {
    hostKey(RESULT);
    return loadOptionalBytes(RESULT);
  }

  /** The value as it is now; null is a tombstone. For routers; others have it as an argument. */
  export function value(): Uint8Array | null {
    hostValue(RESULT);
    return loadOptionalBytes(RESULT);
  }

  /** The value of the first header with this name; null if there is none or its value is absent. */
  export function header(name: string): Uint8Array | null {
    const bytes = encode(name);
    hostHeader(bytes.dataStart, bytes.byteLength, RESULT);
    return loadOptionalBytes(RESULT);
  }

  /** All headers in order. */
  export function headers(): Header[] {
    hostHeaders(RESULT);
    const start = load<usize>(RESULT);
    const length = load<i32>(RESULT, 4);
    const all = new Array<Header>(length);
    for (let i = 0; i < length; ++i) {
      const at = start + <usize>i * HEADER_BYTES;
      all[i] = new Header(loadText(at), loadOptionalBytes(at + 8));
    }
    return all;
  }

  /** Unix milliseconds: on consume the record's, on produce when the gateway read the message. */
  export function timestampMs(): i64 {
    return hostTimestampMs();
  }

  /** Who publishes or consumes. */
  export function principal(): string {
    hostPrincipal(RESULT);
    return loadText(RESULT);
  }

  /** Sets the first header of this name and removes others of it; appends if there is none. */
  export function setHeader(name: string, value: Uint8Array | null): void {
    const bytes = encode(name);
    const start = value ? value.dataStart : 0;
    const length = value ? value.byteLength : 0;
    hostSetHeader(bytes.dataStart, bytes.byteLength, u32(value != null), start, length);
  }

  /** Removes every header of this name. */
  export function removeHeader(name: string): void {
    const bytes = encode(name);
    hostRemoveHeader(bytes.dataStart, bytes.byteLength);
  }

  /** Sets the key, which decides the partition; on consume it changes what the client sees. */
  export function setKey(key: Uint8Array | null): void {
    const start = key ? key.dataStart : 0;
    const length = key ? key.byteLength : 0;
    hostSetKey(u32(key != null), start, length);
  }
}
