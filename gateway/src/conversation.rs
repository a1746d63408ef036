//! Conversations: what clients say to a gateway, written down, played and compared with a snapshot.
//!
//! ```text
//! NAME.resp ─▶ script ─▶ play on a stage ─▶ transcript (redacted) ─▶ compare ◀─ NAME.snap
//! ```
//!
//! A conversation file is what would be typed in redis-cli, one command a line; `script` says what
//! else may stand in it. Not here: printing, and what to do about a difference.

pub mod script;
pub mod stage;
pub mod play;

pub use play::{Entry, Played};
pub use script::{Act, Line, Script};
pub use stage::Cast;
