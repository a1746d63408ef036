//! The fault suite: writers and consumers at gateways over a real Kafka, faults drawn from a seed,
//! and the promises checked afterwards against what Kafka holds.
//!
//! The program is `faults`; here are its parts.

pub mod random; //   chance with a seed
pub mod shape; //    how many of each, and how long they may take
pub mod history; //  what the clients saw
pub mod check; //    promises over histories: pure
pub mod proxy; //    before each broker: drops, delays, cuts answers to Produce
pub mod replicas; // are all copies in step again?
pub mod address; //  where the gateways are now
pub mod signal; //   what the run tells its clients
pub mod writer; //   numbers messages, sends, sends again
pub mod consumer; // reads, commits, comes back
pub mod clients; //  all writers and consumers of a run
pub mod fault; //    what is done to the parts, drawn
pub mod stage; //    brokers, proxies and gateways, and faults done to them
pub mod report; //   the table at the end
