//! Commands with a table of subcommands: which one a request names, and HELP.

use super::{
    rejections::{unknown_subcommand, wrong_arity},
    spec::{Spec, Subcommand, Subcommands, fits},
};
use crate::{
    message::Rejection,
    resp::{Args, Replies},
};

/// What a request to a command with a table of subcommands asks for.
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
/// If the subcommand does not exist, or takes another number of arguments.
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

/// Answers HELP.
pub(crate) fn send_help(replies: &mut Replies, spec: &Spec) {
    let lines = help(spec);
    replies.array(lines.len());
    lines.iter().for_each(|line| replies.simple(line));
}

/// The lines of HELP, in Redis' form.
fn help(spec: &Spec) -> Vec<String> {
    let name = spec.name;
    let mut lines =
        vec![format!("{name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")];
    if spec.name == "COMMAND" {
        lines.push("(no subcommand)".into());
        lines.push("    Return details about all Redis commands.".into());
    }
    for subcommand in table(spec) {
        lines.extend(subcommand.help.iter().map(|text| (*text).to_owned()));
    }
    lines.extend(["HELP".into(), "    Prints this help.".into()]);
    lines
}

fn table(spec: &Spec) -> &'static [Subcommand] {
    match spec.subcommands {
        Subcommands::Table(lines) => lines,
        Subcommands::None | Subcommands::InHandler => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{commands::registry, resp::with_args};

    fn asked(line: &str) -> Result<Asked, String> {
        with_args(line, |args| {
            let spec = registry().find(&args[0]).expect("it is a command").spec;
            subcommand(spec, args).map_err(|error| error.to_string())
        })
    }

    #[test]
    fn a_subcommand_is_found_in_any_case_and_its_arguments_are_counted() {
        assert_eq!(asked("SLOWLOG get 5"), Ok(Asked::For("GET")));
        assert_eq!(asked("slowlog help"), Ok(Asked::Help));
        for (line, error) in [
            ("SLOWLOG LEN x", "wrong number of arguments for 'slowlog|len' command"),
            ("SLOWLOG HELP x", "wrong number of arguments for 'slowlog|help' command"),
            ("SLOWLOG", "wrong number of arguments for 'slowlog' command"),
            ("SLOWLOG x", "unknown subcommand 'x'. Try SLOWLOG HELP."),
        ] {
            assert_eq!(asked(line), Err(format!("ERR {error}")), "{line}");
        }
    }

    #[test]
    fn help_names_every_subcommand_that_does_something() {
        for spec in registry().all() {
            let lines = help(spec);
            assert!(lines[0].starts_with(spec.name), "{}", spec.name);
            for line in table(spec).iter().filter(|line| !line.help.is_empty()) {
                let names = |text: &String| text.starts_with(line.name);
                assert!(lines.iter().any(names), "{} {}", spec.name, line.name);
            }
        }
    }
}
