//! Two texts, line by line.

/// Lines shown of either.
const SHOWN_MAX: usize = 12;
/// Characters shown of a line, and of those that stand before the first that differs.
const LINE_MAX: usize = 300;
const BEFORE_MAX: usize = 60;

/// The lines of both that stand between their common beginning and end.
pub(crate) fn differing(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let begin = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let ends = old.iter().rev().zip(new.iter().rev());
    let most = old.len().min(new.len()) - begin;
    let end = ends.take_while(|(one, other)| one == other).count().min(most);
    let is_pair = begin < old.len() && begin < new.len();
    let same = if is_pair { common(old[begin], new[begin]) } else { 0 };
    let of = |sign: char, lines: &[&str]| -> Vec<String> {
        let lines = &lines[begin..lines.len() - end];
        let shown = lines.iter().take(SHOWN_MAX).enumerate();
        let from = |nth: usize| if nth == 0 { same.saturating_sub(BEFORE_MAX) } else { 0 };
        shown.map(|(nth, line)| format!("{sign} {}", excerpt(line, from(nth)))).collect()
    };
    let place = format!("at line {}:", begin + 1);
    [vec![place], of('-', &old), of('+', &new)].concat()
}

/// Characters that begin both lines.
fn common(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count()
}

/// A line, or of a long one what stands around this character.
fn excerpt(line: &str, from: usize) -> String {
    if line.chars().count() <= LINE_MAX {
        return line.to_owned();
    }
    let part: String = line.chars().skip(from).take(LINE_MAX).collect();
    format!("…{part}…")
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

    #[test]
    fn of_long_lines_the_difference_is_shown() {
        let long = |end| format!("{}{end}", "x".repeat(5_000));
        let lines = differing(&long("old"), &long("new"));
        assert!(lines[1].ends_with("xold…") && lines[2].ends_with("xnew…"), "{lines:?}");
        assert!(lines[1].len() < 100, "{}", lines[1]);
    }
}
