//! The log in this process: the default broker, with nothing to install.
//!
//! ```text
//! caller: encode frames ─▶ queue (bounded) ─▶ writer thread: group ─▶ journal, one sync
//!                                                ├─▶ partitions' tails, shown to readers ─▶ segments
//!                                                └─▶ answers, watchers
//! now and then: checkpoint = sync segments, then write what exists, then reuse the journal
//! ```
//! **Invariant:** whatever was answered `Ok`, or shown to a reader, is in the synced journal or
//! covered by a checkpoint. Only the writer changes anything: a thread, or in memory the caller that
//! hands over a job, one at a time.
//!
//! Why one journal and not a sync for each partition's file: 64 dirty files cost 64 syncs, and
//! running them side by side gains little, because each also commits file-system metadata. The
//! price is that every byte is written twice, the second time without waiting.

pub mod settings;
mod broker; //        the trait
mod member; //        this process in a group
mod produce; //       a caller's half of storing
mod handle; //        jobs for the writer
mod queue;
mod writer;
mod inline_writer; // the writer in memory
mod log; //           what all of them share
mod catalog; //       topics and groups
mod partition;
mod segment;
mod frame; //         records on disk
mod index;
mod journal;
mod entry; //         changes in the journal
mod store; //         from the journal into segments
mod checkpoint;
mod retention;
mod files; //         open segment files
mod layout; //        paths
mod read;
mod lookup; //        the index of a segment
mod scan;
mod recovery; //      opening a folder
#[cfg(test)]
mod tests;

pub use broker::EmbeddedBroker;
pub use settings::{EmbeddedSettings, Storage};
