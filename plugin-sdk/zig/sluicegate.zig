//! Helpers over the contract between the Sluicegate gateway and its plugins.
//!
//! The plugin is the file `src/plugin.zig` taken as a struct: its fields are the instance's state
//! (each with a default), its public declarations are what it does.
//!
//! | declaration | is |
//! |---|---|
//! | `description: Description` | who the plugin is; needed |
//! | `configure(*Plugin, Settings) !void` | takes the settings, once for each instance |
//! | `onProduce`, `onConsume(*Plugin, ?[]const u8, Current) !Verdict` | the role filter |
//! | `route(*Plugin, []const u8, Current) !Route` | the role router |
//! | `partition(*Plugin, ?[]const u8, u32) ?u32` | the role partitioner, one key at a time |
//! | `partitionBurst(*Plugin, Burst, []?u32) !void` | the same for a whole burst, instead |
//! | `encode`, `decode(*Plugin, []const u8, Current) !Transcoded` | the role transcoder |
//! | `authenticate(*Plugin, Credentials, Allocator) !Login` | the role authenticator |
//!
//! An instance serves one call at a time and may be dropped at any time, so state is for caches
//! only. What must outlive a call is allocated with `gpa`. An error that a role returns, and a
//! panic, fails the one message in hand: a line with its name goes to the gateway's log.

const abi = @import("abi.zig");
const authenticator = @import("authenticator.zig");

/// JSON objects by position: reading and replacing fields without touching other bytes.
pub const json = @import("json.zig");
/// Counters of the plugin.
pub const metrics = @import("metrics.zig");
/// Redis servers that the plugin's TOML file grants; for authenticators.
pub const redis = @import("redis.zig");
/// SQL databases that the plugin's TOML file grants; for authenticators.
pub const sql = @import("sql.zig");

pub const Burst = @import("Burst.zig");
pub const Current = @import("Current.zig");
pub const Settings = @import("Settings.zig");

pub const Binding = authenticator.Binding;
pub const Credentials = authenticator.Credentials;
pub const Denial = authenticator.Denial;
pub const Grant = authenticator.Grant;
pub const Login = authenticator.Login;
pub const StartAt = authenticator.StartAt;
pub const secretsEqual = authenticator.secretsEqual;

/// For memory that lives as long as the instance.
pub const gpa = abi.gpa;

/// Who the plugin is, for `PLUGIN LIST` and the log.
pub const Description = struct {
    /// A name of a to z, 0 to 9 and `-`.
    name: []const u8,
    /// The plugin's own version, for example `1.4.0`.
    version: []const u8,
    /// What it does, in one sentence.
    summary: []const u8,
};

/// A refusal of one message. The client gets `-REJECTED <plugin> <code>: <message>`.
pub const Rejection = struct {
    /// A short word that programs may match on: 1 to 64 characters of a to z, 0 to 9 and `-`.
    code: []const u8,
    /// A sentence for the person who reads the client's log; cut after 512 bytes, no secrets.
    message: []const u8,
};

/// What becomes of a message.
pub const Verdict = union(enum) {
    /// It goes on, with the changes made through `Current`.
    forward,
    /// It goes on with this value, and the changes made through `Current`.
    replace: []const u8,
    /// On produce: acknowledged and not stored. On consume: not shown. Both are counted.
    drop,
    /// On produce: the client gets the rejection as an error. On consume: not shown, counted.
    reject: Rejection,
};

/// Where a message goes.
pub const Route = union(enum) {
    /// To this topic; the same topic leaves it where it is.
    to: struct { topic: []const u8, scope: Scope },
    /// Nowhere.
    reject: Rejection,
};

/// For how long a router's answer holds.
pub const Scope = enum {
    /// For this message; the next one is asked about again.
    message,
    /// For every message to this topic while this version with these settings is in force.
    topic,
};

/// What a transcoder makes of a value.
pub const Transcoded = union(enum) {
    /// This value.
    value: []const u8,
    /// Nothing. On consume the record is then delivered as it is stored, and marked.
    reject: Rejection,
};

/// For `root.zig`: what makes a plugin of the author's file.
pub const internal = struct {
    pub const exportPlugin = @import("exports.zig").exportPlugin;
    pub const log = @import("log.zig").write;
    pub const panicked = @import("log.zig").panicked;
};
