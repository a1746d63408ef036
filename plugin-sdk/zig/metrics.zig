//! Counters of the plugin, shown by `PLUGIN INFO` and exported with the gateway's own.

const abi = @import("abi.zig");

const host = struct {
    extern "sluicegate:plugin/metrics@0.1.0" fn count(name: [*]const u8, len: usize, by: u64) void;
};

/// Adds `by` to the counter `name`: 1 to 64 characters of a to z, 0 to 9 and `_`. At most 64 names
/// for each plugin; others are ignored.
pub fn count(name: []const u8, by: u64) void {
    host.count(abi.start(u8, name), name.len, by);
}
