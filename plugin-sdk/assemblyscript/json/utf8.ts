// Whether bytes are UTF-8.

/** True if they are: no overlong forms, no surrogates, nothing above U+10FFFF. */
export function isUtf8(bytes: Uint8Array): bool {
  let at = bytes.dataStart;
  const end = at + <usize>bytes.byteLength;
  while (at < end) {
    const first = load<u8>(at);
    if (first < 0x80) {
      ++at;
      continue;
    }
    const length = lengthOf(first);
    if (length == 0 || at + length > end) return false;
    if (!isSecond(first, load<u8>(at + 1))) return false;
    for (let i: usize = 2; i < length; ++i) {
      if ((load<u8>(at + i) & 0xc0) != 0x80) return false;
    }
    at += length;
  }
  return true;
}

/** Bytes of a character that begins with this byte; 0 if none does. */
function lengthOf(first: u8): usize {
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

/** The second byte is where overlong forms, surrogates and too large characters show. */
function isSecond(first: u8, second: u8): bool {
  switch (first) {
    case 0xe0:
      return second >= 0xa0 && second < 0xc0;
    case 0xed:
      return second >= 0x80 && second < 0xa0;
    case 0xf0:
      return second >= 0x90 && second < 0xc0;
    case 0xf4:
      return second >= 0x80 && second < 0x90;
    default:
      return (second & 0xc0) == 0x80;
  }
}
