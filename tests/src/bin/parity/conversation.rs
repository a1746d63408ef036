//! One conversation: what is said on which connection, and how its replies are waited for.
//!
//! Words may hold what only the gateway's side knows: `{id:1}` and `{address:1}` are those of the
//! conversation's connection 1, `{gateway}` is where it is connected to.

use std::fmt;

use super::profile::Profile;

/// A command: its words.
pub(crate) type Command = Vec<Vec<u8>>;

/// Everything that is said, in order.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    pub(crate) number: u64,
    /// What kind of conversation it is.
    pub(crate) family: &'static str,
    /// The gateways that it is played on.
    pub(crate) profile: Profile,
    pub(crate) steps: Vec<Step>,
}

/// One thing that is done. `who` is the number of a connection.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Connects, and waits until the gateway knows the connection.
    Open { who: usize },
    /// Connects for HTTP.
    OpenHttp { who: usize },
    /// Sends commands in one write, or cut at these places.
    Say { who: usize, commands: Vec<Command>, form: Form, cuts: Vec<usize>, expect: Expect },
    /// Sends bytes as they are.
    Raw { who: usize, bytes: Vec<u8>, cuts: Vec<usize>, expect: Expect },
    /// Waits for what others caused.
    Hear { who: usize, expect: Expect },
    /// Waits until the connection waits in a blocking command, or has an answer.
    Blocked { who: usize },
    /// Closes the connection and reads what was left.
    Close { who: usize },
    /// The harness reads these topics: what was stored until now has its place among all.
    Settle { topics: Vec<String> },
    /// Every connection may have been killed: the harness makes its own one anew.
    Renew,
}

/// How commands are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Arrays of bulk strings.
    Array,
    /// Lines.
    Inline,
}

/// How far replies are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Not at all.
    Nothing,
    /// So many of them.
    Frames(usize),
    /// Up to the reply to a PING that is sent behind the commands.
    Fence,
    /// Until these bytes have come in so many replies.
    Until(Vec<u8>, usize),
    /// Up to the end of the connection.
    End,
}

impl Step {
    /// The connection that it is about.
    #[cfg(test)]
    pub(crate) fn who(&self) -> Option<usize> {
        match self {
            Self::Open { who }
            | Self::OpenHttp { who }
            | Self::Say { who, .. }
            | Self::Raw { who, .. }
            | Self::Hear { who, .. }
            | Self::Blocked { who }
            | Self::Close { who } => Some(*who),
            Self::Settle { .. } | Self::Renew => None,
        }
    }

    /// The commands that it sends.
    pub(crate) fn commands(&self) -> &[Command] {
        match self {
            Self::Say { commands, .. } => commands,
            Self::Open { .. }
            | Self::OpenHttp { .. }
            | Self::Raw { .. }
            | Self::Hear { .. }
            | Self::Blocked { .. }
            | Self::Close { .. }
            | Self::Settle { .. }
            | Self::Renew => &[],
        }
    }
}

/// A script for people: one line a step, with every byte that is not plain escaped.
impl fmt::Display for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, family, profile, steps } = self;
        writeln!(f, "conversation {number} ({family}, on a gateway `{profile}`):")?;
        steps.iter().try_for_each(|step| writeln!(f, "  {step}"))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { who } => write!(f, "{who}> @open"),
            Self::OpenHttp { who } => write!(f, "{who}> @open http"),
            Self::Say { who, commands, form, cuts, expect } => {
                let lines: Vec<_> = commands.iter().map(|command| line(command)).collect();
                write!(f, "{who}> {}", lines.join("\n     "))?;
                if *form == Form::Inline {
                    write!(f, "   @inline")?;
                }
                note_cuts(f, cuts)?;
                write!(f, "{expect}")
            }
            Self::Raw { who, bytes, cuts, expect } => {
                write!(f, "{who}> @raw {}", shown(bytes))?;
                note_cuts(f, cuts)?;
                write!(f, "{expect}")
            }
            Self::Hear { who, expect } => write!(f, "{who}> @hear{expect}"),
            Self::Blocked { who } => write!(f, "{who}> @blocked"),
            Self::Close { who } => write!(f, "{who}> @close"),
            Self::Settle { topics } => write!(f, "@settle {}", topics.join(" ")),
            Self::Renew => write!(f, "@renew"),
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => write!(f, "   @no wait"),
            Self::Frames(1) | Self::Fence => Ok(()),
            Self::Frames(count) => write!(f, "   @{count} replies"),
            Self::Until(bytes, times) => write!(f, "   @until {} {times} times", shown(bytes)),
            Self::End => write!(f, "   @until the end"),
        }
    }
}

fn note_cuts(f: &mut fmt::Formatter<'_>, cuts: &[usize]) -> fmt::Result {
    if cuts.is_empty() { Ok(()) } else { write!(f, "   @cut at {cuts:?}") }
}

/// A command as it would be typed.
pub(crate) fn line(command: &[Vec<u8>]) -> String {
    let word = |word: &Vec<u8>| {
        let is_plain = !word.is_empty() && word.iter().all(|b| (b'!'..=b'~').contains(b));
        let is_plain = is_plain && !word.iter().any(|b| b"\"'\\".contains(b));
        if is_plain { shown(word) } else { format!("\"{}\"", shown(word)) }
    };
    let words: Vec<_> = command.iter().map(word).collect();
    words.join(" ")
}

/// Bytes as text; long ones are shortened.
pub(crate) fn shown(bytes: &[u8]) -> String {
    const SHOWN_MAX: usize = 400;
    let first = &bytes[..bytes.len().min(SHOWN_MAX)];
    let rest = bytes.len() - first.len();
    let more = if rest == 0 { String::new() } else { format!("…({rest} bytes more)") };
    format!("{}{more}", first.escape_ascii())
}

/// The words of a line, parted by blanks.
pub(crate) fn words(line: &str) -> Command {
    line.split(' ').map(|word| word.as_bytes().to_vec()).collect()
}
