//! Tools for authors of plugins and of conversations: everything the program does beside serving.

pub mod cli; //          the subcommands `plugin`, `test` and `record`
pub mod conversation; // said again, and compared
pub mod sdk; //          what plugin authors get
