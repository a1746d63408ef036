// Lines in the gateway's log, marked with the plugin's name.
//
// At most 4 KiB a line and 100 lines a second for each plugin; what is over is counted, not shown.
// Never write payloads or secrets.

import { encode } from "./abi";

// @ts-ignore: decorator
@external("sluicegate:plugin/log@0.1.0", "write")
declare function write(level: u32, start: usize, length: usize): void;

function line(level: u32, message: string): void {
  const bytes = encode(message);
  write(level, bytes.dataStart, bytes.byteLength);
}

export namespace log {
  /** For the author. */
  export function debug(message: string): void {
    line(0, message);
  }

  /** Rare, part of the day's story. */
  export function info(message: string): void {
    line(1, message);
  }

  /** Degraded, still working. */
  export function warn(message: string): void {
    line(2, message);
  }

  /** Someone must act. */
  export function error(message: string): void {
    line(3, message);
  }
}
