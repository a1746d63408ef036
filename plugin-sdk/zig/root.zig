//! Where the compiler begins: joins the author's file to the contract.

const std = @import("std");
const plugin = @import("plugin");
const sluicegate = @import("sluicegate");

/// `std.log` writes to the gateway's log, which drops what its operator does not want.
pub const std_options: std.Options = .{
    .log_level = .debug,
    .logFn = sluicegate.internal.log,
};

pub const panic = std.debug.FullPanic(sluicegate.internal.panicked);

comptime {
    sluicegate.internal.exportPlugin(plugin);
}
