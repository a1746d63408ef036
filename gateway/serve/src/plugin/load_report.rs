//! What can be told of a plugin file: gathered while it is loaded, as far as that goes.

use std::time::Duration;

use crate::message::Role;

/// What was seen of a file while it was loaded; what was not reached is `None` or empty.
#[derive(Clone, Debug, Default)]
pub struct LoadReport {
    /// First digits of its SHA-256.
    pub hash: String,
    /// What it imports, in the file's order.
    pub imports: Vec<Import>,
    /// What it exports, in the file's order.
    pub exports: Vec<String>,
    /// Its roles, in the order in which a message meets them.
    pub roles: Vec<Role>,
    /// Who it says it is.
    pub description: Option<Description>,
    /// How its machine code was had.
    pub code: Option<Code>,
    /// Time until its first instance stood, its start function included.
    pub start: Option<Duration>,
    /// Time of `configure`.
    pub configure: Option<Duration>,
    /// Linear memory of its first instance when that stood, in bytes.
    pub memory_at_start: Option<usize>,
    /// The same after `configure`.
    pub memory_configured: Option<usize>,
    /// Elements of its largest table after `configure`.
    pub table_elements: Option<usize>,
}

/// Who a plugin says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The author's name for it; settings refer to the file name instead.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// What it does, in one sentence.
    pub summary: String,
}

/// How machine code was had, and the time it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// It was compiled.
    Compiled(Duration),
    /// It was in the engine's cache.
    Cached(Duration),
}

/// One import of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// As the component names it.
    pub name: String,
    /// What it takes to have it.
    pub need: Need,
}

/// What it takes to have an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it is of the contract and free to all.
    Nothing,
    /// Nothing: an empty world stands in for WASI.
    EmptyWorld,
    /// A section of the settings file such as `redis`, and that is there.
    Granted(&'static str),
    /// A section of the settings file, which is not there.
    Grant {
        /// The section, such as `redis`.
        section: &'static str,
        /// How to write it.
        hint: &'static str,
    },
    /// It cannot be had.
    Never {
        /// Why, and what to do.
        hint: &'static str,
    },
}

impl Need {
    /// True if a plugin with this import is taken.
    pub fn is_met(&self) -> bool {
        matches!(self, Self::Nothing | Self::EmptyWorld | Self::Granted(_))
    }
}
