//! `${NAME}` in strings of configuration files.

/// What `${NAME}` in a plugin's settings stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variables {
    /// The variable of the environment; a missing one is a fault.
    #[default]
    Environment,
    /// `secret-NAME`, whatever the environment says: where nothing real is reached, nothing real
    /// is needed, and no secret can be told.
    StandIns,
}

impl Variables {
    pub(super) fn look_up(self, name: &str) -> Option<String> {
        match self {
            Self::Environment => std::env::var(name).ok(),
            Self::StandIns => Some(stand_in(name)),
        }
    }
}

/// What stands for a secret of this name where the secret itself must not be.
pub fn stand_in(name: &str) -> String {
    format!("secret-{name}")
}

/// Replaces each `${NAME}` in `text` by what `lookup` says; `$${` stands for `${` itself.
///
/// # Errors
/// The name that is not set, or that has no end.
pub(super) fn expand(
    text: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            out.push_str(&rest[..at]);
            out.push('{');
            rest = &rest[at + 2..];
            continue;
        }
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find('}') else {
            return Err("`${` without `}`: close it, or write `$${` for the characters".into());
        };
        let name = &rest[at + 2..at + end];
        let Some(value) = lookup(name) else {
            return Err(format!("the environment variable `{name}` is not set"));
        };
        out.push_str(&value);
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// The same for a URL: up to its `@`, where user and password stand, values are percent-encoded, so
/// that a password may hold any characters. A variable may hold the whole URL, too.
///
/// # Errors
/// As [`expand`].
pub(super) fn expand_url(
    text: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let Some((login, place)) = text.rsplit_once('@') else { return expand(text, lookup) };
    let encoded = |name: &str| lookup(name).map(|value| percent_encode(&value));
    Ok(format!("{}@{}", expand(login, &encoded)?, expand(place, lookup)?))
}

/// Everything but letters, digits and `-._~` as `%41`.
pub(super) fn percent_encode(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    let each = |b: u8| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_and_missing_ones_are_named() {
        let lookup = |name: &str| (name == "A").then(|| "x".to_owned());

        assert_eq!(expand("1${A}2${A}", &lookup), Ok("1x2x".into()));
        assert_eq!(expand("$${A}", &lookup), Ok("${A}".into()));
        assert_eq!(expand("plain $5", &lookup), Ok("plain $5".into()));
        assert!(expand("${B}", &lookup).unwrap_err().contains("`B`"));
        assert!(expand("${A", &lookup).unwrap_err().contains("without"));
    }

    #[test]
    fn a_password_in_a_url_may_hold_anything() {
        let lookup = |name: &str| match name {
            "PASSWORD" => Some("p@ss/w?rd#é".to_owned()),
            "URL" => Some("redis://h:6379".to_owned()),
            _ => None,
        };
        let expanded = expand_url("redis://u:${PASSWORD}@h:1/0", &lookup);
        assert_eq!(expanded, Ok("redis://u:p%40ss%2Fw%3Frd%23%C3%A9@h:1/0".into()));
        assert_eq!(expand_url("${URL}", &lookup), Ok("redis://h:6379".into()));
        assert!(expand_url("redis://${NONE}@h", &lookup).is_err());
    }
}
