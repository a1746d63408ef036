//! The subcommands of authors: one file and folder each.

pub mod plugin; // write, build, look at and try plugins
pub mod test; //   play conversations
pub mod record; // write conversations down
