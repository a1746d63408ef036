// The top-level fields of a JSON object, found by position: what is not asked for keeps its bytes.
//
// Strict RFC 8259 over valid UTF-8, at most 128 levels deep.

import { encode } from "./abi";
import { Scanner } from "./json/scanner";
import { unescape } from "./json/text";
import { isUtf8 } from "./json/utf8";

/** A field, as it stands in the text. */
export class JsonField {
  constructor(
    private source: Uint8Array,
    private nameStart: usize,
    private nameEnd: usize,
    private hasEscape: bool,
    /** Where the value's JSON begins in the text. */
    readonly start: usize,
    /** Behind its last byte. */
    readonly end: usize,
  ) {}

  /** The name, escapes understood. */
  name(): string {
    return unescape(this.source, this.nameStart, this.nameEnd);
  }

  /** The value's JSON. */
  json(): string {
    return String.UTF8.decodeUnsafe(this.source.dataStart + this.start, this.end - this.start);
  }

  /** The value if it is a text, escapes understood; null if it is anything else. */
  text(): string | null {
    if (load<u8>(this.source.dataStart + this.start) != 0x22) return null;
    return unescape(this.source, this.start + 1, this.end - 1);
  }

  /** True if this is its name; `utf8` is the same name as bytes, which are cheaper to compare. */
  isNamed(name: string, utf8: Uint8Array): bool {
    const length = this.nameEnd - this.nameStart;
    // The longest escape stands for one UTF-16 unit, so a much longer name is not decoded at all.
    if (this.hasEscape) return length <= 6 * <usize>name.length && this.name() == name;
    if (length != <usize>utf8.length) return false;
    return memory.compare(this.source.dataStart + this.nameStart, utf8.dataStart, length) == 0;
  }
}

/** A text that is one JSON object, with nothing but white space around it. */
export class JsonObject {
  private constructor(
    private source: Uint8Array,
    /** Its fields, in order; names may repeat. */
    readonly fields: JsonField[],
  ) {}

  /** Null if `source` is anything else. It is borrowed, not copied. */
  static parse(source: Uint8Array): JsonObject | null {
    if (!isUtf8(source)) return null;
    const fields = new Scanner(source).object();
    return fields ? new JsonObject(source, fields) : null;
  }

  /** The first field with this name. */
  find(name: string): JsonField | null {
    const utf8 = encode(name);
    for (let i = 0; i < this.fields.length; ++i) {
      const field = this.fields[i];
      if (field.isNamed(name, utf8)) return field;
    }
    return null;
  }

  /**
   * The text with `json` in place of the value of each field with this name, and every other byte
   * as it was; null if there is no such field.
   */
  replace(name: string, json: string): Uint8Array | null {
    const utf8 = encode(name);
    const named: JsonField[] = [];
    let removed: usize = 0;
    for (let i = 0; i < this.fields.length; ++i) {
      const field = this.fields[i];
      if (!field.isNamed(name, utf8)) continue;
      named.push(field);
      removed += field.end - field.start;
    }
    return named.length ? this.rewrite(named, removed, encode(json)) : null;
  }

  private rewrite(named: JsonField[], removed: usize, json: Uint8Array): Uint8Array {
    const length = this.source.length - <i32>removed + named.length * json.length;
    const replaced = new Uint8Array(length);
    let to = replaced.dataStart;
    let copied: usize = 0;
    for (let i = 0; i < named.length; ++i) {
      const kept = named[i].start - copied;
      memory.copy(to, this.source.dataStart + copied, kept);
      memory.copy(to + kept, json.dataStart, json.length);
      to += kept + <usize>json.length;
      copied = named[i].end;
    }
    memory.copy(to, this.source.dataStart + copied, <usize>this.source.length - copied);
    return replaced;
  }
}
