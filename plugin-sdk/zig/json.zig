//! The top-level fields of a JSON object, found by position: what is not asked for keeps its bytes.
//!
//! Strict RFC 8259 over valid UTF-8, at most `levels_max` deep. For typed reading of a whole text
//! there is `std.json`, which does not keep its bytes.

const std = @import("std");
const Scanner = @import("json/Scanner.zig");
const string = @import("json/string.zig");

/// How deep objects and arrays may lie in each other; the object itself is the first level.
pub const levels_max = Scanner.levels_max;

/// A text that is one JSON object, with nothing but white space around it.
pub const Object = struct {
    text: []const u8,

    /// Null if `text` is anything else. It is borrowed, not copied.
    pub fn parse(text: []const u8) ?Object {
        if (!std.unicode.utf8ValidateSlice(text)) return null;
        var scanner: Scanner = .{ .text = text };
        scanner.whole() catch return null;
        return .{ .text = text };
    }

    /// Goes over the fields, in order; names may repeat.
    pub fn fields(object: Object) Fields {
        var scanner: Scanner = .{ .text = object.text };
        scanner.skipSpace();
        return .{ .scanner = scanner };
    }

    /// The first field with this name.
    pub fn find(object: Object, name: []const u8) ?Field {
        var all = object.fields();
        while (all.next()) |field| if (field.isNamed(name)) return field;
        return null;
    }

    /// The text with `json` in place of the value of each field with this name, and every other
    /// byte as it was; null if there is no such field.
    pub fn replace(
        object: Object,
        gpa: std.mem.Allocator,
        name: []const u8,
        json: []const u8,
    ) std.mem.Allocator.Error!?[]u8 {
        var new: std.ArrayList(u8) = .empty;
        errdefer new.deinit(gpa);
        var copied: usize = 0;
        var all = object.fields();
        while (all.next()) |field| {
            if (!field.isNamed(name)) continue;
            const start = field.value.ptr - object.text.ptr;
            try new.appendSlice(gpa, object.text[copied..start]);
            try new.appendSlice(gpa, json);
            copied = start + field.value.len;
        }
        if (copied == 0) return null;
        try new.appendSlice(gpa, object.text[copied..]);
        return try new.toOwnedSlice(gpa);
    }
};

/// A field, as it stands in the text.
pub const Field = struct {
    /// Between the quotes, escapes and all: compare it with `isNamed`.
    name: []const u8,
    /// The JSON of the value.
    value: []const u8,

    /// True if this is its name, escapes understood.
    pub fn isNamed(field: Field, name: []const u8) bool {
        return string.equals(field.name, name);
    }

    /// The value if it is a text, escapes understood; null if it is anything else.
    pub fn asText(field: Field, gpa: std.mem.Allocator) std.mem.Allocator.Error!?[]u8 {
        if (field.value[0] != '"') return null;
        return try string.decode(gpa, field.value[1 .. field.value.len - 1]);
    }
};

/// Goes over the fields of an object.
pub const Fields = struct {
    scanner: Scanner,
    is_first: bool = true,

    /// The next field, or null behind the last.
    pub fn next(fields: *Fields) ?Field {
        defer fields.is_first = false;
        const found = if (fields.is_first)
            fields.scanner.firstMember(1)
        else
            fields.scanner.nextMember(1);
        // The whole text was scanned before, so it is an object.
        const member = (found catch unreachable) orelse return null;
        return .{ .name = member.name, .value = member.value };
    }
};

test "top-level fields are found by position" {
    const expect = std.testing.expect;
    const text =
        " {\"a\":{\"card\":1}, \"c\\u0061rd\" : [1.50e3] ,\"card\":12345678901234567890}\n";
    const object = Object.parse(text).?;
    try expect(std.mem.eql(u8, object.find("card").?.value, "[1.50e3]"));
    try expect(object.find("b") == null);
    const new = (try object.replace(std.testing.allocator, "card", "\"***\"")).?;
    defer std.testing.allocator.free(new);
    const wanted = " {\"a\":{\"card\":1}, \"c\\u0061rd\" : \"***\" ,\"card\":\"***\"}\n";
    try expect(std.mem.eql(u8, new, wanted));
}

test "what is not one strict object is none" {
    for ([_][]const u8{
        "",                "[]",             "{\"a\":01}",        "{\"a\":1,}",
        "{\"a\":NaN}",     "{} {}",          "{\"a\":.5}",        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}", "{\"\xff\":1}",   "{a:1}",             "{\"a\":-}",
        "{,}",             "\xef\xbb\xbf{}", "{\"a\":1 \"b\":2}", "{\"a\":1{\"b\":2}",
    }) |text| try std.testing.expect(Object.parse(text) == null);
    try std.testing.expect(Object.parse("{\"a\":\"\\ud800\"}") != null);
    const open: [128]u8 = @splat('[');
    const close: [128]u8 = @splat(']');
    try std.testing.expect(Object.parse("{\"a\":" ++ open[1..] ++ close[1..] ++ "}") != null);
    try std.testing.expect(Object.parse("{\"a\":" ++ open ++ close ++ "}") == null);
}
