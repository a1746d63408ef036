//! A broker for dry runs: it reads from another broker and keeps every change to itself.
//!
//! EXPLAIN runs its command against it: the command finds the records, offsets and topics of the
//! real broker, and its own changes on top of them. Nothing reaches the real broker; every change
//! that would have is recorded as an [`Effect`].

mod effect;
mod state; //   the changes on top
mod member;
mod view; //    real broker and changes together
mod broker; //  the trait
#[cfg(test)]
mod tests;

pub use effect::Effect;
pub use view::OverlayBroker;
