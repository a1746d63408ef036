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
