// The contract's transcoder, in front of the author's plugin.

import { plugin } from "../../assembly/index";
import { ANSWER, bytesAt, endCall, storeBytes } from "../abi";
import { Transcoded } from "../answers";
import { storeRejection } from "./rejection";

export function transcoder_encode(start: usize, length: usize): usize {
  return lower(plugin.encode(bytesAt(start, length)));
}

export function post_transcoder_encode(_: usize): void {
  endCall();
}

export function transcoder_decode(start: usize, length: usize): usize {
  return lower(plugin.decode(bytesAt(start, length)));
}

export function post_transcoder_decode(_: usize): void {
  endCall();
}

function lower(made: Transcoded): usize {
  const value = made.value;
  store<u8>(ANSWER, u8(value == null));
  if (value) storeBytes(ANSWER + 4, value);
  const rejection = made.rejection;
  if (rejection) storeRejection(ANSWER + 4, rejection);
  return ANSWER;
}
