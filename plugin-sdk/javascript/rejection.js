/**
 * The refusal of one message.
 * @module
 */

/**
 * The client gets `-REJECTED <plugin> <code>: <message>`, and nothing is stored. Throw it in a
 * filter, a router or a transcoder.
 */
export class Rejection extends Error {
  /**
   * @param {string} code A short word that programs may match on, for example `not-json`: 1 to 64
   *   characters of a to z, 0 to 9 and `-`.
   * @param {string} message A sentence for the person who reads the client's log; cut after 512
   *   bytes. It must not hold secrets.
   */
  constructor(code, message) {
    super(message);
    this.name = "Rejection";
    /** @type {{ code: string, message: string }} What the gateway reads. */
    this.payload = { code, message };
  }
}
