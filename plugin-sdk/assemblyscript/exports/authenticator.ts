// The contract's authenticator, in front of the author's plugin.

import { plugin } from "../../assembly/index";
import { ANSWER, endCall, storeOptionalU32, storeText } from "../abi";
import { Binding, Credentials, Grant } from "../authenticator";

export function authenticator_authenticate(
  username: usize,
  usernameLength: usize,
  secret: usize,
  secretLength: usize,
  peer: usize,
  peerLength: usize,
): usize {
  const credentials = new Credentials(
    String.UTF8.decodeUnsafe(username, usernameLength),
    String.UTF8.decodeUnsafe(secret, secretLength),
    String.UTF8.decodeUnsafe(peer, peerLength),
  );
  const login = plugin.authenticate(credentials);
  const grant = login.grant;
  store<u8>(ANSWER, u8(grant == null));
  if (grant) {
    storeGrant(ANSWER + 8, grant);
  } else {
    store<u8>(ANSWER + 8, login.denial);
    storeText(ANSWER + 12, login.text);
  }
  return ANSWER;
}

export function post_authenticator_authenticate(_: usize): void {
  endCall();
}

function storeGrant(at: usize, grant: Grant): void {
  storeText(at, grant.principal);
  storeText(at + 8, grant.group);
  storeTexts(at + 16, grant.publish);
  storeTexts(at + 24, grant.consume);
  store<u8>(at + 32, u8(grant.admin));
  const cluster = grant.cluster;
  store<u8>(at + 36, u8(cluster != null));
  if (cluster != null) storeText(at + 40, cluster);
  const binding = grant.binding;
  store<u8>(at + 48, u8(binding != null));
  if (binding) storeBinding(at + 56, binding);
  storeOptionalU32(at + 112, grant.holdsForSecs);
}

function storeBinding(at: usize, binding: Binding): void {
  storeText(at, binding.topic);
  store<u8>(at + 8, u8(binding.publishes));
  store<u8>(at + 9, u8(binding.consumes));
  storeText(at + 12, binding.color);
  store<u8>(at + 24, u8(binding.startAt));
  store<i64>(at + 32, binding.startAtNumber);
  storeOptionalU32(at + 40, binding.blockMs);
  storeOptionalU32(at + 48, binding.batch);
}

function storeTexts(at: usize, texts: string[]): void {
  const list = new StaticArray<u64>(texts.length);
  const start = changetype<usize>(list);
  for (let i = 0; i < texts.length; ++i) storeText(start + (<usize>i << 3), texts[i]);
  store<usize>(at, start);
  store<i32>(at, texts.length, 4);
}
