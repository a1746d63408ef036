// Breaks in every way a guest can: for the tests of what the gateway says then.

import { defineFilter, forward } from "../sluicegate/filter.js";
import { definePlugin } from "../sluicegate/plugin.js";

const kept = [];

export const lifecycle = definePlugin({
  name: "breaks",
  version: "0.1.0",
  summary: "Breaks on demand.",
});

export const filter = defineFilter({
  onProduce(message) {
    switch (message.text) {
      case "panic":
        boom();
        break;
      case "index":
        // An array has no bounds; what is not there cannot be asked.
        kept[7].length = 1;
        break;
      case "loop":
        for (;;) {
          kept.length = 0;
        }
      case "memory":
        for (;;) {
          kept.push(new Uint8Array(1 << 16).fill(1));
        }
    }
    return forward();
  },
});

function boom() {
  throw new Error("boom");
}
