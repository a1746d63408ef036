//! Who a client is and what it may do: the types of the authenticator role.

/// What a client sent. The gateway remembers the decision about a username and secret, whatever the
/// peer (see `Grant.holds_for_secs`).
pub const Credentials = struct {
    /// User name; `default` if the client gave none.
    username: []const u8,
    /// Password, or a databus DSN. Compare it with `secretsEqual` and never log it.
    secret: []const u8,
    /// Address of the client, `ip:port` or `unix`.
    peer: []const u8,
};

/// What becomes of a login.
pub const Login = union(enum) {
    /// It may do this.
    grant: Grant,
    /// It may not come in.
    deny: Denial,
};

/// What the client may do.
pub const Grant = struct {
    /// Name of the client, for logs and `CLIENT LIST`.
    principal: []const u8,
    /// Consumer group that its databus commands use.
    group: []const u8,
    /// Topics it may publish to; in each pattern `*` stands for any characters.
    publish: []const []const u8 = &.{},
    /// Topics it may consume from.
    consume: []const []const u8 = &.{},
    /// May it use `TOPIC`, `PLUGIN` and other commands about the gateway itself?
    admin: bool = false,
    /// Broker cluster its traffic goes to; null: the configured default.
    cluster: ?[]const u8 = null,
    /// The topic of its databus commands, if it speaks that dialect.
    binding: ?Binding = null,
    /// Seconds for which this grant holds before the gateway asks again in the background. Null:
    /// until the plugin or its settings change. 0: for this connection only, and never asked again.
    holds_for_secs: ?u32 = null,
};

/// The one topic that `SET`, `HSET` and `MGET` of this client are about.
pub const Binding = struct {
    /// The topic.
    topic: []const u8,
    /// `SET key value` and `HSET` publish.
    publishes: bool,
    /// `MGET` and `SET partition offset` consume.
    consumes: bool,
    /// Environment colour; empty if there is none.
    color: []const u8 = "",
    /// Where a new group begins.
    start_at: StartAt = .configured,
    /// Longest wait of an MGET in milliseconds; null: the configured default.
    block_ms: ?u32 = null,
    /// Most messages of an MGET; null: the configured default.
    batch: ?u32 = null,
};

/// Where a group without a committed offset begins to read.
pub const StartAt = union(enum) {
    /// As the gateway is configured.
    configured,
    /// At the first record that is left.
    oldest,
    /// At the end: only what is stored from now on.
    newest,
    /// At this offset, moved into the range that exists.
    offset: u64,
    /// At the first record at or after this time, Unix milliseconds.
    timestamp_ms: i64,
};

/// Why there is no grant.
pub const Denial = union(enum) {
    /// These credentials are not of this plugin's kind; the next authenticator is asked.
    not_mine,
    /// `-WRONGPASS <text>`. Use one text for a wrong user and a wrong secret.
    wrong_credentials: []const u8,
    /// Right credentials without the right for what they ask: `-NOPERM <text>`.
    no_permission: []const u8,
    /// Credentials that cannot be understood: `-ERR <text>`.
    malformed: []const u8,
    /// The store behind the plugin cannot be asked now; the text is for the operator.
    unavailable: []const u8,
};

/// Compares secrets in a time that depends on their lengths alone.
pub fn secretsEqual(one: []const u8, other: []const u8) bool {
    if (one.len != other.len) return false;
    var difference: u8 = 0;
    for (one, other) |a, b| difference |= a ^ b;
    // Kept from the optimiser, which could leave the loop early.
    const pointer: *volatile u8 = &difference;
    return pointer.* == 0;
}
