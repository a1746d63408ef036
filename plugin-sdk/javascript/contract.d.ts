// The contract and what of the engine a plugin may use, for editors. The meaning of each function
// stands in wit/deps/sluicegate/sluicegate.wit.

declare module "sluicegate:plugin/log@0.1.0" {
  export function write(level: "debug" | "info" | "warn" | "error", message: string): void;
}

declare module "sluicegate:plugin/metrics@0.1.0" {
  export function count(name: string, by: bigint): void;
}

declare module "sluicegate:plugin/current@0.1.0" {
  export function topic(): string;
  export function key(): Uint8Array | undefined;
  export function value(): Uint8Array | undefined;
  export function header(name: string): Uint8Array | undefined;
  export function headers(): { name: string; value?: Uint8Array }[];
  export function timestampMs(): bigint;
  export function principal(): string;
  export function setHeader(name: string, value: Uint8Array | undefined): void;
  export function removeHeader(name: string): void;
  export function setKey(key: Uint8Array | undefined): void;
}

declare module "sluicegate:plugin/burst@0.1.0" {
  export function topic(): string;
  export function sizes(): Uint32Array;
  export function placedBytes(): BigUint64Array;
  export function placedMessages(): bigint;
}

// To use it, add `import sluicegate:plugin/redis@0.1.0;` to wit/world.wit and grant it in the
// settings file. An error is thrown, with the contract's variant in `payload`.
declare module "sluicegate:plugin/redis@0.1.0" {
  type Value = { tag: "nil" } | { tag: "integer"; val: bigint } | { tag: "bytes"; val: Uint8Array };
  type Reply = { tag: "single"; val: Value } | { tag: "many"; val: Value[] };
  export function call(connection: string, command: string, parameters: Uint8Array[]): Reply;
}

// The same for `sql`.
declare module "sluicegate:plugin/sql@0.1.0" {
  type Value = { tag: "null" } | { tag: "integer"; val: bigint } | { tag: "bytes"; val: Uint8Array };
  export function run(connection: string, statement: string, parameters: Value[]): Value[][];
  export function query(connection: string, text: string, parameters: Value[]): Value[][];
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

declare class TextDecoder {
  constructor(encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
