// What plugins answer in the roles of a filter, a router and a transcoder.

/** A refusal of one message. The client gets `-REJECTED <plugin> <code>: <message>`. */
export class Rejection {
  constructor(
    /** A short word that programs may match on: 1 to 64 characters of a to z, 0 to 9 and `-`. */
    public code: string,
    /** A sentence for the person who reads the client's log; cut after 512 bytes, no secrets. */
    public message: string,
  ) {}
}

/** What becomes of a message. */
export class Verdict {
  private constructor(
    readonly kind: u8,
    readonly value: Uint8Array | null,
    readonly rejection: Rejection | null,
  ) {}

  /** It goes on, with the changes made through `current`. */
  static forward(): Verdict {
    return new Verdict(0, null, null);
  }

  /** It goes on with this value, and the changes made through `current`. */
  static replace(value: Uint8Array): Verdict {
    return new Verdict(1, value, null);
  }

  /** On produce: acknowledged and not stored. On consume: not shown. Both are counted. */
  static drop(): Verdict {
    return new Verdict(2, null, null);
  }

  /** On produce: the client gets the rejection as an error. On consume: not shown, counted. */
  static reject(code: string, message: string): Verdict {
    return new Verdict(3, null, new Rejection(code, message));
  }
}

/** For how long a router's answer holds. */
export enum Scope {
  /** For this message; the next one is asked about again. */
  Message,
  /** For every message to this topic while this version with these settings is in force. */
  Topic,
}

/** Where a message goes. */
export class Route {
  private constructor(
    readonly topic: string,
    readonly scope: Scope,
    readonly rejection: Rejection | null,
  ) {}

  /** To this topic; the same topic leaves it where it is. */
  static to(topic: string, scope: Scope): Route {
    return new Route(topic, scope, null);
  }

  /** Nowhere: the client gets the rejection. */
  static reject(code: string, message: string): Route {
    return new Route("", Scope.Message, new Rejection(code, message));
  }
}

/** What a transcoder makes of a value. */
export class Transcoded {
  private constructor(
    readonly value: Uint8Array | null,
    readonly rejection: Rejection | null,
  ) {}

  /** This value. */
  static of(value: Uint8Array): Transcoded {
    return new Transcoded(value, null);
  }

  /** Nothing. On consume the record is then delivered as it is stored, and marked. */
  static reject(code: string, message: string): Transcoded {
    return new Transcoded(null, new Rejection(code, message));
  }
}
