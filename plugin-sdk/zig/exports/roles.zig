//! Filter, router, partitioner and transcoder: from the contract's form to the author's, and back.

const std = @import("std");
const abi = @import("../abi.zig");
const sluicegate = @import("../sluicegate.zig");

/// The plugin of this WebAssembly instance, which serves one call at a time.
pub fn instance(comptime Plugin: type) *Plugin {
    const place = struct {
        var plugin: Plugin = .{};
    };
    return &place.plugin;
}

/// Puts an answer where the host reads it, until the call ends.
pub fn answer(comptime T: type, value: T) *const T {
    const place = abi.arena().create(T) catch @panic("out of memory for an answer");
    place.* = value;
    return place;
}

/// A role's result; an error of the author's ends the call.
pub fn settle(comptime role: []const u8, result: anytype) Settled(@TypeOf(result)) {
    if (@typeInfo(@TypeOf(result)) != .error_union) return result;
    return result catch |err| std.debug.panic(role ++ " failed: error.{s}", .{@errorName(err)});
}

fn Settled(comptime Result: type) type {
    return switch (@typeInfo(Result)) {
        .error_union => |both| both.payload,
        else => Result,
    };
}

/// A variant whose cases hold nothing, bytes, or a rejection.
const Variant = extern struct {
    case: u8,
    payload: extern union { none: void, bytes: abi.Bytes, rejection: abi.Rejection },

    fn bytes(case: u8, value: []const u8) *const Variant {
        return answer(Variant, .{ .case = case, .payload = .{ .bytes = .of(value) } });
    }

    fn rejection(case: u8, why: sluicegate.Rejection) *const Variant {
        const form: abi.Rejection = .{ .code = .of(why.code), .message = .of(why.message) };
        return answer(Variant, .{ .case = case, .payload = .{ .rejection = form } });
    }

    fn none(case: u8) *const Variant {
        return answer(Variant, .{ .case = case, .payload = .{ .none = {} } });
    }
};

fn current() sluicegate.Current {
    return .{ .arena = abi.arena() };
}

pub fn Filter(comptime Plugin: type) type {
    return struct {
        pub fn onProduce(is_some: u32, ptr: [*]const u8, len: usize) callconv(.c) *const Variant {
            if (!@hasDecl(Plugin, "onProduce")) return Variant.none(0);
            const value = if (is_some == 0) null else ptr[0..len];
            return verdict(settle("onProduce", instance(Plugin).onProduce(value, current())));
        }

        pub fn onConsume(is_some: u32, ptr: [*]const u8, len: usize) callconv(.c) *const Variant {
            if (!@hasDecl(Plugin, "onConsume")) return Variant.none(0);
            const value = if (is_some == 0) null else ptr[0..len];
            return verdict(settle("onConsume", instance(Plugin).onConsume(value, current())));
        }

        fn verdict(of: sluicegate.Verdict) *const Variant {
            return switch (of) {
                .forward => Variant.none(0),
                .replace => |value| Variant.bytes(1, value),
                .drop => Variant.none(2),
                .reject => |why| Variant.rejection(3, why),
            };
        }
    };
}

pub fn Router(comptime Plugin: type) type {
    return struct {
        const Routed = extern struct {
            is_error: u8,
            payload: extern union {
                to: extern struct { topic: abi.Bytes, scope: u8 },
                rejection: abi.Rejection,
            },
        };

        fn scope(of: sluicegate.Scope) u8 {
            return switch (of) {
                .message => 0,
                .topic => 1,
            };
        }

        pub fn route(topic: [*]const u8, len: usize) callconv(.c) *const Routed {
            const where: sluicegate.Route =
                settle("route", instance(Plugin).route(topic[0..len], current()));
            return switch (where) {
                .to => |to| answer(Routed, .{ .is_error = 0, .payload = .{
                    .to = .{ .topic = .of(to.topic), .scope = scope(to.scope) },
                } }),
                .reject => |why| answer(Routed, .{ .is_error = 1, .payload = .{
                    .rejection = .{ .code = .of(why.code), .message = .of(why.message) },
                } }),
            };
        }
    };
}

pub fn Partitioner(comptime Plugin: type) type {
    return struct {
        const none = std.math.maxInt(u32);

        pub fn partitionMany(
            keys: [*]const u8,
            keys_len: usize,
            ends: [*]const u32,
            ends_len: usize,
            partitions: u32,
        ) callconv(.c) *const abi.List(u32) {
            const burst: sluicegate.Burst = .{
                .arena = abi.arena(),
                .partitions = partitions,
                .all_keys = keys[0..keys_len],
                .ends = ends[0..ends_len],
            };
            const places = abi.arena().alloc(u32, ends_len) catch
                @panic("out of memory for the partitions of a burst");
            place(burst, places);
            return answer(abi.List(u32), .of(places));
        }

        fn place(burst: sluicegate.Burst, places: []u32) void {
            if (@hasDecl(Plugin, "partitionBurst")) {
                const chosen = abi.arena().alloc(?u32, places.len) catch
                    @panic("out of memory for the partitions of a burst");
                @memset(chosen, null);
                settle("partitionBurst", instance(Plugin).partitionBurst(burst, chosen));
                for (places, chosen) |*to, from| to.* = from orelse none;
                return;
            }
            var keys = burst.keys();
            for (places) |*to| {
                const key = keys.next() orelse unreachable; // one for each place
                const chosen = instance(Plugin).partition(key, burst.partitions);
                to.* = @as(?u32, settle("partition", chosen)) orelse none;
            }
        }
    };
}

pub fn Transcoder(comptime Plugin: type) type {
    return struct {
        pub fn encode(ptr: [*]const u8, len: usize) callconv(.c) *const Variant {
            return made(settle("encode", instance(Plugin).encode(ptr[0..len], current())));
        }

        pub fn decode(ptr: [*]const u8, len: usize) callconv(.c) *const Variant {
            return made(settle("decode", instance(Plugin).decode(ptr[0..len], current())));
        }

        fn made(of: sluicegate.Transcoded) *const Variant {
            return switch (of) {
                .value => |value| Variant.bytes(0, value),
                .reject => |why| Variant.rejection(1, why),
            };
        }
    };
}
