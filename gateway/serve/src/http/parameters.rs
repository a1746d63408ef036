//! The part of a path behind `?`.

use std::borrow::Cow;

/// Parameters in their order, decoded.
#[derive(Debug)]
pub(super) struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    /// Reads `name=value&…` with `%41` and `+` decoded, as HTTP forms are.
    pub(super) fn of(query: Option<&'a str>) -> Self {
        Self(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect())
    }

    /// A parameter; of duplicates the last one, as in a DSN; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        let last = self.0.iter().rev().find(|(known, _)| known.eq_ignore_ascii_case(name));
        last.map_or("", |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_the_last_duplicate_wins() {
        let parameters = Parameters::of(Some("topic=a&Group=g%2D1+x&topic=b=c&empty=&junk"));

        assert_eq!(parameters.get("topic"), "b=c");
        assert_eq!(parameters.get("group"), "g-1 x");
        assert_eq!((parameters.get("empty"), parameters.get("color")), ("", ""));
        assert_eq!(Parameters::of(None).get("topic"), "");
    }
}
