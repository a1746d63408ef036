//! Lines that begin with `@`.

use std::{path::PathBuf, time::Duration};

use super::{Line, LineAction, Script};

/// All directives, as they are written.
const ALL: &str =
    "`@wait 5s`, `@close NAME`, `@fixtures FILE`, `@plugins DIR`, `@config FILE`, `@secret NAME`";

/// Longest time that may pass in one line: ten years. Far beyond, sums of times overflow.
const WAIT_MAX: Duration = Duration::from_hours(10 * 366 * 24);

/// What is wrong, and what to write instead.
type Wrong = (String, String);

impl Script {
    /// Does what a directive says; `directive` is the line without its `@`.
    pub(super) fn add_directive(&mut self, number: usize, directive: &str) -> Result<(), Wrong> {
        let (name, argument) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
        let argument = argument.trim();
        let action = match name {
            "wait" => LineAction::Wait(time(argument)?),
            "close" => LineAction::Close { client: self.known(argument)?.to_owned() },
            "fixtures" => return path(&mut self.fixtures, name, argument),
            "plugins" => return path(&mut self.plugins, name, argument),
            "config" => return path(&mut self.config, name, argument),
            "secret" => return self.secret(argument),
            _ => return Err((format!("unknown directive `@{name}`"), format!("there are {ALL}"))),
        };
        self.lines.push(Line { number, typed: format!("@{directive}"), action });
        Ok(())
    }

    fn known<'a>(&self, client: &'a str) -> Result<&'a str, Wrong> {
        let clients = self.clients();
        if clients.contains(&client) {
            return Ok(client);
        }
        let hint = match clients.as_slice() {
            [] => "only a client that has said something can hang up".to_owned(),
            names => format!("so far there are: {}", names.join(", ")),
        };
        Err((format!("`@close`: there is no client `{client}` yet"), hint))
    }

    fn secret(&mut self, name: &str) -> Result<(), Wrong> {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_of_name) {
            return Err((
                format!("`@secret`: `{name}` is not a name"),
                "write a name of letters, digits and `_`, as an environment variable has it".into(),
            ));
        }
        if !self.secrets.iter().any(|known| known == name) {
            self.secrets.push(name.to_owned());
        }
        Ok(())
    }
}

fn path(place: &mut Option<PathBuf>, name: &str, argument: &str) -> Result<(), Wrong> {
    if argument.is_empty() {
        return Err((format!("`@{name}` needs a path"), format!("there are {ALL}")));
    }
    if let Some(first) = place {
        return Err((
            format!("`@{name}` stands here for the second time"),
            format!("it is about the whole conversation: keep one of them (`{}`)", first.display()),
        ));
    }
    *place = Some(argument.into());
    Ok(())
}

fn time(text: &str) -> Result<Duration, Wrong> {
    let wrong = |what: &str| {
        (format!("`@wait`: {what}"), "write a number and ms, s, m, h or d: `@wait 90s`".to_owned())
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit_ms: u64 = match unit.trim_start() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60 * 1_000,
        "h" => 60 * 60 * 1_000,
        "d" => 24 * 60 * 60 * 1_000,
        _ => return Err(wrong(&format!("`{text}` is not a time"))),
    };
    if number.is_empty() {
        return Err(wrong(&format!("`{text}` is not a time")));
    }
    let ms = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit_ms));
    ms.map(Duration::from_millis)
        .filter(|&wait| wait <= WAIT_MAX)
        .ok_or_else(|| wrong("more than ten years"))
}
