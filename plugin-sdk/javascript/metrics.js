/**
 * Counters of the plugin, shown by `PLUGIN INFO` and exported with the gateway's own.
 * @module
 */

import { count as add } from "sluicegate:plugin/metrics@0.1.0";

/**
 * Adds to a counter. There may be 64 names for each plugin; others are ignored.
 *
 * @param {string} name 1 to 64 characters of a to z, 0 to 9 and `_`.
 * @param {number} [by] A whole number.
 */
export const count = (name, by = 1) => add(name, BigInt(by));
