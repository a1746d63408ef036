#![doc = include_str!("../README.md")]

mod authenticator;
#[doc(hidden)]
pub mod bindings;
mod current;
#[cfg(feature = "databus")]
pub mod databus;
mod export;
mod filter;
#[doc(hidden)]
pub mod guest;
mod host;
pub mod json;
pub mod log;
pub mod metrics;
mod partitioner;
mod plugin;
pub mod redis;
mod rejection;
mod router;
#[cfg(feature = "secret")]
pub mod secret;
mod settings;
pub mod sql;
mod store_error;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod transcoder;

pub use authenticator::{Authenticator, Binding, Credentials, Denial, Grant, StartAt};
pub use current::{Current, Header, Message};
pub use filter::{Filter, Verdict};
pub use partitioner::{Burst, Partitioner, Placement};
pub use plugin::{Description, NoSettings, Plugin};
pub use rejection::Rejection;
pub use router::{Destination, Router, Scope};
pub use settings::AnySettings;
pub use transcoder::Transcoder;

pub use serde;
pub use serde_json;
