//! Breaks in the way that the value names: what the gateway makes of it is tested.

const Plugin = @This();

const std = @import("std");
const sluicegate = @import("sluicegate");

pub const description: sluicegate.Description = .{
    .name = "breaks",
    .version = "0.1.0",
    .summary = "Breaks when it is told to.",
};

kept: std.ArrayList([]u8) = .empty,

pub fn onProduce(plugin: *Plugin, value: ?[]const u8, _: sluicegate.Current) !sluicegate.Verdict {
    const word = value orelse return .forward;
    if (std.mem.eql(u8, word, "panic")) fail();
    if (std.mem.eql(u8, word, "index")) _ = item(word, word.len);
    if (std.mem.eql(u8, word, "loop")) spin();
    if (std.mem.eql(u8, word, "memory")) try plugin.keep();
    return .forward;
}

fn fail() void {
    @panic("boom");
}

fn item(list: []const u8, at: usize) u8 {
    const place: *const volatile usize = &at;
    return list[place.*];
}

fn spin() void {
    var turns: u64 = 0;
    const place: *volatile u64 = &turns;
    while (true) place.* +%= 1;
}

fn keep(plugin: *Plugin) !void {
    while (true) {
        const block = try sluicegate.gpa.alloc(u8, 64 * 1024);
        @memset(block, 1);
        try plugin.kept.append(sluicegate.gpa, block);
    }
}
