//! The languages with an SDK.

use std::{fmt, str::FromStr};

/// A language that plugins are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// With cargo.
    Rust,
    /// With clang and wasi-libc.
    C,
    /// With zig.
    Zig,
    /// With the plain Go compiler.
    Go,
    /// With asc.
    AssemblyScript,
    /// With componentize-js.
    JavaScript,
    /// With componentize-py.
    Python,
}

impl Language {
    /// All of them, in the order in which the documentation shows them.
    pub const ALL: [Self; 7] = [
        Self::Rust,
        Self::C,
        Self::Zig,
        Self::Go,
        Self::AssemblyScript,
        Self::JavaScript,
        Self::Python,
    ];

    /// The word for it on the command line, in manifests, and as a folder of `plugin-sdk`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::C => "c",
            Self::Zig => "zig",
            Self::Go => "go",
            Self::AssemblyScript => "assemblyscript",
            Self::JavaScript => "javascript",
            Self::Python => "python",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|language| language.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|language| language.name()).collect();
            format!("`{name}` is not a language with an SDK: use one of {}", names.join(", "))
        })
    }
}
