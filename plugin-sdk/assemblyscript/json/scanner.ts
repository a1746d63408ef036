// Walks over JSON by its grammar; keeps where the fields of the outermost object are.

import { JsonField } from "../json";

/** How deep objects and arrays may lie in each other: bounds the stack. */
const LEVELS_MAX: i32 = 128;

const QUOTE: i32 = 0x22;
const BACKSLASH: i32 = 0x5c;

/** Walks over one text. Each method but the first answers false where it breaks the grammar. */
export class Scanner {
  private at: usize = 0;
  /** Whether the string before had an escape. */
  private hasEscape: bool = false;

  constructor(private source: Uint8Array) {}

  /** The fields of one object with white space around it; null if the text is anything else. */
  object(): JsonField[] | null {
    const fields: JsonField[] = [];
    this.skipSpace();
    if (!this.members(1, fields)) return null;
    this.skipSpace();
    return this.peek() == -1 ? fields : null;
  }

  /** An object; its fields are kept if there is a list for them. */
  private members(level: i32, fields: JsonField[] | null): bool {
    if (level > LEVELS_MAX || !this.accept(0x7b)) return false;
    this.skipSpace();
    if (this.accept(0x7d)) return true;
    while (true) {
      this.skipSpace();
      if (!this.member(level, fields)) return false;
      this.skipSpace();
      if (this.accept(0x7d)) return true;
      if (!this.accept(0x2c)) return false;
    }
  }

  private member(level: i32, fields: JsonField[] | null): bool {
    const nameStart = this.at + 1;
    if (!this.string()) return false;
    const nameEnd = this.at - 1;
    const hasEscape = this.hasEscape;
    this.skipSpace();
    if (!this.accept(0x3a)) return false;
    this.skipSpace();
    const start = this.at;
    if (!this.value(level + 1)) return false;
    if (fields) {
      fields.push(new JsonField(this.source, nameStart, nameEnd, hasEscape, start, this.at));
    }
    return true;
  }

  private array(level: i32): bool {
    if (level > LEVELS_MAX || !this.accept(0x5b)) return false;
    this.skipSpace();
    if (this.accept(0x5d)) return true;
    while (true) {
      this.skipSpace();
      if (!this.value(level + 1)) return false;
      this.skipSpace();
      if (this.accept(0x5d)) return true;
      if (!this.accept(0x2c)) return false;
    }
  }

  /** A value; `level` is what it has if it is an object or array. */
  private value(level: i32): bool {
    switch (this.peek()) {
      case 0x7b:
        return this.members(level, null);
      case 0x5b:
        return this.array(level);
      case QUOTE:
        return this.string();
      case 0x74: // t
        return this.word(0x65757274, 4);
      case 0x66: // f
        ++this.at;
        return this.word(0x65736c61, 4);
      case 0x6e: // n
        return this.word(0x6c6c756e, 4);
      default:
        return this.number();
    }
  }

  private string(): bool {
    if (!this.accept(QUOTE)) return false;
    this.hasEscape = false;
    while (true) {
      const byte = this.peek();
      // The end of the text is below the control characters.
      if (byte < 0x20) return false;
      ++this.at;
      if (byte == QUOTE) return true;
      if (byte == BACKSLASH && !this.escape()) return false;
    }
  }

  private escape(): bool {
    this.hasEscape = true;
    const byte = this.peek();
    ++this.at;
    switch (byte) {
      case QUOTE:
      case BACKSLASH:
      case 0x2f: // /
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return true;
      case 0x75: // u
        for (let i = 0; i < 4; ++i) {
          if (!isHex(this.peek())) return false;
          ++this.at;
        }
        return true;
      default:
        return false;
    }
  }

  private number(): bool {
    this.accept(0x2d);
    if (!this.accept(0x30) && !this.digits()) return false;
    if (this.accept(0x2e) && !this.digits()) return false;
    if (this.accept(0x65) || this.accept(0x45)) {
      if (!this.accept(0x2b)) this.accept(0x2d);
      return this.digits();
    }
    return true;
  }

  /** One digit or more. */
  private digits(): bool {
    const start = this.at;
    while (isDigit(this.peek())) ++this.at;
    return this.at > start;
  }

  /** Four letters as one number, the first one lowest. */
  private word(letters: u32, length: usize): bool {
    if (this.at + length > <usize>this.source.length) return false;
    if (load<u32>(this.source.dataStart + this.at) != letters) return false;
    this.at += length;
    return true;
  }

  private skipSpace(): void {
    while (true) {
      const byte = this.peek();
      if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return;
      ++this.at;
    }
  }

  /** The byte here, or -1 behind the last. */
  private peek(): i32 {
    if (this.at >= <usize>this.source.length) return -1;
    return load<u8>(this.source.dataStart + this.at);
  }

  private accept(byte: i32): bool {
    if (this.peek() != byte) return false;
    ++this.at;
    return true;
  }
}

function isDigit(byte: i32): bool {
  return byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: i32): bool {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
