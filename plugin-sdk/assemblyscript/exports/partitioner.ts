// The contract's partitioner, in front of the author's plugin.

import { plugin } from "../../assembly/index";
import { ANSWER, bytesAt, endCall } from "../abi";
import { ANY_PARTITION, Burst } from "../burst";

export function partitioner_partitionMany(
  keys: usize,
  keysLength: usize,
  ends: usize,
  length: i32,
  partitions: u32,
): usize {
  const copied = new StaticArray<u32>(length);
  memory.copy(changetype<usize>(copied), ends, <usize>length << 2);
  const places = new StaticArray<u32>(length);
  places.fill(ANY_PARTITION);
  plugin.partitionBurst(new Burst(bytesAt(keys, keysLength), copied, partitions, places));
  store<usize>(ANSWER, changetype<usize>(places));
  store<i32>(ANSWER, length, 4);
  return ANSWER;
}

export function post_partitioner_partitionMany(_: usize): void {
  endCall();
}
