// Statements to SQL databases that the plugin's TOML file grants under `[sql.NAME]`. Only while an
// authenticator is asked. Parameters never become part of the text.
//
// The world in `wit/world.wit` needs `import sluicegate:plugin/sql@0.1.0;`.

import { RESULT, encode } from "./abi";
import { StoreError, Value, loadError, loadValues, lowerValues } from "./stores";

// @ts-ignore: decorator
@external("sluicegate:plugin/sql@0.1.0", "run")
declare function hostRun(
  connection: usize,
  connectionLength: usize,
  statement: usize,
  statementLength: usize,
  parameters: usize,
  parametersLength: i32,
  result: usize,
): void;
// @ts-ignore: decorator
@external("sluicegate:plugin/sql@0.1.0", "query")
declare function hostQuery(
  connection: usize,
  connectionLength: usize,
  text: usize,
  textLength: usize,
  parameters: usize,
  parametersLength: i32,
  result: usize,
): void;

export namespace sql {
  /** What came of a statement: rows, or why there are none. */
  export class Rows {
    constructor(
      /** Null if the statement was run. */
      readonly error: StoreError | null,
      /** Columns in the order of the statement. */
      readonly rows: Value[][],
    ) {}
  }

  /** Runs the statement that the TOML file has under `[sql.NAME.statements]`. */
  export function run(connection: string, statement: string, parameters: Value[]): Rows {
    const name = encode(connection);
    const word = encode(statement);
    const list = changetype<usize>(lowerValues(parameters));
    const count = parameters.length;
    hostRun(name.dataStart, name.length, word.dataStart, word.length, list, count, RESULT);
    return loadRows();
  }

  /** Runs a SELECT of the plugin's own, where the TOML file says `queries = "read-only"`. */
  export function query(connection: string, text: string, parameters: Value[]): Rows {
    const name = encode(connection);
    const words = encode(text);
    const list = changetype<usize>(lowerValues(parameters));
    const count = parameters.length;
    hostQuery(name.dataStart, name.length, words.dataStart, words.length, list, count, RESULT);
    return loadRows();
  }

  function loadRows(): Rows {
    const at = RESULT;
    if (load<u8>(at)) return new Rows(loadError(at + 4), []);
    const start = load<usize>(at, 4);
    const length = load<i32>(at, 8);
    const rows = new Array<Value[]>(length);
    for (let i = 0; i < length; ++i) rows[i] = loadValues(start + (<usize>i << 3));
    return new Rows(null, rows);
  }
}
