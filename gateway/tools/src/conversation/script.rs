//! A conversation file, read: who says what, and when.
//!
//! ```text
//! # A comment. Blank lines are skipped too.
//! XADD orders * value hello              said by the client named `client`
//! shop> XREAD STREAMS orders 0           said by another one, on a connection of its own
//! @wait 5s                               time passes (ms, s, m, h, d)
//! @close shop                            that client hangs up
//! @fixtures stores.toml                  what stores answer
//! @plugins ../build                      the folder of plugins
//! @config gateway.toml                   the configuration
//! @secret PASSWORD                       `${PASSWORD}` in a line stands for a secret
//! ```
//!
//! Words are split and quoted as in redis-cli. The last four directives are about the conversation
//! as a whole, wherever they stand; their paths are relative to the file's folder.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use sluicegate::resp;

mod directive;

#[cfg(test)]
mod tests;

/// Who speaks in a line without a name.
pub const CLIENT: &str = "client";

/// Ends of conversation files.
pub const EXTENSION: &str = "resp";

/// A conversation as it is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// What happens, in order.
    pub lines: Vec<Line>,
    /// `@fixtures`: what stores answer; as written, relative to the conversation's folder.
    pub fixtures: Option<PathBuf>,
    /// `@plugins`: the folder of plugins; as written.
    pub plugins: Option<PathBuf>,
    /// `@config`: the gateway's configuration; as written.
    pub config: Option<PathBuf>,
    /// `@secret`: names whose `${NAME}` stands for a secret.
    pub secrets: Vec<String>,
}

/// One line in which something happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: usize,
    /// As it was typed, without the client's name and the white space around.
    pub typed: String,
    /// What happens.
    pub action: LineAction,
}

/// What happens in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineAction {
    /// A client sends a command.
    Send {
        /// The client's name.
        client: String,
        /// The command's words, unquoted; `${NAME}` is still there.
        args: Vec<Vec<u8>>,
    },
    /// Time passes.
    Wait(Duration),
    /// A client hangs up.
    Close {
        /// The client's name.
        client: String,
    },
}

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub hint: String,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  hint:  {}", self.line, self.what, self.hint)
    }
}

impl Script {
    /// Reads a conversation file.
    ///
    /// # Errors
    /// The file cannot be read, or is no conversation: every fault with its place.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("reading `{}`", path.display()))?;
        Self::parse(&text).map_err(|faults| {
            let lines = faults.iter().map(|fault| format!("{}:{fault}", path.display()));
            anyhow::Error::msg(lines.collect::<Vec<_>>().join("\n"))
        })
    }

    /// Reads the text of a conversation file.
    ///
    /// # Errors
    /// All that is wrong with it, in order of lines.
    pub fn parse(text: &str) -> Result<Self, Vec<ScriptError>> {
        let mut script = Self::default();
        let mut faults = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let (number, line) = (index + 1, line.trim());
            let result = match line.strip_prefix('@') {
                _ if line.is_empty() || line.starts_with('#') => Ok(()),
                Some(directive) => script.add_directive(number, directive),
                None => script.add_command(number, line),
            };
            if let Err((what, hint)) = result {
                faults.push(ScriptError { line: number, what, hint });
            }
        }
        if faults.is_empty() { Ok(script) } else { Err(faults) }
    }

    /// Adds a command.
    fn add_command(&mut self, number: usize, line: &str) -> Result<(), (String, String)> {
        let (client, typed) = split_name(line);
        let args = resp::words(typed.as_bytes()).map_err(|_| {
            (
                "a quote is not closed, or something follows right behind it".to_owned(),
                "write \\\" for a quote within quotes, and a space after the closing one"
                    .to_owned(),
            )
        })?;
        if args.is_empty() {
            return Err((
                format!("`{client}` says nothing"),
                format!("write a command, such as `{client}> PING`"),
            ));
        }
        let (client, typed) = (client.to_owned(), typed.to_owned());
        self.lines.push(Line { number, typed, action: LineAction::Send { client, args } });
        Ok(())
    }

    /// The names of the clients, in the order in which they first speak.
    pub fn clients(&self) -> Vec<&str> {
        let mut clients = Vec::new();
        for line in &self.lines {
            if let LineAction::Send { client, .. } = &line.action
                && !clients.contains(&client.as_str())
            {
                clients.push(client.as_str());
            }
        }
        clients
    }
}

/// `name> COMMAND` into name and command.
fn split_name(line: &str) -> (&str, &str) {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    match line.split_once('>') {
        Some((name, said))
            if !name.is_empty()
                && name.chars().all(is_of_name)
                && (said.is_empty() || said.starts_with(char::is_whitespace)) =>
        {
            (name, said.trim_start())
        }
        _ => (CLIENT, line),
    }
}
