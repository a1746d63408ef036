//! The messages of a burst that go to one topic, for `partitionBurst`.

const Burst = @This();

const std = @import("std");
const abi = @import("abi.zig");

const host = struct {
    extern "sluicegate:plugin/burst@0.1.0" fn topic(result: *abi.Bytes) void;
    extern "sluicegate:plugin/burst@0.1.0" fn sizes(result: *abi.List(u32)) void;
    extern "sluicegate:plugin/burst@0.1.0" fn @"placed-bytes"(result: *abi.List(u64)) void;
    extern "sluicegate:plugin/burst@0.1.0" fn @"placed-messages"() u64;
};

/// In the contract's lists: no key, and no choice.
const none = std.math.maxInt(u32);

/// Memory that is free again when the call ends.
arena: std.mem.Allocator,
/// How many partitions the topic has, at least 1.
partitions: u32,
/// All keys without gaps, and where each ends.
all_keys: []const u8,
ends: []const u32,

/// How many messages there are, at least 1.
pub fn len(burst: Burst) usize {
    return burst.ends.len;
}

/// The key of each message, in order.
pub fn keys(burst: Burst) Keys {
    return .{ .keys = burst.all_keys, .ends = burst.ends };
}

/// Goes over the keys of a burst.
pub const Keys = struct {
    keys: []const u8,
    ends: []const u32,
    start: usize = 0,

    /// The next message's key (null inside: it has none), or null behind the last.
    pub fn next(keys_left: *Keys) ??[]const u8 {
        if (keys_left.ends.len == 0) return null;
        const end = keys_left.ends[0];
        keys_left.ends = keys_left.ends[1..];
        if (end == none) return @as(?[]const u8, null);
        defer keys_left.start = end;
        return @as(?[]const u8, keys_left.keys[keys_left.start..end]);
    }
};

/// The topic.
pub fn topic(_: Burst) []const u8 {
    var result: abi.Bytes = undefined;
    host.topic(&result);
    return result.slice();
}

/// Bytes of key and value together, for each message in order.
pub fn sizes(_: Burst) []const u32 {
    var result: abi.List(u32) = undefined;
    host.sizes(&result);
    return result.slice();
}

/// Bytes that this gateway process has placed in each partition since it started.
pub fn placedBytes(_: Burst) []const u64 {
    var result: abi.List(u64) = undefined;
    host.@"placed-bytes"(&result);
    return result.slice();
}

/// Messages that this gateway process has placed in the topic since it started.
pub fn placedMessages(_: Burst) u64 {
    return host.@"placed-messages"();
}
