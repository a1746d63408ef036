/**
 * What every plugin has: who it is, and its settings.
 * @module
 */

import { fail } from "./failure.js";

/**
 * Settings that cannot be meant. Thrown in `configure`, it refuses the plugin: the file is not
 * taken in, and its previous version stays in force.
 */
export class SettingsError extends Error {
  /** @param {string} message What is wrong, for the operator: which key, and what it must be. */
  constructor(message) {
    super(message);
    this.name = "SettingsError";
    /** @type {string} What the gateway reads. */
    this.payload = message;
  }
}

/** The `[settings]` of the plugin's TOML file. */
export class Settings {
  /** @type {Record<string, unknown>} */
  #values;

  /** @param {Record<string, unknown>} values */
  constructor(values) {
    this.#values = values;
  }

  /**
   * Any value as JSON has it; `undefined` if there is none.
   *
   * @param {string} name
   * @returns {unknown}
   */
  get(name) {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  /**
   * A text, or `fallback` if there is none.
   *
   * @param {string} name
   * @param {string} fallback
   * @returns {string}
   * @throws {SettingsError} It is there, and not a text.
   */
  text(name, fallback) {
    const value = this.get(name);
    if (value === undefined) {
      return fallback;
    }
    if (typeof value !== "string") {
      throw new SettingsError(`\`${name}\` must be a text`);
    }
    return value;
  }
}

/**
 * Makes what the gateway knows the plugin by: `export const lifecycle = definePlugin({…})`.
 *
 * @param {object} plugin
 * @param {string} plugin.name A name of a to z, 0 to 9 and `-`.
 * @param {string} plugin.version The plugin's own version, for example `1.4.0`.
 * @param {string} plugin.summary What it does, in one sentence.
 * @param {(settings: Settings) => void} [plugin.configure] Takes the settings; called once for
 *   each instance, before anything else. A `SettingsError` refuses the plugin.
 */
export function definePlugin({ name, version, summary, configure }) {
  return {
    describe: () => ({ name, version, summary }),
    /** @param {string} json */
    configure: (json) => {
      try {
        configure?.(new Settings(JSON.parse(json)));
      } catch (error) {
        if (error instanceof SettingsError) {
          throw error;
        }
        fail(error);
      }
    },
  };
}
