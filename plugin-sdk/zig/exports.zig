//! The contract's functions, exported for the roles that the author's file has.

const std = @import("std");
const abi = @import("abi.zig");
const roles = @import("exports/roles.zig");
const sluicegate = @import("sluicegate.zig");

/// Having one of these is having the role.
const role_functions = [_][]const u8{
    "onProduce",      "onConsume", "route",  "partition",
    "partitionBurst", "encode",    "decode", "authenticate",
};

/// Exports the lifecycle and the roles of `Plugin`, the author's file as a struct.
pub fn exportPlugin(comptime Plugin: type) void {
    if (!has(Plugin, &role_functions)) @compileError(
        "src/plugin.zig has no public function of a role: see the head of " ++
            "sluicegate/sluicegate.zig",
    );
    @export(&abi.realloc, .{ .name = "cabi_realloc" });
    exportFunction("lifecycle", "describe", Lifecycle(Plugin).describe);
    exportFunction("lifecycle", "configure", Lifecycle(Plugin).configure);
    if (has(Plugin, &.{ "onProduce", "onConsume" })) {
        exportFunction("filter", "on-produce", roles.Filter(Plugin).onProduce);
        exportFunction("filter", "on-consume", roles.Filter(Plugin).onConsume);
    }
    if (has(Plugin, &.{"route"})) {
        exportFunction("router", "route", roles.Router(Plugin).route);
    }
    if (has(Plugin, &.{ "partition", "partitionBurst" })) {
        exportFunction("partitioner", "partition-many", roles.Partitioner(Plugin).partitionMany);
    }
    if (has(Plugin, &.{ "encode", "decode" })) {
        exportFunction("transcoder", "encode", roles.Transcoder(Plugin).encode);
        exportFunction("transcoder", "decode", roles.Transcoder(Plugin).decode);
    }
    if (has(Plugin, &.{"authenticate"})) {
        const authenticate = @import("exports/authenticate.zig").Authenticator(Plugin).authenticate;
        exportFunction("authenticator", "authenticate", authenticate);
    }
}

fn has(comptime Plugin: type, comptime names: []const []const u8) bool {
    for (names) |name| if (@hasDecl(Plugin, name)) return true;
    return false;
}

/// A function, and what the host calls when it has read the answer.
fn exportFunction(
    comptime interface: []const u8,
    comptime name: []const u8,
    comptime function: anytype,
) void {
    const full = abi.package ++ interface ++ abi.version ++ "#" ++ name;
    @export(&function, .{ .name = full });
    @export(&postReturn, .{ .name = "cabi_post_" ++ full });
}

fn postReturn(_: *const anyopaque) callconv(.c) void {
    abi.endCall();
}

fn Lifecycle(comptime Plugin: type) type {
    return struct {
        const Description = extern struct {
            name: abi.Bytes,
            version: abi.Bytes,
            summary: abi.Bytes,
        };
        const Configured = extern struct { is_error: u8, words: abi.Bytes };

        fn describe() callconv(.c) *const Description {
            const description: sluicegate.Description = Plugin.description;
            return roles.answer(Description, .{
                .name = .of(description.name),
                .version = .of(description.version),
                .summary = .of(description.summary),
            });
        }

        fn configure(text: [*]const u8, len: usize) callconv(.c) *const Configured {
            var words: ?[]const u8 = null;
            take(text[0..len]) catch |err| {
                words = sluicegate.Settings.wordsFor(err);
            };
            return roles.answer(Configured, .{
                .is_error = @intFromBool(words != null),
                .words = .of(words orelse ""),
            });
        }

        fn take(text: []const u8) !void {
            roles.instance(Plugin).* = .{};
            if (!@hasDecl(Plugin, "configure")) return;
            const object = sluicegate.json.Object.parse(text) orelse return error.SettingsNotJson;
            const settings: sluicegate.Settings = .{ .object = object, .arena = abi.arena() };
            const done = roles.instance(Plugin).configure(settings);
            if (@typeInfo(@TypeOf(done)) == .error_union) try done;
        }
    };
}
