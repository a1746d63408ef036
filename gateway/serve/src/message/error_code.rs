//! The closed list of first words of error replies.

use std::fmt;

/// First word of an error reply; tells a client what kind of failure it met.
///
/// All but [`ErrorCode::Unknown`] mean that nothing was stored. None begins with a word that
/// makes client libraries send a command again by themselves (`LOADING`, `READONLY`,
/// `CLUSTERDOWN`, `TRYAGAIN`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// `ERR`: anything without a code of its own.
    Err,
    /// `NOAUTH`: the client has not said who it is.
    NoAuth,
    /// `WRONGPASS`: the credentials are not accepted.
    WrongPass,
    /// `NOPERM`: the client may not do this.
    NoPerm,
    /// `NOPROTO`: HELLO asked for a protocol version that does not exist.
    NoProto,
    /// `WRONGTYPE`: the key does not hold what the command needs.
    WrongType,
    /// `NOGROUP`: the consumer group does not exist.
    NoGroup,
    /// `BUSYGROUP`: the consumer group exists already.
    BusyGroup,
    /// `UNBLOCKED`: another client ended the wait with CLIENT UNBLOCK.
    Unblocked,
    /// `NOTBUSY`: there is no script to end.
    NotBusy,
    /// `EXECABORT`: a command of the transaction was refused when it was queued; none was run.
    ExecAbort,
    /// `BUSY`: back-pressure; nothing was taken, try later.
    Busy,
    /// `REJECTED <plugin>`: a plugin refused the message.
    Rejected {
        /// Name of the plugin that refused.
        plugin: String,
    },
    /// `UNKNOWN`: the publish may or may not have been stored.
    Unknown,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Err => f.write_str("ERR"),
            Self::NoAuth => f.write_str("NOAUTH"),
            Self::WrongPass => f.write_str("WRONGPASS"),
            Self::NoPerm => f.write_str("NOPERM"),
            Self::NoProto => f.write_str("NOPROTO"),
            Self::WrongType => f.write_str("WRONGTYPE"),
            Self::NoGroup => f.write_str("NOGROUP"),
            Self::BusyGroup => f.write_str("BUSYGROUP"),
            Self::Unblocked => f.write_str("UNBLOCKED"),
            Self::NotBusy => f.write_str("NOTBUSY"),
            Self::ExecAbort => f.write_str("EXECABORT"),
            Self::Busy => f.write_str("BUSY"),
            Self::Rejected { plugin } => write!(f, "REJECTED {plugin}"),
            Self::Unknown => f.write_str("UNKNOWN"),
        }
    }
}
