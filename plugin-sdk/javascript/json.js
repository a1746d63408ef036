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
 * Where a field's name, with its quotes, and its value, with the white space around it, are.
 * @typedef {{ nameStart: number, nameEnd: number, start: number, end: number }} Field
 */

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One JSON object. */
export class JsonObject {
  /** @type {string} */
  #text;
  /** @type {Record<string, unknown>} */
  #values;

  /** @param {string} text @param {Record<string, unknown>} values */
  constructor(text, values) {
    this.#text = text;
    this.#values = values;
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
      if (!/^[ \t\n\r]*\{/.test(text) || isTooDeep(text)) {
        return undefined;
      }
      return new JsonObject(text, JSON.parse(text));
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
    return Object.hasOwn(this.#values, name);
  }

  /**
   * The value of the last top-level field of this name, as `JSON.parse` has it; `undefined` if
   * there is none.
   *
   * @param {string} name
   * @returns {unknown}
   */
  get(name) {
    return this.has(name) ? this.#values[name] : undefined;
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
    const text = this.#text;
    let [result, copied] = ["", 0];
    for (const field of fieldsOf(text).fields) {
      if (JSON.parse(text.slice(field.nameStart, field.nameEnd)) === name) {
        const old = text.slice(field.start, field.end);
        const start = field.end - old.trimStart().length;
        result += text.slice(copied, start) + JSON.stringify(value);
        copied = field.start + old.trimEnd().length;
      }
    }
    return new TextEncoder().encode(result + text.slice(copied));
  }
}

/**
 * Asked before `JSON.parse`, of a text that need not be JSON.
 *
 * @param {string} text
 */
function isTooDeep(text) {
  const opened = text.split("{").length + text.split("[").length - 2;
  return opened > DEPTH_MAX && fieldsOf(text).deepest > DEPTH_MAX;
}

/**
 * Finds the top-level fields, and how deep it goes; stops where that is too deep.
 *
 * @param {string} text
 */
function fieldsOf(text) {
  const marks = /["{}[\],:]/g;
  /** @type {Field[]} */
  const fields = [];
  let [depth, deepest, nameStart, nameEnd, start] = [0, 0, 0, 0, 0];
  // Not `exec`, which makes an object of each match.
  while (deepest <= DEPTH_MAX && marks.test(text)) {
    const at = marks.lastIndex - 1;
    switch (text[at]) {
      case '"':
        marks.lastIndex = endOfString(text, at);
        if (depth === 1 && start === 0) {
          [nameStart, nameEnd] = [at, marks.lastIndex];
        }
        break;
      case ":":
        start = depth === 1 ? at + 1 : start;
        break;
      case "{":
      case "[":
        depth += 1;
        deepest = Math.max(depth, deepest);
        break;
      default:
        // A comma or a closing bracket.
        if (depth === 1 && start > 0) {
          fields.push({ nameStart, nameEnd, start, end: at });
          start = 0;
        }
        depth -= text[at] === "," ? 0 : 1;
    }
  }
  return { fields, deepest };
}

/**
 * The index behind the string that begins at `start`; the text's if it has no end.
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
  return text.length;
}
