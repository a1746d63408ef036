//! JSON strings with escapes, compared and decoded. They were scanned before, so they are legal.

const std = @import("std");

/// True if the raw string stands for exactly `text`. Half a surrogate pair equals nothing.
pub fn equals(raw: []const u8, text: []const u8) bool {
    if (std.mem.indexOfScalar(u8, raw, '\\') == null) return std.mem.eql(u8, raw, text);
    var pieces: Pieces = .{ .raw = raw };
    var rest = text;
    while (pieces.next()) |piece| {
        if (piece.is_half or !std.mem.startsWith(u8, rest, piece.bytes())) return false;
        rest = rest[piece.len..];
    }
    return rest.len == 0;
}

/// What the raw string stands for; half a surrogate pair becomes U+FFFD.
pub fn decode(gpa: std.mem.Allocator, raw: []const u8) std.mem.Allocator.Error![]u8 {
    // No escape is shorter than what it stands for.
    var text: std.ArrayList(u8) = try .initCapacity(gpa, raw.len);
    errdefer text.deinit(gpa);
    var pieces: Pieces = .{ .raw = raw };
    while (pieces.next()) |piece| text.appendSliceAssumeCapacity(piece.bytes());
    return text.toOwnedSlice(gpa);
}

/// One byte that stands for itself, or one escape's character.
const Piece = struct {
    buffer: [4]u8,
    len: usize,
    is_half: bool = false,

    fn bytes(piece: *const Piece) []const u8 {
        return piece.buffer[0..piece.len];
    }

    fn byte(one: u8) Piece {
        return .{ .buffer = .{ one, 0, 0, 0 }, .len = 1 };
    }

    fn character(code_point: u21) Piece {
        var piece: Piece = .{ .buffer = undefined, .len = 0 };
        // Surrogates were joined or replaced before, and a pair ends at U+10FFFF.
        piece.len = std.unicode.utf8Encode(code_point, &piece.buffer) catch unreachable;
        return piece;
    }
};

const Pieces = struct {
    raw: []const u8,
    at: usize = 0,

    fn next(pieces: *Pieces) ?Piece {
        if (pieces.at == pieces.raw.len) return null;
        const first = pieces.take();
        if (first != '\\') return .byte(first);
        return switch (pieces.take()) {
            'b' => .byte(0x08),
            'f' => .byte(0x0c),
            'n' => .byte('\n'),
            'r' => .byte('\r'),
            't' => .byte('\t'),
            'u' => pieces.unicode(),
            else => |itself| .byte(itself),
        };
    }

    /// Behind `\u`: four digits, and the other half where they are the first of a pair.
    fn unicode(pieces: *Pieces) Piece {
        const unit = pieces.digits();
        if (!std.unicode.utf16IsHighSurrogate(unit)) {
            if (!std.unicode.utf16IsLowSurrogate(unit)) return .character(unit);
        } else if (std.mem.startsWith(u8, pieces.raw[pieces.at..], "\\u")) {
            const before = pieces.at;
            pieces.at += 2;
            const low = pieces.digits();
            if (std.unicode.utf16IsLowSurrogate(low)) {
                return .character(0x10000 + (@as(u21, unit - 0xd800) << 10) + (low - 0xdc00));
            }
            pieces.at = before;
        }
        var piece: Piece = .character(std.unicode.replacement_character);
        piece.is_half = true;
        return piece;
    }

    fn digits(pieces: *Pieces) u16 {
        defer pieces.at += 4;
        return std.fmt.parseInt(u16, pieces.raw[pieces.at..][0..4], 16) catch unreachable;
    }

    fn take(pieces: *Pieces) u8 {
        defer pieces.at += 1;
        return pieces.raw[pieces.at];
    }
};

test "escapes are understood" {
    try std.testing.expect(equals("c\\u0061rd", "card"));
    try std.testing.expect(equals("\\ud83d\\ude00\\n", "\u{1f600}\n"));
    try std.testing.expect(!equals("\\ud800", "\u{fffd}"));
    const text = try decode(std.testing.allocator, "a\\ud800\\u00e9\\/");
    defer std.testing.allocator.free(text);
    try std.testing.expectEqualStrings("a\u{fffd}\u{e9}/", text);
}
