//! Sluicegate: a message gateway. Redis clients in front, Kafka or a durable log behind,
//! WebAssembly plugins between.
//!
//! # The journey of a message
//!
//! ```text
//!  client ─▶ listener ─▶ connection ─▶ resp ─▶ commands ─▶ pipeline ──────────────▶ broker
//!                          ▲                                filter ▶ route ▶ partition ▶ encode
//!                          └── replies in request order ◀── receipt: topic, partition, offset
//!  consume: broker ─▶ order | consumer | channels ─▶ decode ▶ filter ─▶ reply
//! ```
//!
//! The modules follow the message; ARCHITECTURE.md says what each of them holds.

pub mod startup; //   settings become a gateway
pub mod listener; //  a client arrives
pub mod http; //      a client that speaks HTTP
pub mod connection; // one client, one task
pub mod commands; //  what each command is and does
pub mod context; //   what a command works with
pub mod clients; //   who is connected
pub mod services; //  what all clients share
pub mod databus; //   records of the databus dialect
pub mod entry; //     stream entries: ids, keys, layouts
pub mod login; //     who is logged in, and for how long
pub mod resp; //      bytes to requests, replies to bytes
pub mod message; //   what travels: the vocabulary
pub mod pipeline; //  the plugin chain
pub mod idempotence; // what a producer sent lately
pub mod plugin; //    one WebAssembly component
pub mod trace; //     what the chain did
pub mod broker; //    produce and fetch
pub mod order; //     one order over many partitions
pub mod consumer; //  groups and their partitions
pub mod channels; //  topics as channels: one feed for all who listen
pub mod config; //    file to settings
pub mod reload; //    files changed: a new chain
pub mod telemetry; // counters and logs
pub mod clock; //     what time it is
