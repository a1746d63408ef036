// Redis servers that the plugin's TOML file grants under `[redis.NAME]`. Only while an
// authenticator is asked. The gateway owns the connections and their time limits.
//
// The world in `wit/world.wit` needs `import sluicegate:plugin/redis@0.1.0;`.

import { RESULT, encode, storeBytes } from "./abi";
import { StoreError, Value, loadError, loadValue, loadValues } from "./stores";

// @ts-ignore: decorator
@external("sluicegate:plugin/redis@0.1.0", "call")
declare function hostCall(
  connection: usize,
  connectionLength: usize,
  command: usize,
  commandLength: usize,
  args: usize,
  argsLength: i32,
  result: usize,
): void;

export namespace redis {
  /** What came of a command: values, or why there are none. */
  export class Reply {
    constructor(
      /** Null if there was a reply. */
      readonly error: StoreError | null,
      /** One value, or those of an array; a map comes as its keys and values in turn. */
      readonly values: Value[],
    ) {}
  }

  /** Sends one command, for example `redis.call("users", "HGET", [key, bytesOf("secret")])`. */
  export function call(connection: string, command: string, args: Uint8Array[]): Reply {
    const list = new StaticArray<u64>(args.length);
    const start = changetype<usize>(list);
    for (let i = 0; i < args.length; ++i) storeBytes(start + (<usize>i << 3), args[i]);
    const name = encode(connection);
    const word = encode(command);
    const at = RESULT;
    hostCall(name.dataStart, name.length, word.dataStart, word.length, start, args.length, at);
    if (load<u8>(at)) return new Reply(loadError(at + 8), []);
    const isMany = load<u8>(at + 8);
    return new Reply(null, isMany ? loadValues(at + 16) : [loadValue(at + 16)]);
  }
}
