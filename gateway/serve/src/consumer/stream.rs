//! A group that reads a topic as a stream: its consumers get the entries one by one.
//!
//! All stream consumers of a group on this gateway together are one reader of the group: they share
//! its partitions. Consumers are names, not connections. Pending entries are known on this gateway
//! only: they are lost when it stops or a partition moves, and are delivered again then.

mod partition; // one partition of a group
mod state; //     consumers and pending entries
mod group;
mod commit; //    committed offsets
mod deliver;
mod claim;
mod view; //      XPENDING and XINFO
#[cfg(test)]
mod tests;

pub use claim::{Claim, ClaimResult, Renewal, ScanLimits};
pub use deliver::{Delivered, ReadPermit, Recipient};
pub use group::{Acknowledgement, StreamGroup};
pub use partition::PENDING_MAX;
pub use state::{CONSUMERS_MAX, Consumer, EntryPosition, Pending, TooManyConsumers};
pub use view::{IdleFilter, PartitionProgress, PendingSummary};
