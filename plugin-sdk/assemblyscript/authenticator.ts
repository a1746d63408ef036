// Who a client is and what it may do: the types of the authenticator role.

import { encode } from "./abi";

/** What a client sent. */
export class Credentials {
  constructor(
    /** User name; `default` if the client gave none. */
    readonly username: string,
    /** Password, or a databus DSN. Compare it with `secretsEqual` and never log it. */
    readonly secret: string,
    /** Address of the client, `ip:port` or `unix`. */
    readonly peer: string,
  ) {}
}

/** Where a group without a committed offset begins to read. */
export enum StartAt {
  /** As the gateway is configured. */
  Configured,
  /** At the first record that is left. */
  Oldest,
  /** At the end: only what is stored from now on. */
  Newest,
  /** At the offset in `startAtNumber`, moved into the range that exists. */
  Offset,
  /** At the first record at or after the Unix milliseconds in `startAtNumber`. */
  TimestampMs,
}

/** The one topic that `SET`, `HSET` and `MGET` of a client are about. */
export class Binding {
  /** Environment colour; empty if there is none. */
  color: string = "";
  /** Where a new group begins. */
  startAt: StartAt = StartAt.Configured;
  /** The offset or the time that `startAt` speaks of. */
  startAtNumber: i64 = 0;
  /** Longest wait of an MGET in milliseconds; negative: the configured default. */
  blockMs: i64 = -1;
  /** Most messages of an MGET; negative: the configured default. */
  batch: i64 = -1;

  constructor(
    /** The topic. */
    public topic: string,
    /** `SET key value` and `HSET` publish. */
    public publishes: bool,
    /** `MGET` and `SET partition offset` consume. */
    public consumes: bool,
  ) {}
}

/** What a client may do. */
export class Grant {
  /** Topics it may publish to; in each pattern `*` stands for any characters. */
  publish: string[] = [];
  /** Topics it may consume from. */
  consume: string[] = [];
  /** May it use `TOPIC`, `PLUGIN` and other commands about the gateway itself? */
  admin: bool = false;
  /** Broker cluster its traffic goes to; null: the configured default. */
  cluster: string | null = null;
  /** The topic of its databus commands, if it speaks that dialect. */
  binding: Binding | null = null;
  /**
   * Seconds for which this grant holds before the gateway asks again in the background. Negative:
   * until the plugin or its settings change. 0: for this connection only, and never asked again.
   */
  holdsForSecs: i64 = -1;

  constructor(
    /** Name of the client, for logs and `CLIENT LIST`. */
    public principal: string,
    /** Consumer group that its databus commands use. */
    public group: string,
  ) {}
}

/** What becomes of a login. */
export class Login {
  private constructor(
    readonly grant: Grant | null,
    readonly denial: u8,
    readonly text: string,
  ) {}

  /** It may do this. */
  static allow(grant: Grant): Login {
    return new Login(grant, 0, "");
  }

  /** These credentials are not of this plugin's kind; the next authenticator is asked. */
  static notMine(): Login {
    return new Login(null, 0, "");
  }

  /** `-WRONGPASS <text>`. Use one text for a wrong user and a wrong secret. */
  static wrongCredentials(text: string): Login {
    return new Login(null, 1, text);
  }

  /** Right credentials without the right for what they ask: `-NOPERM <text>`. */
  static noPermission(text: string): Login {
    return new Login(null, 2, text);
  }

  /** Credentials that cannot be understood: `-ERR <text>`. */
  static malformed(text: string): Login {
    return new Login(null, 3, text);
  }

  /** The store behind the plugin cannot be asked now; the text is for the operator. */
  static unavailable(text: string): Login {
    return new Login(null, 4, text);
  }
}

/** Compares secrets in a time that depends on their lengths alone. */
export function secretsEqual(one: string, other: string): bool {
  const a = encode(one);
  const b = encode(other);
  if (a.length != b.length) return false;
  let difference: u8 = 0;
  for (let i = 0; i < a.length; ++i) difference |= a[i] ^ b[i];
  return difference == 0;
}
