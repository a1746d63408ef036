// A `rejection` in the contract's form.

import { storeText } from "../abi";
import { Rejection } from "../answers";

export function storeRejection(at: usize, rejection: Rejection): void {
  storeText(at, rejection.code);
  storeText(at + 8, rejection.message);
}
