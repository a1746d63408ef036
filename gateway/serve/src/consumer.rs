//! Consumer groups: who reads which partition, and what was committed.
//!
//! A gateway is one member of each group that its clients read with, and assigns its partitions to
//! their sessions: whole partitions, which stay where they are unless a session or another gateway
//! comes or goes. A session that ends gives its partitions back at once; with the last one the
//! gateway leaves the group. Records that were not committed are delivered again to the next owner of
//! the partition. All stream consumers of a group together are one more such session: they get the
//! entries of its partitions one by one. There may be more sessions than partitions: the others stand
//! by. Nothing here knows plugins or the protocol.

mod acknowledged;
mod assign; //       partitions to readers
mod local_group; //  a group on this gateway
mod registry; //     all of them
mod member_handle; // a reader of one
mod membership; //   a databus session as a reader
mod stream; //       stream consumers as a reader
mod open_streams; // who uses stream groups
mod groups;
mod fork; //         groups of dry runs

pub use acknowledged::Acknowledged;
pub use fork::ForkedGroups;
pub use groups::{Groups, STREAM_GROUPS_MAX};
pub use membership::{CommitError, Membership};
pub use open_streams::{GroupDeletion, GroupHandle};
pub use stream::{
    Acknowledgement, CONSUMERS_MAX, Claim, ClaimResult, Consumer, Delivered, EntryPosition,
    IdleFilter, PENDING_MAX, PartitionProgress, Pending, PendingSummary, ReadPermit, Recipient,
    Renewal, ScanLimits, StreamGroup, TooManyConsumers,
};
