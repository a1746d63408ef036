//! Redis' errors for requests that name no command, or give a wrong number of arguments.

use super::arguments::rest;
use crate::{message::Rejection, resp::Args};

/// Most bytes of a request that an error repeats. Source: Redis, `server.c`.
const QUOTED_BYTES_MAX: usize = 128;

/// For a name that no command has.
pub(crate) fn unknown_command(args: &Args<'_>) -> Rejection {
    let mut text = format!(
        "unknown command '{}', with args beginning with: ",
        quote(&args[0], QUOTED_BYTES_MAX)
    );
    let mut left = QUOTED_BYTES_MAX;
    for arg in rest(args, 1) {
        if left == 0 {
            break;
        }
        let quoted = quote(arg, left);
        left = left.saturating_sub(quoted.len().max(1));
        text.push_str(&format!("'{quoted}' "));
    }
    Rejection::err(text)
}

/// For a number of arguments that the command does not take.
pub(crate) fn wrong_arity(name: &str) -> Rejection {
    Rejection::err(format!("wrong number of arguments for '{}' command", name.to_ascii_lowercase()))
}

/// For a subcommand that does not exist.
pub(crate) fn unknown_subcommand(command: &str, subcommand: &[u8]) -> Rejection {
    Rejection::err(format!(
        "unknown subcommand '{}'. Try {} HELP.",
        quote(subcommand, QUOTED_BYTES_MAX),
        command.to_ascii_uppercase()
    ))
}

fn quote(bytes: &[u8], most: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(most)]).replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    #[test]
    fn an_unknown_command_is_repeated_with_its_first_arguments() {
        let refusal = with_args("foo bar baz", unknown_command).to_string();
        assert_eq!(refusal, "ERR unknown command 'foo', with args beginning with: 'bar' 'baz' ");
        let long = format!("foo {} end", "x".repeat(1000));
        let refusal = with_args(&long, unknown_command).to_string();
        assert!(refusal.len() < 200 && !refusal.contains("end"), "{refusal}");
    }

    #[test]
    fn a_name_is_repeated_as_one_line() {
        let refusal = unknown_subcommand("CLIENT", b"a\r\nb").to_string();
        assert_eq!(refusal, "ERR unknown subcommand 'a  b'. Try CLIENT HELP.");
    }
}
