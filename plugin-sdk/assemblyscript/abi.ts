// How values lie in memory between the gateway and this plugin, and the memory of one call.
//
// Written by hand after the component model's canonical ABI; authors need nothing of it. Everything
// is an object of the collector, which runs only between calls: what a call was handed and what it
// answers stay where they are until the gateway has read the answer.

/** After how many calls garbage is collected. */
const CALLS_MAX: u32 = 16;

/** After how many bytes from the gateway garbage is collected. */
const HANDED_BYTES_MAX: usize = 256 * 1024;

let calls: u32 = 0;
let handedBytes: usize = 0;
let pages: i32 = memory.size();

/** Where an export puts its answer: the largest is an authenticator's grant. */
export const ANSWER: usize = memory.data(128, 8);

/** Where an import puts its result. */
export const RESULT: usize = memory.data(32, 8);

/** What the host calls to put lists and texts into this plugin's memory. */
export function realloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  handedBytes += size;
  const buffer = __new(size, idof<ArrayBuffer>());
  memory.copy(buffer, old, min(oldSize, size));
  return buffer;
}

/**
 * Ends a call. Nothing but globals holds objects then, so this is the moment for the collector.
 *
 * Not after each call, which would cost as much as the call; but at once when memory has grown,
 * since it grows by doubling.
 */
export function endCall(): void {
  if (++calls < CALLS_MAX && handedBytes < HANDED_BYTES_MAX && memory.size() == pages) return;
  __collect();
  calls = 0;
  handedBytes = 0;
  pages = memory.size();
}

/** Bytes that the host put here. */
export function bytesAt(start: usize, length: usize): Uint8Array {
  if (length == 0) return new Uint8Array(0);
  return Uint8Array.wrap(changetype<ArrayBuffer>(start));
}

/** A `list<u8>` or `string` that a record holds, as bytes. */
export function loadBytes(at: usize): Uint8Array {
  return bytesAt(load<usize>(at), load<usize>(at, 4));
}

/** A `string` that a record holds. */
export function loadText(at: usize): string {
  return String.UTF8.decodeUnsafe(load<usize>(at), load<usize>(at, 4));
}

/** An `option<list<u8>>` that a record holds. */
export function loadOptionalBytes(at: usize): Uint8Array | null {
  return load<u8>(at) ? loadBytes(at + 4) : null;
}

/** Puts a `list<u8>` into a record. */
export function storeBytes(at: usize, bytes: Uint8Array): void {
  store<usize>(at, bytes.dataStart);
  store<usize>(at, bytes.byteLength, 4);
}

/** Puts a `string` into a record. */
export function storeText(at: usize, text: string): void {
  storeBytes(at, encode(text));
}

/** Puts an `option<u32>` into a record; a negative number is none. */
export function storeOptionalU32(at: usize, value: i64): void {
  store<u8>(at, u8(value >= 0));
  store<u32>(at, u32(value), 4);
}

/** A text as UTF-8. */
export function encode(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text, false, String.UTF8.ErrorMode.REPLACE));
}
