/**
 * What becomes of an exception that the plugin does not catch.
 * @module
 */

import { write } from "sluicegate:plugin/log@0.1.0";

/** Characters of one log line that the gateway shows at most; the rest would be cut anyway. */
const LINE_MAX = 4000;

/**
 * Logs an exception in one line, its message and its stack, and throws it on, which ends the
 * call: the message in hand fails, and the instance is dropped.
 *
 * @param {unknown} error What was thrown.
 * @returns {never}
 */
export function fail(error) {
  write("error", inOneLine(error).slice(0, LINE_MAX));
  // Without a `payload` of its own: that would be taken for an answer.
  throw error instanceof Error && !("payload" in error) ? error : new Error(String(error));
}

/** @param {unknown} error */
function inOneLine(error) {
  if (!(error instanceof Error)) {
    return `uncaught: ${String(error)}`;
  }
  const message = `${error.name}: ${error.message}`.replace(/\s*[\r\n]+\s*/g, " ");
  const places = authorsPlaces(error.stack ?? "");
  return places.length === 0 ? message : `${message} (${places.join(" < ")})`;
}

/**
 * The places in the author's files, innermost first: `src/index.js:38:9 in boom`.
 *
 * @param {string} stack Lines like `boom@src/index.js:38:9`.
 */
function authorsPlaces(stack) {
  return Array.from(stack.matchAll(/^(.*?)@(.+)$/gm))
    .filter(([, , place]) => !/^sluicegate\/|\binitializer\.js:/.test(place))
    .map(([, name, place]) => (name === "" ? place : `${place} in ${name}`));
}
