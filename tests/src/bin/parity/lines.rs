//! Two texts, line by line.

/// Lines shown of either.
const SHOWN_MAX: usize = 12;

/// The lines of both that stand between their common beginning and end.
pub(crate) fn differing(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let begin = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let ends = old.iter().rev().zip(new.iter().rev());
    let most = old.len().min(new.len()) - begin;
    let end = ends.take_while(|(one, other)| one == other).count().min(most);
    let of = |sign: char, lines: &[&str]| -> Vec<String> {
        let lines = &lines[begin..lines.len() - end];
        lines.iter().take(SHOWN_MAX).map(|line| format!("{sign} {line}")).collect()
    };
    let place = format!("at line {}:", begin + 1);
    [vec![place], of('-', &old), of('+', &new)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown() {
        let lines = differing("a\nb\nc\nd", "a\nx\ny\nd");
        assert_eq!(lines, ["at line 2:", "- b", "- c", "+ x", "+ y"]);
        assert_eq!(differing("a\na", "a"), ["at line 2:", "- a"]);
    }
}
