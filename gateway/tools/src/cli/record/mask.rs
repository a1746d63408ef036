//! What is not written down: values of fields that have the name of a secret, and passwords in
//! addresses.

use std::{borrow::Cow, ops::Range};

use sluicegate::resp::is_word;

mod json;
mod name;

use json::MASK;
use name::SecretNames;

/// Whether fields with the usual names of secrets are masked.
#[derive(Clone, Copy, Debug)]
pub(super) enum DefaultMasks {
    On,
    Off,
}

/// Which values are not written down.
#[derive(Debug)]
pub(super) struct Masks {
    names: SecretNames,
}

impl Masks {
    /// Those of the usual names, where they are wanted, and of these.
    pub(super) fn new(defaults: DefaultMasks, more: &[String]) -> Self {
        let defaults: &[&str] = match defaults {
            DefaultMasks::On => name::DEFAULTS,
            DefaultMasks::Off => &[],
        };
        let defaults = defaults.iter().copied();
        Self { names: SecretNames::new(defaults.chain(more.iter().map(String::as_str))) }
    }

    /// The names, as they were given.
    pub(super) fn names(&self) -> &[String] {
        self.names.given()
    }

    /// Masks the arguments of a command.
    pub(super) fn apply(&self, args: &mut [Vec<u8>]) {
        let first = first_field(args).unwrap_or(args.len());
        for at in 1..args.len() {
            let is_value = at > first && (at - first) % 2 == 1;
            if is_value && self.names.fit(&args[at - 1]) {
                args[at] = MASK.into();
            } else if let Ok(text) = std::str::from_utf8(&args[at])
                && let Cow::Owned(masked) = self.text(text)
            {
                args[at] = masked.into_bytes();
            }
        }
    }

    /// A text without its secrets: JSON stays JSON, and all around them as it is.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let masked = json::mask(text, &self.names, |text| self.text(text));
        masked.map_or_else(|| mask_addresses(text), Cow::Owned)
    }
}

/// Where the first name of a field or header stands; every other word from there on is one.
fn first_field(args: &[Vec<u8>]) -> Option<usize> {
    let skipped = match args {
        [name, form, ..] if is_word(name, "EXPLAIN") => 1 + usize::from(is_word(form, "JSON")),
        _ => 0,
    };
    let args = args.get(skipped..)?;
    match args.first()?.to_ascii_uppercase().as_slice() {
        b"XADD" => Some(skipped + id_of_entry(args) + 1),
        b"HSET" => Some(skipped + 2),
        _ => None,
    }
}

/// Where the entry's id stands in XADD: behind the options.
fn id_of_entry(args: &[Vec<u8>]) -> usize {
    let mut at = 2;
    while let Some(option) = args.get(at) {
        let sign = args.get(at + 1).is_some_and(|sign| matches!(sign.as_slice(), b"=" | b"~"));
        at += match option.to_ascii_uppercase().as_slice() {
            b"NOMKSTREAM" | b"KEEPREF" | b"DELREF" | b"ACKED" => 1,
            b"MAXLEN" | b"MINID" if sign => 3,
            b"MAXLEN" | b"MINID" | b"LIMIT" | b"IDMPAUTO" => 2,
            b"IDMP" => 3,
            _ => break,
        };
    }
    at
}

/// The text without the passwords of the addresses in it.
fn mask_addresses(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        match password(word) {
            Some(range) => masked.extend([&word[..range.start], MASK, &word[range.end..]]),
            None => masked.push_str(word),
        }
    }
    if masked == text { Cow::Borrowed(text) } else { Cow::Owned(masked) }
}

/// Where the password of an address lies.
fn password(word: &str) -> Option<Range<usize>> {
    let (start, end) = match word.split_once("://") {
        Some((scheme, rest)) => {
            let start = scheme.len() + 3;
            // A password may hold a slash: what comes before the last `@` that a host follows.
            (start, start + rest.rfind('@')?)
        }
        None => (0, word[..databus_path(word)?].rfind('@')?),
    };
    let colon = start + word[start..end].find(':')?;
    // `host:80/a@b` has a port, and no password.
    let port = word[colon + 1..end].split_once('/').map_or("", |(port, _)| port);
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    (!is_port).then_some(colon + 1..end)
}

/// Where `/topic=…&role=…` begins, in whatever order.
fn databus_path(word: &str) -> Option<usize> {
    ["/topic=", "/role="].iter().filter_map(|start| word.rfind(start)).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluicegate::resp;

    fn masked(masks: &Masks, line: &str) -> Vec<String> {
        let mut args = resp::words(line.as_bytes()).unwrap();
        masks.apply(&mut args);
        args.into_iter().map(|arg| String::from_utf8(arg).unwrap()).collect()
    }

    fn line(line: &str) -> Vec<String> {
        masked(&Masks::new(DefaultMasks::On, &[]), line)
    }

    #[test]
    fn values_behind_the_name_of_a_secret_are_masked() {
        assert_eq!(
            line("XADD token MAXLEN ~ 10 * token abc name x X-Api-Key k"),
            [
                "XADD",
                "token",
                "MAXLEN",
                "~",
                "10",
                "*",
                "token",
                "***",
                "name",
                "x",
                "X-Api-Key",
                "***"
            ]
        );
        let json = r#"XADD t IDMP p token * type password body '{"secret":1}' token abc"#;
        let body = r#"{"secret":"***"}"#;
        assert_eq!(line(json)[6..], ["type", "password", "body", body, "token", "***"]);
        assert_eq!(line("hset k Authorization abc")[3], "***");
        assert_eq!(line("EXPLAIN JSON XADD t * secret abc")[6], "***");
        assert_eq!(
            line("XREAD STREAMS token secret 0 0"),
            ["XREAD", "STREAMS", "token", "secret", "0", "0"]
        );
    }

    #[test]
    fn json_is_masked_wherever_it_stands_and_stays_as_it_was() {
        assert_eq!(
            line(
                r#"PUBLISH t '{ "b":1.50, "user": {"passWord" : "x\"}", "a":[{"card_number":4}]},"token":null}'"#
            )[2],
            r#"{ "b":1.50, "user": {"passWord" : "***", "a":[{"card_number":"***"}]},"token":null}"#
        );
        assert_eq!(
            line(r#"ECHO '{"body":"{\"secret\":[1,2]}"}'"#)[1],
            r#"{"body":"{\"secret\":\"***\"}"}"#
        );
        assert_eq!(
            line(r#"ECHO '[{"pwd":1}, {"pwd":{"a":2}}]'"#)[1],
            r#"[{"pwd":"***"}, {"pwd":"***"}]"#
        );
        assert_eq!(line(r#"ECHO '{"pwd":1'"#)[1], r#"{"pwd":1"#, "no JSON stays as it is");
    }

    #[test]
    fn passwords_in_addresses_are_masked() {
        for (text, wanted) in [
            ("mysql://u:p@w@db:3306/x", "mysql://u:***@db:3306/x"),
            ("see redis://:pw@h and u:p@x", "see redis://:***@h and u:p@x"),
            ("key:s3:cr@t@group/topic=a&role=pub", "key:***@group/topic=a&role=pub"),
            ("a@b.c", "a@b.c"),
            ("http://h:80/a@b", "http://h:80/a@b"),
        ] {
            assert_eq!(line(&format!("ECHO '{text}'"))[1], wanted);
            assert_eq!(
                line(&format!(r#"ECHO '{{"a":"{text}"}}'"#))[1],
                format!(r#"{{"a":"{wanted}"}}"#)
            );
        }
    }

    #[test]
    fn names_are_added_and_defaults_left_out() {
        let masks = Masks::new(DefaultMasks::Off, &["iban".to_owned()]);
        assert_eq!(masked(&masks, "XADD t * token a IBAN b")[3..], ["token", "a", "IBAN", "***"]);
    }
}
