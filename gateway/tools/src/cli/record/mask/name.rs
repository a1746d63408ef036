//! Names of fields, in any spelling.

/// Names whose values are secrets almost everywhere.
pub(super) const DEFAULTS: &[&str] =
    &["password", "passwd", "pwd", "secret", "token", "authorization", "api_key", "card"];

/// Longest name that is looked at, in bytes: a longer one is text.
const NAME_BYTES_MAX: usize = 128;

/// Names to look for, as words.
#[derive(Debug)]
pub(super) struct SecretNames {
    given: Vec<String>,
    words: Vec<Vec<String>>,
}

impl SecretNames {
    pub(super) fn new<'a>(given: impl Iterator<Item = &'a str>) -> Self {
        let given: Vec<_> = given.map(str::to_owned).collect();
        let words = given.iter().map(|name| words(name)).filter(|words| !words.is_empty());
        Self { words: words.collect(), given }
    }

    pub(super) fn given(&self) -> &[String] {
        &self.given
    }

    /// Is it, or does it hold, one of the names? `accessToken` and `X-Api-Key` do, `tokens` and
    /// `discard` do not; `apikey` is `api_key`.
    pub(super) fn fit(&self, name: &[u8]) -> bool {
        let Some(name) = std::str::from_utf8(name).ok().filter(|n| n.len() <= NAME_BYTES_MAX)
        else {
            return false;
        };
        let found = words(name);
        self.words.iter().any(|wanted| {
            let is_within = found.windows(wanted.len()).any(|part| part == wanted.as_slice());
            is_within || found.concat() == wanted.concat()
        })
    }
}

/// The words of a name in lower case, by its capitals and whatever is no letter and no digit.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let follows_small = before.is_some_and(|c| c.is_lowercase() || c.is_numeric());
        let ends_capitals = before.is_some_and(char::is_uppercase)
            && chars.get(at + 1).is_some_and(|c| c.is_lowercase());
        if !c.is_alphanumeric() || (c.is_uppercase() && (follows_small || ends_capitals)) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("there is one from the start").extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_is_written() {
        let names = SecretNames::new(DEFAULTS.iter().copied());
        for name in [
            "password",
            "PASSWORD",
            "db_password",
            "userPassword",
            "Client-Secret",
            "access.token",
            "accessToken",
            "APIKey",
            "x-api-key",
            "apikey",
            "cardNumber",
            "Proxy-Authorization",
        ] {
            assert!(names.fit(name.as_bytes()), "{name}");
        }
        for name in ["", "passwords", "discard", "tokenizer", "secretary", "key", "api", "author"] {
            assert!(!names.fit(name.as_bytes()), "{name}");
        }
    }
}
