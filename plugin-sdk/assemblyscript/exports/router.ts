// The contract's router, in front of the author's plugin.

import { plugin } from "../../assembly/index";
import { ANSWER, endCall, storeText } from "../abi";
import { storeRejection } from "./rejection";

export function router_route(start: usize, length: usize): usize {
  const route = plugin.route(String.UTF8.decodeUnsafe(start, length));
  const rejection = route.rejection;
  store<u8>(ANSWER, u8(rejection != null));
  if (rejection) {
    storeRejection(ANSWER + 4, rejection);
  } else {
    storeText(ANSWER + 4, route.topic);
    store<u8>(ANSWER + 12, u8(route.scope));
  }
  return ANSWER;
}

export function post_router_route(_: usize): void {
  endCall();
}
