//! Why a store gave no answer.

use crate::plugin::{limits::GUEST_TEXT_BYTES_MAX, text::one_line};

/// Why a call outside the process gave nothing; worded for the plugin and for the operator, without
/// arguments, addresses or secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReachError {
    /// Not granted; nothing was sent.
    Denied(String),
    /// The store answered with an error, or with something that has no form in the contract.
    Refused(String),
    /// There is no answer; what changes something may have been carried out.
    Unavailable(String),
}

impl ReachError {
    /// One word for counters and logs.
    pub(in crate::plugin) fn outcome(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::Refused(_) => "refused",
            Self::Unavailable(_) => "unavailable",
        }
    }

    pub(in crate::plugin) fn words(&self) -> &str {
        match self {
            Self::Denied(words) | Self::Refused(words) | Self::Unavailable(words) => words,
        }
    }
}

/// A store's error text without what stands in quotes: stores repeat arguments there.
pub(super) fn without_quotes(text: &str) -> String {
    const QUOTES: [char; 3] = ['\'', '"', '`'];
    let text = one_line(text, GUEST_TEXT_BYTES_MAX);
    match (text.find(QUOTES), text.rfind(QUOTES)) {
        // One mark alone: where the quotation ends is not known.
        (Some(first), Some(last)) if first == last => format!("{}…", &text[..first]),
        (Some(first), Some(last)) => format!("{}…{}", &text[..first], &text[last + 1..]),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stores_quote_is_cut_out_of_their_errors() {
        for (text, shown) in [
            ("unknown command 'FOO', with args: 'hush' 'x'", "unknown command …"),
            ("near 'it's hush' at line 1", "near … at line 1"),
            ("a lone ' hush", "a lone …"),
            ("no quotes\r\n", "no quotes  "),
        ] {
            assert_eq!(without_quotes(text), shown);
        }
    }
}
