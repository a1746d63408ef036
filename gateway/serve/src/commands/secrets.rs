//! Which arguments are credentials, which neither MONITOR nor a recording may show.

use super::spec::{Registry, Secrets};
use crate::resp::is_word;

/// Tells for each word of a request, from the name on, whether it is a credential. In doubt it is:
/// a request that is refused for its form may hold a password all the same.
pub(crate) fn credentials(registry: &'static Registry) -> impl FnMut(&[u8]) -> bool {
    let mut state = State::Name;
    move |word| state.has(registry, word)
}

enum State {
    /// The name of the command comes next.
    Name,
    /// That of the command that is an argument of the first.
    OfCommand,
    /// Options, among them this one, which a user and a password follow.
    Options(&'static str),
    /// Credentials, of which so many are to come; then options again, if there are any.
    Login(usize, Option<&'static str>),
    /// There are none.
    None,
}

impl State {
    fn has(&mut self, registry: &Registry, word: &[u8]) -> bool {
        match self {
            Self::OfCommand if is_word(word, "JSON") => false,
            Self::Name | Self::OfCommand => {
                *self = Self::of(registry, word);
                false
            }
            Self::Options(option) => {
                if is_word(word, option) {
                    *self = Self::Login(2, Some(option));
                }
                false
            }
            Self::Login(left, option) => {
                *left -= 1;
                if let Some(option) = option.filter(|_| *left == 0) {
                    *self = Self::Options(option);
                }
                true
            }
            Self::None => false,
        }
    }

    fn of(registry: &Registry, name: &[u8]) -> Self {
        match registry.find(name).map(|command| command.spec.secrets) {
            Some(Secrets::All) => Self::Login(usize::MAX, None),
            Some(Secrets::AfterWord(option)) => Self::Options(option),
            Some(Secrets::OfCommand) => Self::OfCommand,
            Some(Secrets::None) | None => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::registry;

    /// The words of a request, with `***` for each credential.
    fn shown(line: &str) -> String {
        let mut is_secret = credentials(registry());
        let mut mask = |word: &[u8]| if is_secret(word) { b"***".to_vec() } else { word.to_vec() };
        let words: Vec<_> = line.split(' ').map(|word| mask(word.as_bytes())).collect();
        String::from_utf8(words.join(&b' ')).expect("they were UTF-8")
    }

    #[test]
    fn credentials_are_told_from_other_words() {
        for (line, masked) in [
            ("AUTH secret", "AUTH ***"),
            ("auth user secret", "auth *** ***"),
            ("AUTH a b c", "AUTH *** *** ***"),
            ("HELLO 3 AUTH user secret SETNAME me", "HELLO 3 AUTH *** *** SETNAME me"),
            ("HELLO 3 SETNAME AUTH", "HELLO 3 SETNAME AUTH"),
            ("HELLO 3 AUTH a b AUTH c d", "HELLO 3 AUTH *** *** AUTH *** ***"),
            ("EXPLAIN AUTH user secret", "EXPLAIN AUTH *** ***"),
            ("EXPLAIN JSON AUTH user secret", "EXPLAIN JSON AUTH *** ***"),
            ("XADD orders * AUTH secret", "XADD orders * AUTH secret"),
            ("UNKNOWN AUTH secret", "UNKNOWN AUTH secret"),
        ] {
            assert_eq!(shown(line), masked);
        }
    }
}
