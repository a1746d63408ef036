//! Walks over JSON by its grammar, and keeps nothing but the place.

const Scanner = @This();

const std = @import("std");

/// How deep objects and arrays may lie in each other: bounds the stack.
pub const levels_max = 128;

const Error = error{NotJson};

text: []const u8,
at: usize = 0,

/// One object, and white space around it.
pub fn whole(scanner: *Scanner) Error!void {
    scanner.skipSpace();
    if (scanner.peek() != '{') return error.NotJson;
    try scanner.value(1);
    scanner.skipSpace();
    if (scanner.at != scanner.text.len) return error.NotJson;
}

/// A member of an object: its name between the quotes, and its value.
pub const Member = struct { name: []const u8, value: []const u8 };

/// The first member of the object that begins here; null if it has none.
pub fn firstMember(scanner: *Scanner, level: usize) Error!?Member {
    try scanner.expect('{');
    scanner.skipSpace();
    if (scanner.accept('}')) return null;
    return try scanner.member(level);
}

/// The member behind the one before; null at the object's end.
pub fn nextMember(scanner: *Scanner, level: usize) Error!?Member {
    scanner.skipSpace();
    if (scanner.accept('}')) return null;
    try scanner.expect(',');
    scanner.skipSpace();
    return try scanner.member(level);
}

/// Over spaces, tabs and ends of lines.
pub fn skipSpace(scanner: *Scanner) void {
    while (scanner.peek()) |byte| switch (byte) {
        ' ', '\t', '\n', '\r' => scanner.at += 1,
        else => return,
    };
}

fn value(scanner: *Scanner, level: usize) Error!void {
    switch (scanner.peek() orelse return error.NotJson) {
        '{' => {
            if (level > levels_max) return error.NotJson;
            var found = try scanner.firstMember(level);
            while (found != null) found = try scanner.nextMember(level);
        },
        '[' => {
            if (level > levels_max) return error.NotJson;
            try scanner.array(level);
        },
        '"' => _ = try scanner.string(),
        't' => try scanner.word("true"),
        'f' => try scanner.word("false"),
        'n' => try scanner.word("null"),
        else => try scanner.number(),
    }
}

fn member(scanner: *Scanner, level: usize) Error!Member {
    const name = try scanner.string();
    scanner.skipSpace();
    try scanner.expect(':');
    scanner.skipSpace();
    const start = scanner.at;
    try scanner.value(level + 1);
    return .{ .name = name, .value = scanner.text[start..scanner.at] };
}

fn array(scanner: *Scanner, level: usize) Error!void {
    try scanner.expect('[');
    scanner.skipSpace();
    if (scanner.accept(']')) return;
    while (true) {
        scanner.skipSpace();
        try scanner.value(level + 1);
        scanner.skipSpace();
        if (scanner.accept(']')) return;
        try scanner.expect(',');
    }
}

/// A string; what stands between its quotes.
fn string(scanner: *Scanner) Error![]const u8 {
    try scanner.expect('"');
    const start = scanner.at;
    while (scanner.peek()) |byte| : (scanner.at += 1) switch (byte) {
        '"' => {
            scanner.at += 1;
            return scanner.text[start .. scanner.at - 1];
        },
        '\\' => try scanner.escape(),
        0...0x1f => return error.NotJson,
        else => {},
    };
    return error.NotJson;
}

/// Up to the last byte of an escape.
fn escape(scanner: *Scanner) Error!void {
    scanner.at += 1;
    switch (scanner.peek() orelse return error.NotJson) {
        '"', '\\', '/', 'b', 'f', 'n', 'r', 't' => {},
        'u' => for (0..4) |_| {
            scanner.at += 1;
            if (!std.ascii.isHex(scanner.peek() orelse return error.NotJson)) return error.NotJson;
        },
        else => return error.NotJson,
    }
}

fn number(scanner: *Scanner) Error!void {
    _ = scanner.accept('-');
    if (!scanner.accept('0')) try scanner.digits();
    if (scanner.accept('.')) try scanner.digits();
    if (scanner.accept('e') or scanner.accept('E')) {
        _ = scanner.accept('+') or scanner.accept('-');
        try scanner.digits();
    }
}

/// One digit or more.
fn digits(scanner: *Scanner) Error!void {
    const start = scanner.at;
    while (scanner.peek()) |byte| : (scanner.at += 1) if (!std.ascii.isDigit(byte)) break;
    if (scanner.at == start) return error.NotJson;
}

fn word(scanner: *Scanner, wanted: []const u8) Error!void {
    if (!std.mem.startsWith(u8, scanner.text[scanner.at..], wanted)) return error.NotJson;
    scanner.at += wanted.len;
}

fn peek(scanner: *const Scanner) ?u8 {
    return if (scanner.at < scanner.text.len) scanner.text[scanner.at] else null;
}

fn accept(scanner: *Scanner, byte: u8) bool {
    const is_there = scanner.peek() == byte;
    scanner.at += @intFromBool(is_there);
    return is_there;
}

fn expect(scanner: *Scanner, byte: u8) Error!void {
    if (!scanner.accept(byte)) return error.NotJson;
}
