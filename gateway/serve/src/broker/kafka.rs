//! Apache Kafka as the broker: many machines, the same promises.
//!
//! "Stored" means on all in-sync replicas, once. Each purpose has its own connections, because a
//! Kafka broker answers the requests of one connection in order: a request that may wait must not
//! delay one that must not.

pub mod settings;
mod security; //   TLS and login
mod connection; // one pool of connections
mod error; //      what Kafka's errors mean
mod names; //      the prefix of topics and groups
mod convert; //    numbers and records
mod metadata; //   topics and partitions, as a connection knows them
mod topics; //     the topics of the cluster
mod produce;
mod read;
mod member; //     of a group
mod admin; //      requests for topics, offsets and groups
mod health; //     is the cluster there?
mod cluster; //    all of it together
mod broker; //     the trait
pub mod advice; // about Kafka's settings
#[cfg(test)]
mod tests;

pub use cluster::KafkaBroker;
