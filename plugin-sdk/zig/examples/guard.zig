//! Guards JSON messages: redacts one field, refuses another, and notes who sent them.

const Plugin = @This();

const std = @import("std");
const sluicegate = @import("sluicegate");

pub const description: sluicegate.Description = .{
    .name = "guard",
    .version = "0.1.0",
    .summary = "Redacts a field of JSON objects, and refuses objects with a field " ++
        "that must not be sent.",
};

/// The field whose value is not stored.
redact: []const u8 = "card",
/// The field that must not be sent.
forbid: []const u8 = "password",

pub fn configure(plugin: *Plugin, settings: sluicegate.Settings) !void {
    if (try settings.text("redact")) |name| plugin.redact = name;
    if (try settings.text("forbid")) |name| plugin.forbid = name;
}

pub fn onProduce(
    plugin: *Plugin,
    value: ?[]const u8,
    current: sluicegate.Current,
) !sluicegate.Verdict {
    const bytes = value orelse return .forward;
    const object = sluicegate.json.Object.parse(bytes) orelse
        return reject("not-object", "the value is not a JSON object");
    if (object.find(plugin.forbid) != null) {
        const words = "the field `{s}` must not be sent";
        const message = try std.fmt.allocPrint(current.arena, words, .{plugin.forbid});
        return reject("forbidden-field", message);
    }
    current.setHeader("checked-by", current.principal());
    // Found by position: every byte around the redacted values stays as it was sent.
    const redacted = try object.replace(current.arena, plugin.redact, "\"***\"");
    return if (redacted) |new| .{ .replace = new } else .forward;
}

fn reject(code: []const u8, message: []const u8) sluicegate.Verdict {
    return .{ .reject = .{ .code = code, .message = message } };
}
