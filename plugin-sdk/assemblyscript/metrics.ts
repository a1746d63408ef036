// Counters of the plugin, shown by `PLUGIN INFO` and exported with the gateway's own.

import { encode } from "./abi";

// @ts-ignore: decorator
@external("sluicegate:plugin/metrics@0.1.0", "count")
declare function hostCount(name: usize, length: usize, by: u64): void;

export namespace metrics {
  /**
   * Adds to the counter `name`: 1 to 64 characters of a to z, 0 to 9 and `_`. At most 64 names for
   * each plugin; others are ignored.
   */
  export function count(name: string, by: u64 = 1): void {
    const bytes = encode(name);
    hostCount(bytes.dataStart, bytes.byteLength, by);
  }
}
