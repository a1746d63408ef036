//! Lines in the gateway's log. Write them with `std.log`: its four levels are the gateway's.
//!
//! At most 4 KiB a line and 100 lines a second for each plugin; what is over is counted, not shown.
//! Never write payloads or secrets.

const std = @import("std");
const abi = @import("abi.zig");

const host = struct {
    extern "sluicegate:plugin/log@0.1.0" fn write(level: u32, ptr: [*]const u8, len: usize) void;
};

/// The gateway cuts longer lines.
const line_bytes_max = 4096;

/// Named so because its builtin has another name in each version of the language.
const EnumLiteral = @TypeOf(.literal);

/// What `std.log` calls; the scope goes before the words unless it is the default one.
pub fn write(
    comptime level: std.log.Level,
    comptime scope: EnumLiteral,
    comptime format: []const u8,
    args: anytype,
) void {
    const prefix = if (scope == .default) "" else @tagName(scope) ++ ": ";
    var buffer: [line_bytes_max]u8 = undefined;
    var writer: std.Io.Writer = .fixed(&buffer);
    // A line that is too long is cut where the buffer ends.
    writer.print(prefix ++ format, args) catch {};
    line(level, writer.buffered());
}

/// What a panic does: one line with its words, then the trap that fails the call.
pub fn panicked(message: []const u8, _: ?usize) noreturn {
    @branchHint(.cold);
    // Not formatted: there may be no stack left.
    line(.err, message);
    @trap();
}

fn line(level: std.log.Level, text: []const u8) void {
    const number: u32 = switch (level) {
        .debug => 0,
        .info => 1,
        .warn => 2,
        .err => 3,
    };
    const whole = wholeCharacters(text);
    host.write(number, abi.start(u8, whole), whole.len);
}

/// The text as far as it is UTF-8: the gateway takes no other, and a cut may go through a
/// character.
fn wholeCharacters(text: []const u8) []const u8 {
    var end: usize = 0;
    while (end < text.len) {
        const len = std.unicode.utf8ByteSequenceLength(text[end]) catch break;
        if (end + len > text.len or !std.unicode.utf8ValidateSlice(text[end..][0..len])) break;
        end += len;
    }
    return text[0..end];
}
