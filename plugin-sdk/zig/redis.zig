//! Redis servers that the plugin's TOML file grants under `[redis.NAME]`. Only while an
//! authenticator is asked. The gateway owns the connections and their time limits.
//!
//! The world in `wit/world.wit` needs `import sluicegate:plugin/redis@0.1.0;`.

const std = @import("std");
const abi = @import("abi.zig");
const stores = @import("stores.zig");

const host = struct {
    extern "sluicegate:plugin/redis@0.1.0" fn call(
        connection: [*]const u8,
        connection_len: usize,
        command: [*]const u8,
        command_len: usize,
        arguments: [*]const abi.Bytes,
        arguments_len: usize,
        result: *Result,
    ) void;

    const HostReply = extern struct {
        is_many: u8,
        payload: extern union { single: stores.HostValue, many: abi.List(stores.HostValue) },
    };
    const Result = extern struct {
        is_error: u8,
        payload: extern union { reply: HostReply, failure: stores.HostError },
    };
};

pub const Error = stores.Error;
pub const Value = stores.Value;
/// Why the last call failed, in the gateway's words; until the call of the plugin ends.
pub const lastWords = stores.lastWords;

/// One value, or an array; a map comes as its keys and values in turn.
pub const Reply = union(enum) { single: Value, many: []const Value };

/// Sends one command, for example `call(arena, "users", "HGET", &.{ key, "secret" })`.
///
/// Errors: `Denied`: not granted, nothing was sent. `Refused`: the server answered with an error.
/// `Unavailable`: no connection or no answer; a change may have been carried out.
pub fn call(
    arena: std.mem.Allocator,
    connection: []const u8,
    command: []const u8,
    arguments: []const []const u8,
) Error!Reply {
    const list = try arena.alloc(abi.Bytes, arguments.len);
    for (list, arguments) |*to, argument| to.* = .of(argument);
    var result: host.Result = undefined;
    host.call(
        abi.start(u8, connection),
        connection.len,
        abi.start(u8, command),
        command.len,
        abi.start(abi.Bytes, list),
        list.len,
        &result,
    );
    if (result.is_error != 0) return result.payload.failure.raise();
    const reply = result.payload.reply;
    if (reply.is_many == 0) return .{ .single = reply.payload.single.value() };
    return .{ .many = try stores.values(arena, reply.payload.many) };
}
