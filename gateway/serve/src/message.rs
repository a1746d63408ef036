//! The vocabulary: what travels between the rooms. Plain data that knows nobody.
//!
//! Everything here uses Kafka's words for what is stored and Redis' words for what is answered.

mod destination;
pub mod error_code;
pub mod glob;
mod grant;
pub mod message_id;
mod partition;
mod record;
pub mod role;
pub mod topic;
pub mod verdict;

pub use destination::{Destination, RouteScope};
pub use error_code::ErrorCode;
pub use glob::fits_glob;
pub use grant::{Binding, Credentials, DEFAULT_USER, Denial, Grant, StartAt};
pub use message_id::{MESSAGE_ID_BYTES_MAX, MessageId, is_mark};
pub use partition::{PartitionOffset, TopicPartition};
pub use record::{Headers, Record, StoredRecord};
pub use role::Role;
pub use topic::{INTERNAL_PREFIX, TopicError, TopicName, TopicPattern, fits_pattern};
pub use verdict::{Rejection, RejectionKind, Verdict, check_value_size};

/// One message on its way from a client to the broker, or back.
///
/// On produce `topic` and `partition` are where the message is to go, and routers and
/// partitioners change them; on consume they are where the record lies.
#[derive(Clone, Debug)]
pub struct Message {
    /// Topic the client named, then the one the router chose.
    pub topic: TopicName,
    /// Partition, once it is fixed; `None` leaves the choice to the partitioner.
    pub partition: Option<u32>,
    /// Key, value, headers and timestamp.
    pub record: Record,
    /// Store it only at this offset of its partition.
    pub expected_offset: Option<u64>,
}

/// Where the broker put one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Topic the record was stored in.
    pub topic: TopicName,
    /// Partition of that topic, from 0.
    pub partition: u32,
    /// Offset in that partition, from 0.
    pub offset: u64,
    /// Record timestamp, Unix milliseconds.
    pub timestamp_ms: i64,
}
