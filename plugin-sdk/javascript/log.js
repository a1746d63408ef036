/**
 * Log lines of the plugin, in the gateway's log, marked with the plugin's name.
 *
 * At most 4 KiB a line and 100 lines a second for each plugin; what is over is counted, not
 * shown. Never write payloads or secrets.
 * @module
 */

import { write } from "sluicegate:plugin/log@0.1.0";

/** For the author. @param {string} message */
export const debug = (message) => write("debug", message);

/** Rare, part of the day's story. @param {string} message */
export const info = (message) => write("info", message);

/** Degraded, still working. @param {string} message */
export const warn = (message) => write("warn", message);

/** Someone must act. @param {string} message */
export const error = (message) => write("error", message);
