/**
 * Plugins that say who a client is.
 * @module
 */

import { fail } from "./failure.js";

/**
 * What a client sent. Compare the secret in constant time (`isSameSecret`) and never log it.
 * @typedef {{ username: string, secret: string, peer: string }} Credentials
 */

/**
 * Where a group without a committed offset begins to read.
 * @typedef {{ tag: "configured" } | { tag: "oldest" } | { tag: "newest" }
 *   | { tag: "offset", val: bigint } | { tag: "timestamp-ms", val: bigint }} StartAt
 */

/**
 * The one topic that `SET`, `HSET` and `MGET` of a client are about. `blockMs` is the longest wait
 * of an MGET, `batch` its most messages.
 * @typedef {{ topic: string, publishes: boolean, consumes: boolean, color?: string,
 *   startAt?: StartAt, blockMs?: number, batch?: number }} Binding
 */

/**
 * What a client may do. In topic patterns `*` stands for any characters. `admin` clients may use
 * `TOPIC`, `PLUGIN` and the like. `holdsForSecs` says for how long the gateway remembers the
 * grant: for ever if it is left out, and 0 for this connection only.
 * @typedef {{ principal: string, group: string, publish: string[], consume: string[],
 *   admin?: boolean, cluster?: string, binding?: Binding, holdsForSecs?: number }} Grant
 */

/**
 * @typedef {object} Authenticator
 * @property {(login: Credentials) => Grant} authenticate Decides about one login, at AUTH and
 *   HELLO. Throw a `Denial` for a client that gets no grant; another exception denies this login
 *   and drops the instance.
 */

/** Why there is no grant. Throw what one of its functions makes. */
export class Denial extends Error {
  /** @param {string} tag @param {string} [text] */
  constructor(tag, text) {
    super(text ?? tag);
    this.name = "Denial";
    /** @type {{ tag: string, val?: string }} What the gateway reads. */
    this.payload = text === undefined ? { tag } : { tag, val: text };
  }

  /** These credentials are not of this plugin's kind; the next authenticator is asked. */
  static notMine() {
    return new Denial("not-mine");
  }

  /**
   * The client gets `-WRONGPASS <text>`: one text for a wrong user and a wrong secret.
   *
   * @param {string} text
   */
  static wrongCredentials(text) {
    return new Denial("wrong-credentials", text);
  }

  /**
   * Right credentials without the right for what they ask: `-NOPERM <text>`.
   *
   * @param {string} text
   */
  static noPermission(text) {
    return new Denial("no-permission", text);
  }

  /**
   * Credentials that cannot be understood: `-ERR <text>`.
   *
   * @param {string} text
   */
  static malformed(text) {
    return new Denial("malformed", text);
  }

  /**
   * The store behind the plugin cannot be asked now.
   *
   * @param {string} text For the operator.
   */
  static unavailable(text) {
    return new Denial("unavailable", text);
  }
}

/**
 * Compares two secrets without telling by its time how much of them is the same.
 *
 * @param {string} given
 * @param {string} wanted
 */
export function isSameSecret(given, wanted) {
  const [a, b] = [given, wanted].map((secret) => new TextEncoder().encode(secret));
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i += 1) {
    difference |= a[i] ^ (b[i % b.length] ?? 0);
  }
  return difference === 0;
}

/**
 * Makes an authenticator: `export const authenticator = defineAuthenticator({…})`.
 *
 * @param {Authenticator} authenticator
 */
export function defineAuthenticator(authenticator) {
  return {
    /** @param {Credentials} login */
    authenticate: (login) => {
      try {
        const { binding, ...grant } = authenticator.authenticate(login);
        return { admin: false, ...grant, binding: binding && complete(binding) };
      } catch (error) {
        if (error instanceof Denial) {
          throw error;
        }
        return fail(error);
      }
    },
  };
}

/** @param {Binding} binding */
function complete(binding) {
  return { color: "", startAt: { tag: "configured" }, ...binding };
}
