// Guards JSON messages: redacts one field, refuses another, and notes who sent them.

import {
  Description,
  JsonObject,
  Plugin,
  Settings,
  Verdict,
  bytesOf,
  current,
} from "../sluicegate";

class Guard extends Plugin {
  /** The field whose value is not stored. */
  private redact: string = "card";
  /** The field that must not be sent. */
  private forbid: string = "password";

  override describe(): Description {
    return new Description(
      "guard",
      "0.1.0",
      "Redacts a field of JSON objects, and refuses objects with a field that must not be sent.",
    );
  }

  override configure(settings: Settings): void {
    this.redact = settings.text("redact", this.redact);
    this.forbid = settings.text("forbid", this.forbid);
  }

  override onProduce(value: Uint8Array | null): Verdict {
    if (!value) return Verdict.forward();
    const object = JsonObject.parse(value);
    if (!object) return Verdict.reject("not-object", "the value is not a JSON object");
    if (object.find(this.forbid)) {
      const message = "the field `" + this.forbid + "` must not be sent";
      return Verdict.reject("forbidden-field", message);
    }
    current.setHeader("checked-by", bytesOf(current.principal()));
    // Found by position: every byte around the redacted values stays as it was sent.
    const redacted = object.replace(this.redact, '"***"');
    return redacted ? Verdict.replace(redacted) : Verdict.forward();
  }
}

export const plugin = new Guard();
