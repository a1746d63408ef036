// What happens where code throws, or an index is out of range: one line with the words and the
// place, then the trap that fails the call.

import { log } from "./log";

/** The compiler's `abort`, by `--use`. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const words = message != null && message.length > 0 ? message : "thrown";
  const place = file != null ? ` at ${file}:${line}:${column}` : "";
  log.error(words + place);
  unreachable();
}

/** The compiler's `trace`, by `--use`: a line of level debug. */
export function trace(
  message: string,
  count: i32 = 0,
  a0: f64 = 0,
  a1: f64 = 0,
  a2: f64 = 0,
  a3: f64 = 0,
  a4: f64 = 0,
): void {
  const numbers: f64[] = [a0, a1, a2, a3, a4];
  for (let i = 0; i < min(count, numbers.length); ++i) message += ` ${numbers[i]}`;
  log.debug(message);
}
