//! A reply as a client sees it: bytes to a value, and the value as redis-cli prints it.
//!
//! Not `redis-protocol`'s decoder: it keeps maps without their order, and must be told the version
//! of the protocol. What is read here was written by this program, for a conversation that is
//! played; it is small, and complete or still to come.

mod decode; // from bytes
mod text; //   for people
mod value;

#[cfg(test)]
mod tests;

pub use decode::Malformed;
pub use text::quoted;
pub use value::Reply;
