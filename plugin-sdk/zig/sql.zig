//! Statements to SQL databases that the plugin's TOML file grants under `[sql.NAME]`. Only while an
//! authenticator is asked. Parameters never become part of the text.
//!
//! The world in `wit/world.wit` needs `import sluicegate:plugin/sql@0.1.0;`.

const std = @import("std");
const abi = @import("abi.zig");
const stores = @import("stores.zig");

const Result = extern struct {
    is_error: u8,
    payload: extern union { rows: abi.List(abi.List(stores.HostValue)), failure: stores.HostError },
};

const host = struct {
    extern "sluicegate:plugin/sql@0.1.0" fn run(
        connection: [*]const u8,
        connection_len: usize,
        statement: [*]const u8,
        statement_len: usize,
        parameters: [*]const stores.HostValue,
        parameters_len: usize,
        result: *Result,
    ) void;
    extern "sluicegate:plugin/sql@0.1.0" fn query(
        connection: [*]const u8,
        connection_len: usize,
        text: [*]const u8,
        text_len: usize,
        parameters: [*]const stores.HostValue,
        parameters_len: usize,
        result: *Result,
    ) void;
};

pub const Error = stores.Error;
pub const Value = stores.Value;
/// Why the last call failed, in the gateway's words; until the call of the plugin ends.
pub const lastWords = stores.lastWords;

/// Columns in the order of the statement.
pub const Row = []const Value;

/// Runs the statement that the TOML file has under `[sql.NAME.statements]`.
///
/// Errors: `Denied`: not granted, nothing was run. `Refused`: the database answered with an error,
/// or with more than a call may have. `Unavailable`: no connection or no answer.
pub fn run(
    arena: std.mem.Allocator,
    connection: []const u8,
    statement: []const u8,
    parameters: []const Value,
) Error![]const Row {
    return send(host.run, arena, .{ connection, statement }, parameters);
}

/// Runs a SELECT of the plugin's own, where the TOML file says `queries = "read-only"`.
///
/// Errors: as `run`.
pub fn query(
    arena: std.mem.Allocator,
    connection: []const u8,
    text: []const u8,
    parameters: []const Value,
) Error![]const Row {
    return send(host.query, arena, .{ connection, text }, parameters);
}

fn send(
    comptime function: anytype,
    arena: std.mem.Allocator,
    words: [2][]const u8,
    parameters: []const Value,
) Error![]const Row {
    const list = try arena.alloc(stores.HostValue, parameters.len);
    for (list, parameters) |*to, parameter| to.* = .of(parameter);
    var result: Result = undefined;
    const connection, const text = words;
    function(
        abi.start(u8, connection),
        connection.len,
        abi.start(u8, text),
        text.len,
        abi.start(stores.HostValue, list),
        list.len,
        &result,
    );
    if (result.is_error != 0) return result.payload.failure.raise();
    const rows = try arena.alloc(Row, result.payload.rows.len);
    for (rows, result.payload.rows.slice()) |*to, row| to.* = try stores.values(arena, row);
    return rows;
}
