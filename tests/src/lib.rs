//! Support for tests that read as scenes: a real gateway process, a client that shows bytes, the
//! real servers beside it.
//!
//! Every server here runs on a free port in a temporary folder and is stopped through its own
//! process id when its handle is dropped.
//!
//! ```no_run
//! # async fn scene() {
//! use sluicegate_tests::gateway;
//!
//! let gateway = gateway().plugin("filter-json", "").start().await;
//! let mut client = gateway.client().await;
//! assert_eq!(client.send("XADD orders * value 7").await, "$1-0");
//! # }
//! ```

#![allow(clippy::missing_panics_doc, reason = "a panic is how support code fails a test")]

pub mod workspace; //  where the built program and the built plugins lie
pub mod console; //    words past the test harness
pub mod missing; //    parts a machine may lack: counted, and a failure on CI
pub mod process; //    one child process and its log
pub mod ports; //      numbers that nobody takes meanwhile
pub mod gateway; //    the program under test
pub mod redis; //      a real Redis beside it
pub mod mariadb; //    a real MariaDB beside it
pub mod stores; //     where the rows are that say who may log in
pub mod kafka; //      real Kafka brokers behind it
pub mod reply; //      RESP2 and RESP3 replies
pub mod client; //     a client that can send any bytes
pub mod http; //       the same over HTTP
pub mod command; //    one finished program run: redis-cli, python, go
pub mod corpus; //     malformed requests
pub mod faults; //     a cluster under faults, and what must hold
pub mod authoring; //  plugin projects in every language

pub use client::Client;
pub use gateway::{Gateway, gateway};
pub use reply::Reply;
