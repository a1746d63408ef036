//! Members of JSON texts, masked in place.

use std::{borrow::Cow, ops::Range};

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use super::name::SecretNames;

/// Written in place of a secret value.
pub(super) const MASK: &str = "***";

/// The text with the values of members of these names masked, and with its strings as `string`
/// makes them; `None` if it is no JSON object or array. What is not masked stays byte for byte.
pub(super) fn mask(
    text: &str,
    names: &SecretNames,
    string: impl Fn(&str) -> Cow<'_, str>,
) -> Option<String> {
    let start = text.find(|c: char| !c.is_ascii_whitespace())?;
    if !text[start..].starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut walk = Walk { text, names, string: &string, changes: Vec::new() };
    walk.value(start);
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for (range, value) in walk.changes {
        masked.push_str(&text[at..range.start]);
        masked.push_str(&value);
        at = range.end;
    }
    masked.push_str(&text[at..]);
    Some(masked)
}

/// What stands between the brackets.
#[derive(Clone, Copy, PartialEq)]
enum Items {
    /// Of an object: names with values.
    Members,
    /// Of an array.
    Values,
}

/// A way through a JSON text that is known to be one, which bounds its depth too.
struct Walk<'a> {
    text: &'a str,
    names: &'a SecretNames,
    string: &'a dyn Fn(&str) -> Cow<'_, str>,
    /// What stands where instead, in order.
    changes: Vec<(Range<usize>, String)>,
}

impl Walk<'_> {
    /// Looks at the value that begins here; answers where it ends.
    fn value(&mut self, at: usize) -> usize {
        match self.text.as_bytes()[at] {
            b'{' => self.items(at, Items::Members),
            b'[' => self.items(at, Items::Values),
            b'"' => {
                let end = self.end(at);
                let text = self.text_at(at..end);
                if let Cow::Owned(masked) = (self.string)(&text)
                    && masked != text
                {
                    self.change(at..end, &masked);
                }
                end
            }
            _ => self.end(at),
        }
    }

    /// Looks at the members of an object, or the items of an array.
    fn items(&mut self, at: usize, items: Items) -> usize {
        let mut at = self.skip_blanks(at + 1);
        while !matches!(self.text.as_bytes()[at], b'}' | b']') {
            let mut is_masked = false;
            if items == Items::Members {
                let end = self.end(at);
                is_masked = self.names.fit(self.text_at(at..end).as_bytes());
                // Behind the colon.
                at = self.skip_blanks(self.skip_blanks(end) + 1);
            }
            at = if is_masked { self.mask(at) } else { self.value(at) };
            at = self.skip_blanks(at);
            if self.text.as_bytes()[at] == b',' {
                at = self.skip_blanks(at + 1);
            }
        }
        at + 1
    }

    /// Masks the value that begins here, unless there is nothing to hide.
    fn mask(&mut self, at: usize) -> usize {
        let end = self.end(at);
        if &self.text[at..end] != "null" {
            self.change(at..end, MASK);
        }
        end
    }

    fn change(&mut self, range: Range<usize>, text: &str) {
        let value = serde_json::to_string(text).expect("a text is JSON");
        self.changes.push((range, value));
    }

    /// Where the value that begins here ends.
    fn end(&self, at: usize) -> usize {
        let mut values = Deserializer::from_str(&self.text[at..]).into_iter::<IgnoredAny>();
        values.next().and_then(Result::ok).expect("the text is JSON");
        at + values.byte_offset()
    }

    fn text_at(&self, range: Range<usize>) -> String {
        serde_json::from_str(&self.text[range]).expect("the text is JSON")
    }

    fn skip_blanks(&self, at: usize) -> usize {
        let blanks = self.text.as_bytes()[at..].iter().take_while(|b| b.is_ascii_whitespace());
        at + blanks.count()
    }
}
