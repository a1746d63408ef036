// The contract's filter, in front of the author's plugin.

import { plugin } from "../../assembly/index";
import { ANSWER, bytesAt, endCall, storeBytes } from "../abi";
import { Verdict } from "../answers";
import { storeRejection } from "./rejection";

export function filter_onProduce(isSome: u32, start: usize, length: usize): usize {
  return lower(plugin.onProduce(isSome ? bytesAt(start, length) : null));
}

export function post_filter_onProduce(_: usize): void {
  endCall();
}

export function filter_onConsume(isSome: u32, start: usize, length: usize): usize {
  return lower(plugin.onConsume(isSome ? bytesAt(start, length) : null));
}

export function post_filter_onConsume(_: usize): void {
  endCall();
}

function lower(verdict: Verdict): usize {
  store<u8>(ANSWER, verdict.kind);
  const value = verdict.value;
  if (value) storeBytes(ANSWER + 4, value);
  const rejection = verdict.rejection;
  if (rejection) storeRejection(ANSWER + 4, rejection);
  return ANSWER;
}
