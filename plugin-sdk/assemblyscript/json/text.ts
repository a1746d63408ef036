// JSON strings with escapes, decoded. They were scanned before, so they are legal.

/** What stands between two quotes. Half a surrogate pair stays half a pair, and equals no name. */
export function unescape(source: Uint8Array, start: usize, end: usize): string {
  // No character takes fewer bytes than UTF-16 units.
  const units = new StaticArray<u16>(<i32>(end - start));
  const first = changetype<usize>(units);
  let to = first;
  let at = start;
  while (at < end) {
    if (byteAt(source, at) != 0x5c) {
      const run = runEnd(source, at, end);
      to += copyText(to, source.dataStart + at, run - at);
      at = run;
      continue;
    }
    const kind = byteAt(source, at + 1);
    store<u16>(to, kind == 0x75 ? hex(source, at + 2) : single(kind));
    to += 2;
    at += kind == 0x75 ? 6 : 2;
  }
  return String.UTF16.decodeUnsafe(first, to - first);
}

/** Puts UTF-8 there as UTF-16; how many bytes that took. */
function copyText(to: usize, start: usize, length: usize): usize {
  const text = String.UTF8.decodeUnsafe(start, length);
  const size = <usize>text.length << 1;
  memory.copy(to, changetype<usize>(text), size);
  return size;
}

/** Where the next escape begins. */
function runEnd(source: Uint8Array, at: usize, end: usize): usize {
  while (at < end && byteAt(source, at) != 0x5c) ++at;
  return at;
}

/** The character of an escape of one letter. */
function single(kind: i32): i32 {
  switch (kind) {
    case 0x62: // b
      return 0x08;
    case 0x66: // f
      return 0x0c;
    case 0x6e: // n
      return 0x0a;
    case 0x72: // r
      return 0x0d;
    case 0x74: // t
      return 0x09;
    default:
      return kind;
  }
}

function hex(source: Uint8Array, at: usize): i32 {
  let unit = 0;
  for (let i: usize = 0; i < 4; ++i) {
    const byte = byteAt(source, at + i);
    unit = (unit << 4) | (byte < 0x40 ? byte & 15 : (byte & 15) + 9);
  }
  return unit;
}

function byteAt(source: Uint8Array, at: usize): i32 {
  return load<u8>(source.dataStart + at);
}
