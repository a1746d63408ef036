//! Problems of a configuration file, in the operator's form.

use std::{error::Error, fmt};

/// One thing that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `file:line`, or the file alone.
    pub place: String,
    /// The key in full, such as `broker.folder`; empty for the file as a whole.
    pub key: String,
    /// What is wrong.
    pub cause: String,
    /// What to do; empty if the cause says it.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  where: {}", self.place)?;
        if !self.key.is_empty() {
            write!(f, ", `{}`", self.key)?;
        }
        write!(f, "\n  cause: {}", self.cause)?;
        if !self.hint.is_empty() {
            write!(f, "\n  hint:  {}", self.hint)?;
        }
        Ok(())
    }
}

/// All problems of a configuration, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.len() == 1 { "problem" } else { "problems" };
        write!(f, "the configuration has {} {plural}", self.0.len())?;
        for problem in &self.0 {
            write!(f, "\n{problem}")?;
        }
        Ok(())
    }
}

impl Error for Problems {}
