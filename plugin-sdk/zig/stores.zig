//! What `redis` and `sql` have in common: values, and why there are none.

const std = @import("std");
const abi = @import("abi.zig");

/// A value of a reply, a parameter, or a column.
pub const Value = union(enum) {
    /// Redis' nil, SQL's NULL.
    nil,
    /// An integer.
    integer: i64,
    /// Text and bytes; other numbers and times as the store would write them.
    bytes: []const u8,

    /// The bytes; null if it is anything else.
    pub fn asBytes(value: Value) ?[]const u8 {
        return switch (value) {
            .bytes => |bytes| bytes,
            else => null,
        };
    }
};

pub const Error = error{ Denied, Refused, Unavailable, OutOfMemory };

var words: []const u8 = "";

pub fn lastWords() []const u8 {
    return words;
}

/// A value as the host has it.
pub const HostValue = extern struct {
    case: u8,
    payload: extern union { integer: i64, bytes: abi.Bytes },

    pub fn of(from: Value) HostValue {
        return switch (from) {
            .nil => .{ .case = 0, .payload = .{ .integer = 0 } },
            .integer => |number| .{ .case = 1, .payload = .{ .integer = number } },
            .bytes => |bytes| .{ .case = 2, .payload = .{ .bytes = .of(bytes) } },
        };
    }

    pub fn value(from: HostValue) Value {
        return switch (from.case) {
            0 => .nil,
            1 => .{ .integer = from.payload.integer },
            else => .{ .bytes = from.payload.bytes.slice() },
        };
    }
};

/// An error as the host has it.
pub const HostError = extern struct {
    case: u8,
    text: abi.Bytes,

    /// Keeps the words, and gives the error they belong to.
    pub fn raise(failure: HostError) Error {
        words = failure.text.slice();
        return switch (failure.case) {
            0 => error.Denied,
            1 => error.Refused,
            else => error.Unavailable,
        };
    }
};

pub fn values(arena: std.mem.Allocator, list: abi.List(HostValue)) Error![]const Value {
    const all = try arena.alloc(Value, list.len);
    for (all, list.slice()) |*to, from| to.* = from.value();
    return all;
}
