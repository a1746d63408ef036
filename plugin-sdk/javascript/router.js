/**
 * Plugins that choose topics.
 * @module
 */

import { fail } from "./failure.js";
import { Current } from "./message.js";
import { Rejection } from "./rejection.js";

/**
 * Where a message goes. With scope `topic` the gateway remembers the answer for every message to
 * the topic, with `message` it asks again. A topic that does not exist is created if the gateway
 * may create topics.
 * @typedef {{ topic: string, scope: "topic" | "message" }} Destination
 */

/**
 * @typedef {object} Router
 * @property {(topic: string, message: Current) => Destination} route Called with the topic the
 *   client named. Answer the same topic to leave the message where it is.
 */

/**
 * Makes a router: `export const router = defineRouter({…})`. Throw a `Rejection` to refuse a
 * message; another exception fails the message and drops the instance.
 *
 * @param {Router} router
 */
export function defineRouter(router) {
  const message = new Current();
  return {
    /** @param {string} topic */
    route: (topic) => {
      try {
        return router.route(topic, message);
      } catch (error) {
        if (error instanceof Rejection) {
          throw error;
        }
        return fail(error);
      }
    },
  };
}
