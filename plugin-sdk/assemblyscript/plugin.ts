// What every plugin is.

import { Route, Scope, Transcoded, Verdict } from "./answers";
import { Credentials, Login } from "./authenticator";
import { ANY_PARTITION, Burst } from "./burst";
import { Settings } from "./settings";

/** Who the plugin is, for `PLUGIN LIST` and the log. */
export class Description {
  constructor(
    /** A name of a to z, 0 to 9 and `-`. */
    public name: string,
    /** The plugin's own version, for example `1.4.0`. */
    public version: string,
    /** What it does, in one sentence. */
    public summary: string,
  ) {}
}

/**
 * A plugin: override `describe`, and what its roles need. The roles are those that `wit/world.wit`
 * exports.
 *
 * The gateway makes as many instances as it has calls at once and may drop one at any time. An
 * instance serves one call at a time; its fields are for caches only. What is thrown fails the one
 * message in hand, and is a line in the gateway's log.
 */
export abstract class Plugin {
  /** Says who the plugin is. Called once when the file is loaded; must not depend on settings. */
  abstract describe(): Description;

  /** Takes the settings, once for each instance, before any other call. By default takes all. */
  configure(settings: Settings): void {}

  /**
   * Role filter: each message a client publishes, before it is stored; null is a tombstone. By
   * default lets it pass.
   */
  onProduce(value: Uint8Array | null): Verdict {
    return Verdict.forward();
  }

  /** Role filter: each record a client is about to get. By default lets it pass. */
  onConsume(value: Uint8Array | null): Verdict {
    return Verdict.forward();
  }

  /** Role router: the topic that a message is stored in. By default the one the client named. */
  route(topic: string): Route {
    return Route.to(topic, Scope.Topic);
  }

  /**
   * Role partitioner: a number below `partitions`, or `ANY_PARTITION` to let the gateway spread the
   * message, which is the default. `key` is null for Kafka's null key.
   */
  partition(key: Uint8Array | null, partitions: u32): u32 {
    return ANY_PARTITION;
  }

  /** Role partitioner: all messages of a burst. By default asks `partition` for each. */
  partitionBurst(burst: Burst): void {
    for (let i = 0; i < burst.length; ++i) {
      burst.place(this.partition(burst.nextKey(), burst.partitions));
    }
  }

  /** Role transcoder: the client's value in, the stored value out. By default the same. */
  encode(value: Uint8Array): Transcoded {
    return Transcoded.of(value);
  }

  /** Role transcoder: the stored value in, the client's value out. By default the same. */
  decode(value: Uint8Array): Transcoded {
    return Transcoded.of(value);
  }

  /** Role authenticator: decides about one login. By default leaves it to the next one. */
  authenticate(login: Credentials): Login {
    return Login.notMine();
  }
}
