//! The message in hand: what filters, routers and transcoders may ask for, and filters may change.
//!
//! Changes made before a drop, a rejection or a panic are forgotten. A change by a router or a
//! transcoder traps. What is answered lies in `arena`.

const Current = @This();

const std = @import("std");
const abi = @import("abi.zig");

const host = struct {
    extern "sluicegate:plugin/current@0.1.0" fn topic(result: *abi.Bytes) void;
    extern "sluicegate:plugin/current@0.1.0" fn key(result: *abi.OptionalBytes) void;
    extern "sluicegate:plugin/current@0.1.0" fn value(result: *abi.OptionalBytes) void;
    extern "sluicegate:plugin/current@0.1.0" fn header(
        name: [*]const u8,
        len: usize,
        result: *abi.OptionalBytes,
    ) void;
    extern "sluicegate:plugin/current@0.1.0" fn headers(result: *abi.List(HostHeader)) void;
    extern "sluicegate:plugin/current@0.1.0" fn @"timestamp-ms"() i64;
    extern "sluicegate:plugin/current@0.1.0" fn principal(result: *abi.Bytes) void;
    extern "sluicegate:plugin/current@0.1.0" fn @"set-header"(
        name: [*]const u8,
        name_len: usize,
        is_some: u32,
        value: [*]const u8,
        value_len: usize,
    ) void;
    extern "sluicegate:plugin/current@0.1.0" fn @"remove-header"(
        name: [*]const u8,
        len: usize,
    ) void;
    extern "sluicegate:plugin/current@0.1.0" fn @"set-key"(
        is_some: u32,
        key: [*]const u8,
        len: usize,
    ) void;

    const HostHeader = extern struct { name: abi.Bytes, value: abi.OptionalBytes };
};

/// One header. Names may repeat; a value may be absent, which is not the same as empty.
pub const Header = struct { name: []const u8, value: ?[]const u8 };

/// Memory that is free again when the call ends: for answers, and for work on the way.
arena: std.mem.Allocator,

/// The topic: on produce where the message will go so far, on consume where it lies.
pub fn topic(_: Current) []const u8 {
    var result: abi.Bytes = undefined;
    host.topic(&result);
    return result.slice();
}

/// The key; null is Kafka's null key.
pub fn key(_: Current) ?[]const u8 {
    var result: abi.OptionalBytes = undefined;
    host.key(&result);
    return result.slice();
}

/// The value as it is now; null is a tombstone. For routers; others have it as an argument.
pub fn value(_: Current) ?[]const u8 {
    var result: abi.OptionalBytes = undefined;
    host.value(&result);
    return result.slice();
}

/// The value of the first header with this name; null if there is none, or its value is absent.
pub fn header(_: Current, name: []const u8) ?[]const u8 {
    var result: abi.OptionalBytes = undefined;
    host.header(abi.start(u8, name), name.len, &result);
    return result.slice();
}

/// All headers in order.
pub fn headers(current: Current) std.mem.Allocator.Error![]Header {
    var result: abi.List(host.HostHeader) = undefined;
    host.headers(&result);
    const all = try current.arena.alloc(Header, result.len);
    for (all, result.slice()) |*to, from| {
        to.* = .{ .name = from.name.slice(), .value = from.value.slice() };
    }
    return all;
}

/// Unix milliseconds: on consume the record's, on produce when the gateway read the message.
pub fn timestampMs(_: Current) i64 {
    return host.@"timestamp-ms"();
}

/// Who publishes or consumes.
pub fn principal(_: Current) []const u8 {
    var result: abi.Bytes = undefined;
    host.principal(&result);
    return result.slice();
}

/// Sets the first header of this name and removes others of it; appends if there is none.
pub fn setHeader(_: Current, name: []const u8, new: ?[]const u8) void {
    const bytes = new orelse "";
    host.@"set-header"(
        abi.start(u8, name),
        name.len,
        @intFromBool(new != null),
        abi.start(u8, bytes),
        bytes.len,
    );
}

/// Removes every header of this name.
pub fn removeHeader(_: Current, name: []const u8) void {
    host.@"remove-header"(abi.start(u8, name), name.len);
}

/// Sets the key, which decides the partition; on consume it changes what the client sees.
pub fn setKey(_: Current, new: ?[]const u8) void {
    const bytes = new orelse "";
    host.@"set-key"(@intFromBool(new != null), abi.start(u8, bytes), bytes.len);
}
