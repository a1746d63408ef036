//! What `[settings]` of the plugin's TOML file says.

const Settings = @This();

const std = @import("std");
const abi = @import("abi.zig");
const json = @import("json.zig");

/// What reading and `configure` may end with. Any other error is refused by its name.
pub const Error = error{ Refused, OutOfMemory };

/// All settings as JSON, for types of your own: `std.json.parseFromSliceLeaky` with `arena`.
object: json.Object,
/// Memory that is free again when `configure` returns; what the plugin keeps lies elsewhere.
arena: std.mem.Allocator,

/// Why the plugin is refused, once it is.
var refusal: ?[]const u8 = null;

/// A setting that is a text, in memory that lives as long as the instance; null if it is not there.
///
/// One that is there and not a text refuses the plugin, with words that name it.
pub fn text(settings: Settings, name: []const u8) Error!?[]const u8 {
    const field = settings.object.find(name) orelse return null;
    return try field.asText(abi.gpa) orelse
        settings.refuse("`{s}` must be a text", .{name});
}

/// A setting that is a whole number of type `Int`; null if it is not there.
///
/// One that is there and does not fit refuses the plugin, with words that name it.
pub fn int(settings: Settings, comptime Int: type, name: []const u8) Error!?Int {
    const field = settings.object.find(name) orelse return null;
    return std.fmt.parseInt(Int, field.value, 10) catch settings.refuse(
        "`{s}` must be a whole number from {d} to {d}",
        .{ name, std.math.minInt(Int), std.math.maxInt(Int) },
    );
}

/// Refuses the plugin with a sentence for the operator: `return settings.refuse("…", .{})`.
///
/// The file is then not taken, and its previous version stays in force.
pub fn refuse(settings: Settings, comptime format: []const u8, args: anytype) Error {
    refusal = try std.fmt.allocPrint(settings.arena, format, args);
    return error.Refused;
}

/// The words for an error that `configure` ended with.
pub fn wordsFor(err: anyerror) []const u8 {
    return if (err == error.Refused) refusal orelse "refused" else @errorName(err);
}
