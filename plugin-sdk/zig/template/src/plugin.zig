//! my-plugin. This file is the plugin: its fields are the state of one instance, its public
//! functions what the gateway calls.

const Plugin = @This();

const std = @import("std");
const sluicegate = @import("sluicegate");

pub const description: sluicegate.Description = .{
    .name = "my-plugin",
    .version = "0.1.0",
    .summary = "What my-plugin does, in one sentence.",
};
// @role filter authenticator

// @role filter
/// What is stored instead of `ping`.
reply: []const u8 = "pong",
// @end
// @role authenticator
/// The secret of the user `demo`.
secret: []const u8 = "let me in",
// @end
// @role filter authenticator

/// Takes `[settings]` of my-plugin.toml, once for each instance.
pub fn configure(plugin: *Plugin, settings: sluicegate.Settings) !void {
    // @role filter
    if (try settings.text("reply")) |reply| plugin.reply = reply;
    // @role authenticator
    if (try settings.text("secret")) |secret| plugin.secret = secret;
    // @role filter authenticator
}
// @end
// @role filter

/// Looks at each message before it is stored; no value is a tombstone.
pub fn onProduce(plugin: *Plugin, value: ?[]const u8, _: sluicegate.Current) sluicegate.Verdict {
    const bytes = value orelse return .forward;
    if (bytes.len == 0) {
        return .{ .reject = .{ .code = "empty-value", .message = "the value is empty" } };
    }
    if (std.mem.eql(u8, bytes, "ping")) return .{ .replace = plugin.reply };
    return .forward;
}

/// Looks at each record before a client gets it.
pub fn onConsume(_: *Plugin, _: ?[]const u8, _: sluicegate.Current) sluicegate.Verdict {
    return .forward;
}
// @end
// @role router

/// Chooses the topic: what goes to `NAME-old` is stored in `NAME-new`.
pub fn route(_: *Plugin, topic: []const u8, current: sluicegate.Current) !sluicegate.Route {
    const old = "-old";
    if (!std.mem.endsWith(u8, topic, old)) return .{ .to = .{ .topic = topic, .scope = .topic } };
    const name = topic[0 .. topic.len - old.len];
    const new = try std.mem.concat(current.arena, u8, &.{ name, "-new" });
    return .{ .to = .{ .topic = new, .scope = .topic } };
}
// @end
// @role partitioner

/// Chooses the partition of one message by its key; null lets the gateway spread it.
pub fn partition(_: *Plugin, key: ?[]const u8, partitions: u32) ?u32 {
    return std.hash.Fnv1a_32.hash(key orelse return null) % partitions;
}
// @end
// @role transcoder

/// What is stored: the value as hexadecimal digits.
pub fn encode(
    _: *Plugin,
    value: []const u8,
    current: sluicegate.Current,
) !sluicegate.Transcoded {
    const digits = try current.arena.alloc(u8, 2 * value.len);
    for (value, 0..) |byte, at| {
        digits[2 * at] = std.fmt.digitToChar(byte >> 4, .lower);
        digits[2 * at + 1] = std.fmt.digitToChar(byte & 15, .lower);
    }
    return .{ .value = digits };
}

/// What clients see: the bytes that the digits stand for.
pub fn decode(
    _: *Plugin,
    value: []const u8,
    current: sluicegate.Current,
) !sluicegate.Transcoded {
    const bytes = try current.arena.alloc(u8, value.len / 2);
    const decoded = std.fmt.hexToBytes(bytes, value) catch return .{ .reject = .{
        .code = "not-hex",
        .message = "the stored value is not hexadecimal",
    } };
    return .{ .value = decoded };
}
// @end
// @role authenticator

/// Decides about one login.
pub fn authenticate(
    plugin: *Plugin,
    login: sluicegate.Credentials,
    _: std.mem.Allocator,
) sluicegate.Login {
    if (!std.mem.eql(u8, login.username, "demo")) return .{ .deny = .not_mine };
    if (!sluicegate.secretsEqual(login.secret, plugin.secret)) {
        return .{ .deny = .{ .wrong_credentials = "wrong user or secret" } };
    }
    return .{ .grant = .{
        .principal = "demo",
        .group = "demo",
        .publish = &.{"demo*"},
        .consume = &.{"demo*"},
    } };
}
// @end
