// The contract's lifecycle, and what every plugin exports beside it.

import { plugin } from "../../assembly/index";
import { ANSWER, bytesAt, endCall, realloc, storeText } from "../abi";
import "../abort";
import { JsonObject } from "../json";
import { Settings } from "../settings";

export function cabi_realloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  return realloc(old, oldSize, align, size);
}

export function lifecycle_describe(): usize {
  const description = plugin.describe();
  storeText(ANSWER, description.name);
  storeText(ANSWER + 8, description.version);
  storeText(ANSWER + 16, description.summary);
  return ANSWER;
}

export function post_lifecycle_describe(_: usize): void {
  endCall();
}

export function lifecycle_configure(start: usize, length: usize): usize {
  const refusal = configure(bytesAt(start, length));
  store<u8>(ANSWER, u8(refusal != null));
  if (refusal != null) storeText(ANSWER + 4, refusal);
  return ANSWER;
}

function configure(text: Uint8Array): string | null {
  const object = JsonObject.parse(text);
  if (!object) return "the settings are not a JSON object";
  const settings = new Settings(object);
  plugin.configure(settings);
  return settings.refused;
}

export function post_lifecycle_configure(_: usize): void {
  endCall();
}
