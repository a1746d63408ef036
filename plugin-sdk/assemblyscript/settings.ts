// What `[settings]` of the plugin's TOML file says.

import { JsonObject } from "./json";

/** The settings. What does not fit refuses the plugin, with words that name the setting. */
export class Settings {
  private refusal: string | null = null;

  constructor(
    /** All of them as JSON, for what the methods here cannot read. */
    readonly object: JsonObject,
  ) {}

  /** A setting that is a text; `otherwise` if it is not there. */
  text(name: string, otherwise: string): string {
    const field = this.object.find(name);
    if (!field) return otherwise;
    const text = field.text();
    if (text != null) return text;
    this.refuse("`" + name + "` must be a text");
    return otherwise;
  }

  /** A setting that is a whole number from `least` to `most`; `otherwise` if it is not there. */
  integer(name: string, otherwise: i64, least: i64, most: i64): i64 {
    const field = this.object.find(name);
    if (!field) return otherwise;
    const number = I64.parseInt(field.json());
    if (number.toString() == field.json() && number >= least && number <= most) return number;
    this.refuse("`" + name + `\` must be a whole number from ${least} to ${most}`);
    return otherwise;
  }

  /**
   * Refuses the plugin with a sentence for the operator: the file is then not taken, and its
   * previous version stays in force. The first one counts.
   */
  refuse(words: string): void {
    if (this.refusal == null) this.refusal = words;
  }

  /** Why the plugin is refused; null if it is not. */
  get refused(): string | null {
    return this.refusal;
  }
}
