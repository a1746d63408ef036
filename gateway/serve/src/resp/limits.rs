//! How much a client may ask the gateway to hold before a request is complete.

/// Bounds of one request; they bound the memory one connection can take for reading.
///
/// The decoder checks a length when it is announced, before any of the bytes it announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Arguments of one request, the command's name included.
    pub arguments_max: u32,
    /// Bytes of one argument.
    pub argument_bytes_max: u32,
    /// Bytes of one request as it stands on the wire, lengths and line ends included.
    pub request_bytes_max: u32,
    /// Bytes of an inline request, without its line end.
    pub inline_bytes_max: u32,
    /// Whether the client has said who it is; refusals are worded accordingly.
    pub is_authenticated: bool,
}

impl Limits {
    /// For clients that have not said who they are: what `AUTH` and `HELLO` need, with room.
    ///
    /// Source: Redis since CVE-2021-32675 (10 arguments of 16 KiB). Redis allows 64 KiB inline;
    /// here a line is no longer than an argument may be, or it would be a way around that limit.
    pub const UNAUTHENTICATED: Self = Self {
        arguments_max: 10,
        argument_bytes_max: 16 * KIB,
        request_bytes_max: MIB,
        inline_bytes_max: 16 * KIB,
        is_authenticated: false,
    };

    /// For clients that have said who they are.
    ///
    /// - 1,048,576 arguments: Redis before 7.0. The decoder keeps 8 bytes an argument.
    /// - 16 MiB an argument: well above the default limit of 1,000,000 bytes a value, so that a
    ///   value too large is refused by its own error and not by hanging up.
    /// - 64 MiB a request: a pipeline needs none larger, and Redis' 1 GiB of query buffer is more
    ///   than a machine has for each of many connections.
    /// - 64 KiB inline: Redis' `PROTO_INLINE_MAX_SIZE`.
    pub const AUTHENTICATED: Self = Self {
        arguments_max: 1024 * 1024,
        argument_bytes_max: 16 * MIB,
        request_bytes_max: 64 * MIB,
        inline_bytes_max: 64 * KIB,
        is_authenticated: true,
    };
}

const KIB: u32 = 1024;
const MIB: u32 = 1024 * KIB;

/// Bytes around an argument of the largest size: `$`, ten digits at most, and two line ends.
const ARGUMENT_FRAME_BYTES_MAX: u32 = 15;

const _: () = {
    let (before, after) = (Limits::UNAUTHENTICATED, Limits::AUTHENTICATED);
    // Saying who one is never takes anything away.
    assert!(before.arguments_max <= after.arguments_max);
    assert!(before.argument_bytes_max <= after.argument_bytes_max);
    assert!(before.request_bytes_max <= after.request_bytes_max);
    assert!(before.inline_bytes_max <= after.inline_bytes_max);
    // Before AUTH the two smaller limits imply the larger: it is a second wall, never the first.
    let argument_bytes = before.argument_bytes_max + ARGUMENT_FRAME_BYTES_MAX;
    assert!(before.arguments_max * argument_bytes < before.request_bytes_max);
    assert!(before.inline_bytes_max <= before.argument_bytes_max);
    // A request of one largest argument is always possible.
    assert!(after.argument_bytes_max < after.request_bytes_max / 2);
    assert!(after.inline_bytes_max < after.request_bytes_max);
};
