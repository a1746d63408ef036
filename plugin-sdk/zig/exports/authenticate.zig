//! The authenticator: from the contract's form to the author's, and back.

const abi = @import("../abi.zig");
const roles = @import("roles.zig");
const sluicegate = @import("../sluicegate.zig");

const OptionalU32 = extern struct {
    is_some: u8,
    value: u32,

    fn of(value: ?u32) OptionalU32 {
        return .{ .is_some = @intFromBool(value != null), .value = value orelse 0 };
    }
};

const StartAt = extern struct { case: u8, number: u64 };

const Binding = extern struct {
    topic: abi.Bytes,
    publishes: u8,
    consumes: u8,
    color: abi.Bytes,
    start_at: StartAt,
    block_ms: OptionalU32,
    batch: OptionalU32,
};

const Grant = extern struct {
    principal: abi.Bytes,
    group: abi.Bytes,
    publish: abi.List(abi.Bytes),
    consume: abi.List(abi.Bytes),
    admin: u8,
    cluster: abi.OptionalBytes,
    binding: extern struct { is_some: u8, value: Binding },
    holds_for_secs: OptionalU32,
};

const Denial = extern struct { case: u8, text: abi.Bytes };

const Decision = extern struct {
    is_error: u8,
    payload: extern union { grant: Grant, denial: Denial },
};

/// Six words are passed as they are: three texts.
pub fn Authenticator(comptime Plugin: type) type {
    return struct {
        pub fn authenticate(
            username: [*]const u8,
            username_len: usize,
            secret: [*]const u8,
            secret_len: usize,
            peer: [*]const u8,
            peer_len: usize,
        ) callconv(.c) *const Decision {
            const credentials: sluicegate.Credentials = .{
                .username = username[0..username_len],
                .secret = secret[0..secret_len],
                .peer = peer[0..peer_len],
            };
            const result = roles.instance(Plugin).authenticate(credentials, abi.arena());
            const login: sluicegate.Login = roles.settle("authenticate", result);
            return roles.answer(Decision, switch (login) {
                .grant => |of| .{ .is_error = 0, .payload = .{ .grant = grant(of) } },
                .deny => |of| .{ .is_error = 1, .payload = .{ .denial = denial(of) } },
            });
        }
    };
}

const no_binding: sluicegate.Binding = .{ .topic = "", .publishes = false, .consumes = false };

fn grant(of: sluicegate.Grant) Grant {
    return .{
        .principal = .of(of.principal),
        .group = .of(of.group),
        .publish = patterns(of.publish),
        .consume = patterns(of.consume),
        .admin = @intFromBool(of.admin),
        .cluster = .of(of.cluster),
        .binding = .{
            .is_some = @intFromBool(of.binding != null),
            .value = binding(of.binding orelse no_binding),
        },
        .holds_for_secs = .of(of.holds_for_secs),
    };
}

fn patterns(of: []const []const u8) abi.List(abi.Bytes) {
    const list = abi.arena().alloc(abi.Bytes, of.len) catch
        @panic("out of memory for the topics of a grant");
    for (list, of) |*to, pattern| to.* = .of(pattern);
    return .of(list);
}

fn binding(of: sluicegate.Binding) Binding {
    return .{
        .topic = .of(of.topic),
        .publishes = @intFromBool(of.publishes),
        .consumes = @intFromBool(of.consumes),
        .color = .of(of.color),
        .start_at = switch (of.start_at) {
            .configured => .{ .case = 0, .number = 0 },
            .oldest => .{ .case = 1, .number = 0 },
            .newest => .{ .case = 2, .number = 0 },
            .offset => |offset| .{ .case = 3, .number = offset },
            .timestamp_ms => |time| .{ .case = 4, .number = @bitCast(time) },
        },
        .block_ms = .of(of.block_ms),
        .batch = .of(of.batch),
    };
}

fn denial(of: sluicegate.Denial) Denial {
    return switch (of) {
        .not_mine => .{ .case = 0, .text = .of("") },
        .wrong_credentials => |text| .{ .case = 1, .text = .of(text) },
        .no_permission => |text| .{ .case = 2, .text = .of(text) },
        .malformed => |text| .{ .case = 3, .text = .of(text) },
        .unavailable => |text| .{ .case = 4, .text = .of(text) },
    };
}
