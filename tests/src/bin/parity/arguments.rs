//! The command line.

use std::{
    ops::Range,
    path::PathBuf,
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};

use sluicegate_tests::workspace;

/// Conversations that one pair of gateways plays.
pub(crate) const ROUND: u64 = 400;

/// What is to be done, and with which programs.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) programs: Programs,
    pub(crate) mode: Mode,
}

/// Both programs, and what they are played with.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    pub(crate) old: PathBuf,
    pub(crate) new: PathBuf,
    /// Folder of the built plugins.
    pub(crate) plugins: PathBuf,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Mode {
    Conversations(Plan),
    Formats,
}

/// Which conversations are played.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// Their numbers.
    pub(crate) conversations: Range<u64>,
    /// Pairs of gateways at once.
    pub(crate) jobs: u64,
    /// Differences after which no further conversation is played.
    pub(crate) differences_max: usize,
    /// Print the first conversation and play none.
    pub(crate) is_shown: bool,
}

impl Arguments {
    /// # Errors
    /// What is wrong, for the person who typed it.
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut words = words.peekable();
        let is_formats = words.next_if(|word| word == "formats").is_some();
        let (mut old, mut new) = (None, None);
        let mut plugins = workspace::target().join("plugins");
        let mut plan = Plan {
            seed: any_seed(),
            conversations: 0..50_000,
            jobs: 2,
            differences_max: 5,
            is_shown: false,
        };
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("`{name}` lacks its value"))?;
            match name.as_str() {
                "--old" => old = Some(PathBuf::from(value)),
                "--new" => new = Some(PathBuf::from(value)),
                "--plugins" => plugins = PathBuf::from(value),
                _ if is_formats => return Err(format!("`{name}` is not known here")),
                _ => plan.set(&name, &value)?,
            }
        }
        let program = |path: Option<PathBuf>, name: &str| {
            let path = path.ok_or_else(|| format!("`{name}` is missing"))?;
            path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))
        };
        let (old, new) = (program(old, "--old")?, program(new, "--new")?);
        let plugins = program(Some(plugins), "--plugins")?;
        let mode = if is_formats { Mode::Formats } else { Mode::Conversations(plan) };
        Ok(Self { programs: Programs { old, new, plugins }, mode })
    }
}

impl Plan {
    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "--seed" => self.seed = number(name, value)?,
            "--conversations" => self.conversations = 0..number(name, value)?,
            "--jobs" => self.jobs = number(name, value)?,
            "--differences" => self.differences_max = number(name, value)?,
            "--only" => self.conversations = one(number(name, value)?),
            "--round" => {
                let round: u64 = number(name, value)?;
                self.conversations = round * ROUND..(round + 1) * ROUND;
            }
            "--show" => {
                self.conversations = one(number(name, value)?);
                self.is_shown = true;
            }
            _ => return Err(format!("`{name}` is not known here")),
        }
        Ok(())
    }
}

fn one(number: u64) -> Range<u64> {
    number..number + 1
}

/// Another one each time; it is printed.
fn any_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::from(since.subsec_micros())
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("`{name} {value}`: that is no number for it"))
}
