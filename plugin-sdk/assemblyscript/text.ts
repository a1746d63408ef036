// Between texts and bytes.

import { encode } from "./abi";

/** A text as UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return encode(text);
}

/** UTF-8 as a text. Bytes that are not UTF-8 give other characters, not an error. */
export function textOf(bytes: Uint8Array): string {
  return String.UTF8.decodeUnsafe(bytes.dataStart, bytes.byteLength);
}
