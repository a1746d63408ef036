// my-plugin: one object of this class is the plugin of an instance.

import {
  // @role partitioner
  ANY_PARTITION,
  // @role authenticator
  Credentials,
  // @end
  Description,
  // @role authenticator
  Grant,
  Login,
  // @end
  Plugin,
  // @role router
  Route,
  Scope,
  // @role filter authenticator
  Settings,
  // @role transcoder
  Transcoded,
  // @role filter
  Verdict,
  bytesOf,
  // @role authenticator
  secretsEqual,
  // @role filter
  textOf,
  // @end
} from "../sluicegate";

class MyPlugin extends Plugin {
  // @role filter
  /** What is stored instead of `ping`. */
  private reply: Uint8Array = bytesOf("pong");
  // @end
  // @role authenticator
  /** The secret of the user `demo`. */
  private secret: string = "let me in";
  // @end

  override describe(): Description {
    return new Description("my-plugin", "0.1.0", "What my-plugin does, in one sentence.");
  }
  // @role filter authenticator

  /** Takes `[settings]` of my-plugin.toml, once for each instance. */
  override configure(settings: Settings): void {
    // @role filter
    this.reply = bytesOf(settings.text("reply", "pong"));
    // @role authenticator
    this.secret = settings.text("secret", "let me in");
    // @role filter authenticator
  }
  // @role filter

  /** Looks at each message before it is stored; no value is a tombstone. */
  override onProduce(value: Uint8Array | null): Verdict {
    if (!value) return Verdict.forward();
    if (value.length == 0) return Verdict.reject("empty-value", "the value is empty");
    if (value.length == 4 && textOf(value) == "ping") return Verdict.replace(this.reply);
    return Verdict.forward();
  }

  /** Looks at each record before a client gets it. */
  override onConsume(value: Uint8Array | null): Verdict {
    return Verdict.forward();
  }
  // @role router

  /** Chooses the topic: what goes to `NAME-old` is stored in `NAME-new`. */
  override route(topic: string): Route {
    if (!topic.endsWith("-old")) return Route.to(topic, Scope.Topic);
    return Route.to(topic.slice(0, -"-old".length) + "-new", Scope.Topic);
  }
  // @role partitioner

  /** Chooses the partition of one message by its key: FNV-1a, 32 bit. */
  override partition(key: Uint8Array | null, partitions: u32): u32 {
    if (!key) return ANY_PARTITION;
    let hash: u32 = 0x811c9dc5;
    for (let i = 0; i < key.length; ++i) hash = (hash ^ key[i]) * 0x01000193;
    return hash % partitions;
  }
  // @role transcoder

  /** What is stored: the value as hexadecimal digits. */
  override encode(value: Uint8Array): Transcoded {
    const digits = new Uint8Array(2 * value.length);
    for (let i = 0; i < value.length; ++i) {
      digits[2 * i] = toDigit(value[i] >> 4);
      digits[2 * i + 1] = toDigit(value[i] & 15);
    }
    return Transcoded.of(digits);
  }

  /** What clients see: the bytes that the digits stand for. */
  override decode(value: Uint8Array): Transcoded {
    const bytes = new Uint8Array(value.length / 2);
    let isHex = value.length % 2 == 0;
    for (let i = 0; isHex && i < bytes.length; ++i) {
      const high = fromDigit(value[2 * i]);
      const low = fromDigit(value[2 * i + 1]);
      isHex = high >= 0 && low >= 0;
      bytes[i] = u8((high << 4) | low);
    }
    if (!isHex) return Transcoded.reject("not-hex", "the stored value is not hexadecimal");
    return Transcoded.of(bytes);
  }
  // @role authenticator

  /** Decides about one login. */
  override authenticate(login: Credentials): Login {
    if (login.username != "demo") return Login.notMine();
    if (!secretsEqual(login.secret, this.secret)) {
      return Login.wrongCredentials("wrong user or secret");
    }
    const grant = new Grant("demo", "demo");
    grant.publish = ["demo*"];
    grant.consume = ["demo*"];
    return Login.allow(grant);
  }
  // @end
}
// @role transcoder

/** `0` to `9` and `a` to `f`. */
function toDigit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** The value of a hexadecimal digit; -1 for anything else. */
function fromDigit(digit: u8): i32 {
  if (digit >= 0x30 && digit <= 0x39) return digit - 0x30;
  const lower = digit | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
// @end

export const plugin = new MyPlugin();
