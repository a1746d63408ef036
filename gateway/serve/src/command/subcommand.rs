//! Subcommands of what tools ask: which there are, how many arguments they take, and HELP.

use super::{unknown_subcommand, wrong_arity};
use crate::{
    commands::{Spec, Subcommand, Subcommands, fits},
    message::Rejection,
    resp::Args,
};

pub(crate) mod lines;

/// What a request to a command with subcommands asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// This subcommand, in upper case, with as many arguments as it takes.
    For(&'static str),
    /// The lines of HELP.
    Help,
}

/// Finds the subcommand a request names.
///
/// # Errors
/// Redis' words for one that does not exist or takes another number of arguments.
pub(crate) fn subcommand(spec: &Spec, args: &Args<'_>) -> Result<Asked, Rejection> {
    let Some(named) = args.get(1) else { return Err(wrong_arity(spec.name)) };
    let arity_refusal = |name: &str| wrong_arity(&format!("{}|{name}", spec.name));
    if named.eq_ignore_ascii_case(b"HELP") {
        return if args.len() == 2 { Ok(Asked::Help) } else { Err(arity_refusal("help")) };
    }
    let mut all = table(spec).iter();
    let found = all.find(|line| named.eq_ignore_ascii_case(line.name.as_bytes()));
    let Some(line) = found else { return Err(unknown_subcommand(spec.name, named)) };
    if fits(line.arity, args.len()) {
        Ok(Asked::For(line.name))
    } else {
        Err(arity_refusal(line.name))
    }
}

/// The lines of HELP, in Redis' form.
pub(crate) fn help(spec: &Spec) -> Vec<String> {
    let name = spec.name;
    let mut shown =
        vec![format!("{name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")];
    if spec.name == "COMMAND" {
        shown.push("(no subcommand)".into());
        shown.push("    Return details about all Redis commands.".into());
    }
    for line in table(spec) {
        shown.extend(line.help.iter().map(|text| (*text).to_owned()));
    }
    shown.extend(["HELP".into(), "    Prints this help.".into()]);
    shown
}

fn table(spec: &Spec) -> &'static [Subcommand] {
    match spec.subcommands {
        Subcommands::Table(lines) => lines,
        Subcommands::None | Subcommands::InHandler => &[],
    }
}
