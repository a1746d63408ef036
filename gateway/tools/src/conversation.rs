//! Conversations: what clients say to a gateway, written down, played and compared with a snapshot.
//!
//! ```text
//! NAME.resp ─▶ script ─▶ play ─▶ transcript (redacted) ─▶ compare ◀─ NAME.snap
//! ```
//!
//! A conversation file is what would be typed in redis-cli, one command a line; `script` says what
//! else may stand in it. Not here: printing, and what to do about a difference.

pub mod found; //      which conversations there are
pub mod rules; //      what holds for a folder of them
pub mod script; //     one of them, read
pub mod setup; //      which gateway it is played with
pub mod fixtures; //   what stores answer
pub mod case; //       one with all that it is played with
pub mod play; //       its lines, said
pub mod redact; //     what varies from run to run
pub mod transcript; // what was played, as text
pub mod perform; //    a case becomes text
pub mod snapshot; //   the file beside it
pub mod compare; //    where two texts part
pub mod suite; //      many of them

pub use fixtures::{FixtureFile, Secrets};
pub use play::{Entry, Played, ScriptRunner};
pub use script::{Act, Line, Script};
