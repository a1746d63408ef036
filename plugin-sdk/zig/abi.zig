//! How values lie in memory between the gateway and this plugin, and the memory of one call.
//!
//! Written by hand after the component model's canonical ABI; authors need nothing of it.

const std = @import("std");

/// The package of the contract, as imports and exports are named.
pub const package = "sluicegate:plugin/";
/// The contract's version, as imports and exports are named.
pub const version = "@0.1.0";

/// Memory that lives as long as the instance.
pub const gpa = std.heap.wasm_allocator;

/// What is kept for the next call when one ends; more is given back, so that one large message
/// does not hold memory for ever.
const kept_bytes = 1024 * 1024;

var call_arena: std.heap.ArenaAllocator = .init(gpa);

/// Memory of the call in hand. The host's arguments and the answer lie there too.
pub fn arena() std.mem.Allocator {
    return call_arena.allocator();
}

/// Ends a call: all of its memory is free again.
pub fn endCall() void {
    _ = call_arena.reset(.{ .retain_with_limit = kept_bytes });
}

/// What the host calls to put lists and texts into this plugin's memory.
pub fn realloc(old: ?[*]u8, old_len: usize, alignment: usize, len: usize) callconv(.c) [*]u8 {
    const new = arena().rawAlloc(@max(len, 1), .fromByteUnits(alignment), @returnAddress()) orelse
        @panic("out of memory for what the gateway hands over");
    if (old) |bytes| @memcpy(new[0..@min(old_len, len)], bytes[0..@min(old_len, len)]);
    return new;
}

/// Where items begin. An empty slice may point anywhere, but the host checks where lists begin.
pub fn start(comptime T: type, items: []const T) [*]const T {
    const nowhere: [1]u64 align(16) = .{0};
    return if (items.len == 0) @ptrCast(&nowhere) else items.ptr;
}

/// A `list<T>`, or a `string`.
pub fn List(comptime T: type) type {
    return extern struct {
        const Self = @This();

        ptr: [*]const T,
        len: usize,

        pub fn of(items: []const T) Self {
            return .{ .ptr = start(T, items), .len = items.len };
        }

        pub fn slice(list: Self) []const T {
            return list.ptr[0..list.len];
        }
    };
}

/// Bytes, or a text.
pub const Bytes = List(u8);

/// An `option<list<u8>>`.
pub const OptionalBytes = extern struct {
    is_some: u8,
    bytes: Bytes,

    pub fn of(value: ?[]const u8) OptionalBytes {
        return .{ .is_some = @intFromBool(value != null), .bytes = .of(value orelse "") };
    }

    pub fn slice(optional: OptionalBytes) ?[]const u8 {
        return if (optional.is_some == 0) null else optional.bytes.slice();
    }
};

/// A `rejection`.
pub const Rejection = extern struct { code: Bytes, message: Bytes };
