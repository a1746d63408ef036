//! Conversations: tests of plugins as scripts of client commands, compared with a snapshot.
//!
//! ```text
//! NAME.resp ─▶ script ─▶ play ─▶ transcript (redacted) ─▶ compare ◀─ NAME.snap
//! ```
//!
//! A conversation file is what would be typed in redis-cli, one command a line; `script` describes
//! the other lines it may have. Not here: printing, and what to do about a difference.

pub mod discover; //      conversation files and snapshots
pub mod script; //        a conversation file, parsed
pub mod test_settings; // the `test.toml` of a folder
pub mod setup; //         the configuration and plugins
pub mod fixtures; //      what stores answer
pub mod case; //          one conversation with all of these
pub mod play; //          its lines, sent to a gateway
pub mod redact; //        what varies from run to run
pub mod transcript; //    the text of a run
pub mod run; //           a case becomes text
pub mod snapshot; //      the file beside it
pub mod compare; //       where two texts differ
pub mod suite; //         many cases

pub use fixtures::{FixtureFile, Secrets};
pub use play::{ClientReply, PlayedLine, ScriptRunner};
pub use script::{Line, LineAction, Script};
