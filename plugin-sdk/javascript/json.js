/**
 * JSON objects, looked at and changed without touching their other bytes.
 *
 * `JSON.parse` and `JSON.stringify` would write numbers like 12345678901234567890 anew, and lose
 * fields that are there twice.
 * @module
 */

/** Objects and lists inside each other, the document itself counted. */
const DEPTH_MAX = 128;

/**
 * Where a field's name, with its quotes, and its value are in the text.
 * @typedef {{ nameStart: number, nameEnd: number, start: number, end: number }} Place
 */
/** @typedef {{ name: string, start: number, end: number }} Field */

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One JSON object, and where its top-level fields are. */
export class JsonObject {
  /** @type {string} */
  #text;
  /** @type {Field[]} */
  #fields;

  /** @param {string} text @param {Field[]} fields */
  constructor(text, fields) {
    this.#text = text;
    this.#fields = fields;
  }

  /**
   * Reads an object: strict JSON (RFC 8259), valid UTF-8, at most 128 levels deep.
   *
   * @param {Uint8Array} bytes
   * @returns {JsonObject | undefined} `undefined` if the bytes are not one.
   */
  static parse(bytes) {
    try {
      const text = utf8.decode(bytes);
      const places = /^[ \t\n\r]*\{/.test(text) ? scan(text) : undefined;
      if (places === undefined) {
        return undefined;
      }
      // Says whether it is JSON at all.
      JSON.parse(text);
      return new JsonObject(text, places.map((place) => field(text, place)));
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError) {
        return undefined;
      }
      throw error;
    }
  }

  /**
   * True if there is a top-level field of this name.
   *
   * @param {string} name
   */
  has(name) {
    return this.#fields.some((field) => field.name === name);
  }

  /**
   * The value of the last top-level field of this name, as `JSON.parse` has it; `undefined` if
   * there is none.
   *
   * @param {string} name
   * @returns {unknown}
   */
  get(name) {
    const field = this.#fields.findLast((field) => field.name === name);
    return field && JSON.parse(this.#text.slice(field.start, field.end));
  }

  /**
   * The object with another value in each top-level field of this name, all other bytes as they
   * are.
   *
   * @param {string} name
   * @param {unknown} value Anything that `JSON.stringify` can write.
   * @returns {Uint8Array | undefined} `undefined` if there is no such field.
   */
  with(name, value) {
    if (!this.has(name)) {
      return undefined;
    }
    let [result, copied] = ["", 0];
    for (const field of this.#fields.filter((field) => field.name === name)) {
      result += this.#text.slice(copied, field.start) + JSON.stringify(value);
      copied = field.end;
    }
    return new TextEncoder().encode(result + this.#text.slice(copied));
  }
}

/**
 * Finds the top-level fields, in a text that need not be JSON: whether it is, `JSON.parse` says.
 *
 * @param {string} text
 * @returns {Place[] | undefined} `undefined` if it is nested too deep, or a string has no end.
 */
function scan(text) {
  const marks = /["{}[\],:]/g;
  const places = [];
  let [depth, nameStart, nameEnd, start] = [0, 0, 0, 0];
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const at = mark.index;
    switch (mark[0]) {
      case '"':
        marks.lastIndex = endOfString(text, at);
        if (marks.lastIndex === 0) {
          return undefined;
        }
        if (depth === 1 && start === 0) {
          [nameStart, nameEnd] = [at, marks.lastIndex];
        }
        continue;
      case "{":
      case "[":
        depth += 1;
        if (depth > DEPTH_MAX) {
          return undefined;
        }
        continue;
      case ":":
        start = depth === 1 ? at + 1 : start;
        continue;
    }
    // A comma or a closing bracket.
    if (depth === 1 && start > 0) {
      places.push({ nameStart, nameEnd, start, end: at });
      start = 0;
    }
    depth -= mark[0] === "," ? 0 : 1;
  }
  return places;
}

/**
 * The index behind the string that begins at `start`; 0 if it has no end.
 *
 * @param {string} text @param {number} start
 */
function endOfString(text, start) {
  for (let quote = text.indexOf('"', start + 1); quote > 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (text[quote - 1 - escapes] === "\\") {
      escapes += 1;
    }
    if (escapes % 2 === 0) {
      return quote + 1;
    }
  }
  return 0;
}

/**
 * The name of a field, and its value's place without the white space around it.
 *
 * @param {string} text @param {Place} place @returns {Field}
 */
function field(text, { nameStart, nameEnd, start, end }) {
  const value = text.slice(start, end);
  return {
    name: JSON.parse(text.slice(nameStart, nameEnd)),
    start: end - value.trimStart().length,
    end: start + value.trimEnd().length,
  };
}
