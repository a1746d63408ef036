// What `redis` and `sql` have in common: values, and why there are none.

import { loadBytes, loadText, storeBytes } from "./abi";

/** Bytes of one value in the host's lists. */
const VALUE_BYTES: usize = 16;

/** A value of a reply, a parameter, or a column. */
export class Value {
  private constructor(
    /** 0: Redis' nil or SQL's NULL; 1: an integer; 2: bytes. */
    readonly kind: u8,
    readonly integer: i64,
    /** Text and bytes, other numbers and times as the store would write them; or null. */
    readonly bytes: Uint8Array | null,
  ) {}

  /** Redis' nil, SQL's NULL. */
  static nil(): Value {
    return new Value(0, 0, null);
  }

  /** An integer. */
  static of(integer: i64): Value {
    return new Value(1, integer, null);
  }

  /** Text and bytes. */
  static ofBytes(bytes: Uint8Array): Value {
    return new Value(2, 0, bytes);
  }

  /** True for Redis' nil and SQL's NULL. */
  get isNil(): bool {
    return this.kind == 0;
  }
}

/** Why the store did not answer. */
export class StoreError {
  constructor(
    /** 0: denied, nothing was sent. 1: refused by the store. 2: unavailable, or no answer. */
    readonly kind: u8,
    /** The gateway's words, for the operator. */
    readonly words: string,
  ) {}

  /** True if it is not granted: the command or statement was not sent. */
  get isDenied(): bool {
    return this.kind == 0;
  }
}

export function loadError(at: usize): StoreError {
  return new StoreError(load<u8>(at), loadText(at + 4));
}

export function loadValue(at: usize): Value {
  switch (load<u8>(at)) {
    case 0:
      return Value.nil();
    case 1:
      return Value.of(load<i64>(at, 8));
    default:
      return Value.ofBytes(loadBytes(at + 8));
  }
}

/** A `list<value>` that a record holds. */
export function loadValues(at: usize): Value[] {
  const start = load<usize>(at);
  const length = load<i32>(at, 4);
  const values = new Array<Value>(length);
  for (let i = 0; i < length; ++i) values[i] = loadValue(start + <usize>i * VALUE_BYTES);
  return values;
}

/** A list of values as the host takes it. */
export function lowerValues(values: Value[]): StaticArray<u64> {
  const list = new StaticArray<u64>(values.length * 2);
  for (let i = 0; i < values.length; ++i) {
    const at = changetype<usize>(list) + <usize>i * VALUE_BYTES;
    store<u8>(at, values[i].kind);
    const bytes = values[i].bytes;
    if (bytes) storeBytes(at + 8, bytes);
    else store<i64>(at, values[i].integer, 8);
  }
  return list;
}
