// Breaks in the way that the value names: what the gateway makes of it is tested.

import { Description, Plugin, Verdict, textOf } from "../sluicegate";

class Breaks extends Plugin {
  private kept: Uint8Array[] = [];

  override describe(): Description {
    return new Description("breaks", "0.1.0", "Breaks when it is told to.");
  }

  override onProduce(value: Uint8Array | null): Verdict {
    if (!value) return Verdict.forward();
    const word = textOf(value);
    if (word == "panic") fail();
    if (word == "index" && value[value.length] == 0) return Verdict.drop();
    if (word == "loop") spin();
    if (word == "memory") this.keep();
    return Verdict.forward();
  }

  private keep(): void {
    while (true) this.kept.push(new Uint8Array(64 * 1024).fill(1));
  }
}

function fail(): void {
  throw new Error("boom");
}

let turns: u64 = 0;

function spin(): void {
  while (true) ++turns;
}

export const plugin = new Breaks();
