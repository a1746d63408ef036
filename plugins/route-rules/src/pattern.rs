//! Patterns in which `*` stands for any characters.

/// A pattern, cut at its stars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    pieces: Vec<String>,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self { pieces: text.split('*').map(str::to_owned).collect() }
    }

    /// How many stars it has.
    pub(crate) fn stars(&self) -> usize {
        self.pieces.len() - 1
    }

    /// What each star stands for, as short as it can be but for the last; `None` if the pattern
    /// does not match the whole of `text`.
    pub(crate) fn captures<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, others) = self.pieces.split_first()?;
        let mut rest = text.strip_prefix(first.as_str())?;
        let Some((last, middle)) = others.split_last() else {
            return rest.is_empty().then(Vec::new);
        };
        let mut captures = Vec::with_capacity(others.len());
        for piece in middle {
            let (starred, behind) = rest.split_once(piece.as_str())?;
            captures.push(starred);
            rest = behind;
        }
        captures.push(rest.strip_suffix(last.as_str())?);
        Some(captures)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn stars_capture() {
        let captures = |pattern, text| Pattern::new(pattern).captures(text);
        assert_eq!(captures("orders.*", "orders.eu.1"), Some(vec!["eu.1"]));
        assert_eq!(captures("*.*.x", "a.b.c.x"), Some(vec!["a", "b.c"]));
        assert_eq!(captures("*", ""), Some(vec![""]));
        assert_eq!(captures("a", "a"), Some(vec![]));
        for (pattern, text) in [("a", "ab"), ("a*a", "a"), ("*.x", "x"), ("a*b*c", "abd")] {
            assert_eq!(captures(pattern, text), None, "{pattern} {text}");
        }
    }
}
