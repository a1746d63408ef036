// Helpers over the contract between the Sluicegate gateway and its plugins.
//
// A plugin is a class that extends `Plugin`, and one object of it that `assembly/index.ts` exports
// under the name `plugin`.

export { Rejection, Route, Scope, Transcoded, Verdict } from "./answers";
export { Binding, Credentials, Grant, Login, StartAt, secretsEqual } from "./authenticator";
export { ANY_PARTITION, Burst } from "./burst";
export { Header, current } from "./current";
export { JsonField, JsonObject } from "./json";
export { log } from "./log";
export { metrics } from "./metrics";
export { Description, Plugin } from "./plugin";
export { redis } from "./redis";
export { Settings } from "./settings";
export { sql } from "./sql";
export { StoreError, Value } from "./stores";
export { bytesOf, textOf } from "./text";
