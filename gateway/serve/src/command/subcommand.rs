//! Subcommands of what tools ask: which there are, how many arguments they take, and HELP.

use super::{Command, Spec, unknown_subcommand, wrong_arity};
use crate::{message::Rejection, resp::Args};

mod lines;

/// One subcommand.
#[derive(Debug)]
struct Subcommand {
    /// In upper case.
    name: &'static str,
    /// Number of arguments with both names; negative: at least so many.
    arity: i32,
    /// Its lines in HELP: how it is written, and what it does.
    help: &'static [&'static str],
}

/// What a request to a command with subcommands asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// This subcommand, in upper case, with as many arguments as it takes.
    For(&'static str),
    /// The lines of HELP.
    Help,
}

/// Finds the subcommand a request names.
///
/// # Errors
/// Redis' words for one that does not exist or takes another number of arguments.
pub fn subcommand(spec: &Spec, args: &Args<'_>) -> Result<Asked, Rejection> {
    let Some(named) = args.get(1) else { return Err(wrong_arity(spec.name)) };
    let arity_refusal = |name: &str| wrong_arity(&format!("{}|{name}", spec.name));
    if named.eq_ignore_ascii_case(b"HELP") {
        return if args.len() == 2 { Ok(Asked::Help) } else { Err(arity_refusal("help")) };
    }
    let mut all = lines::of(spec.command).iter();
    let found = all.find(|line| named.eq_ignore_ascii_case(line.name.as_bytes()));
    let Some(line) = found else { return Err(unknown_subcommand(spec.name, named)) };
    let wanted = usize::try_from(line.arity.unsigned_abs()).unwrap_or(usize::MAX);
    let fits = if line.arity < 0 { args.len() >= wanted } else { args.len() == wanted };
    if fits { Ok(Asked::For(line.name)) } else { Err(arity_refusal(line.name)) }
}

/// The lines of HELP, in Redis' form.
pub fn help(spec: &Spec) -> Vec<String> {
    let name = spec.name;
    let mut shown =
        vec![format!("{name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")];
    if spec.command == Command::Command {
        shown.push("(no subcommand)".into());
        shown.push("    Return details about all Redis commands.".into());
    }
    for line in lines::of(spec.command) {
        shown.extend(line.help.iter().map(|text| (*text).to_owned()));
    }
    shown.extend(["HELP".into(), "    Prints this help.".into()]);
    shown
}
