//! The differences of two snapshots, as rows.

use similar::{ChangeTag, DiffOp, TextDiff};

/// Lines that are shown before and after a difference.
const CONTEXT: usize = 3;

/// One row of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// A line of one text or of both; lines are counted from 1.
    Line { tag: ChangeTag, old: Option<usize>, new: Option<usize>, text: String },
    /// Lines that are in both and not shown.
    Gap {
        lines: usize,
        /// The conversation line that what follows belongs to, if it is not shown itself.
        within: Option<String>,
    },
}

/// How much of the two texts is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Extent {
    /// Differences, and some lines around each.
    #[default]
    Differences,
    /// All lines.
    WholeFile,
}

/// The rows of two texts; `old` is missing for a new snapshot.
pub(super) fn rows(old: Option<&str>, new: &str, extent: Extent) -> Vec<Row> {
    let old = old.unwrap_or_default();
    let diff = TextDiff::from_lines(old, new);
    let groups = match extent {
        Extent::WholeFile => vec![diff.ops().to_vec()],
        Extent::Differences => diff.grouped_ops(CONTEXT),
    };
    let new_lines: Vec<&str> = new.lines().collect();
    let mut rows = Vec::new();
    let mut next = 0; // line of the new text, from 0
    for group in groups {
        let Some(first) = group.first() else { continue };
        let start = first.new_range().start;
        gap(&mut rows, &new_lines, next..start);
        next = group.last().map_or(start, |last| last.new_range().end);
        rows.extend(group.iter().flat_map(|op| lines(&diff, op)));
    }
    if !rows.is_empty() {
        gap(&mut rows, &new_lines, next..new_lines.len());
    }
    rows
}

fn lines(diff: &TextDiff<'_, '_, str>, op: &DiffOp) -> Vec<Row> {
    let changes = diff.iter_changes(op);
    changes
        .map(|change| {
            let number = |index: Option<usize>| index.map(|index| index + 1);
            let (old, new) = (number(change.old_index()), number(change.new_index()));
            let text = change.value().trim_end_matches('\n').to_owned();
            Row::Line { tag: change.tag(), old, new, text }
        })
        .collect()
}

/// Puts a gap where lines are left out; where more follows, with what it belongs to.
fn gap(rows: &mut Vec<Row>, new: &[&str], left_out: std::ops::Range<usize>) {
    if left_out.is_empty() {
        return;
    }
    let is_typed = |line: &&str| !line.is_empty() && !line.starts_with(' ');
    let follows = new.get(left_out.end);
    let within = match follows {
        Some(next) if !is_typed(next) => new[..left_out.end].iter().rfind(|line| is_typed(line)),
        _ => None,
    };
    let within = within.map(|&line| line.to_owned());
    rows.push(Row::Gap { lines: left_out.len(), within });
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "client> PING\n  < PONG\nclient> XADD\n  a\n  b\n  c\n  d\n  e\n  f\n";

    fn shown(rows: &[Row]) -> Vec<String> {
        let one = |row: &Row| match row {
            Row::Line { tag: ChangeTag::Equal, text, .. } => format!(" {text}"),
            Row::Line { tag: ChangeTag::Delete, text, .. } => format!("-{text}"),
            Row::Line { tag: ChangeTag::Insert, text, .. } => format!("+{text}"),
            Row::Gap { lines, within: None } => format!("{lines} more"),
            Row::Gap { lines, within: Some(line) } => format!("{lines} more, in {line}"),
        };
        rows.iter().map(one).collect()
    }

    #[test]
    fn a_difference_has_three_lines_around_it_and_says_where_it_is() {
        let new = OLD.replace("  e\n", "  E\n");
        let rows = rows(Some(OLD), &new, Extent::Differences);
        let wanted = ["4 more, in client> XADD", "   b", "   c", "   d", "-  e", "+  E", "   f"];
        assert_eq!(shown(&rows), wanted);
    }

    #[test]
    fn lines_have_the_numbers_of_both_texts() {
        let new = OLD.replace("  a\n", "");
        let rows = rows(Some(OLD), &new, Extent::WholeFile);
        let gone =
            Row::Line { tag: ChangeTag::Delete, old: Some(4), new: None, text: "  a".into() };
        let after =
            Row::Line { tag: ChangeTag::Equal, old: Some(5), new: Some(4), text: "  b".into() };
        assert_eq!(rows[3..5], [gone, after]);
    }

    #[test]
    fn the_whole_text_leaves_nothing_out() {
        let new = OLD.replace("  e\n", "  E\n");
        assert_eq!(rows(Some(OLD), &new, Extent::WholeFile).len(), OLD.lines().count() + 1);
    }

    #[test]
    fn a_new_snapshot_is_all_new() {
        assert_eq!(shown(&rows(None, "a\nb\n", Extent::Differences)), ["+a", "+b"]);
    }

    #[test]
    fn equal_texts_have_no_rows_but_can_be_looked_at() {
        assert_eq!(rows(Some(OLD), OLD, Extent::Differences), []);
        assert_eq!(rows(Some(OLD), OLD, Extent::WholeFile).len(), OLD.lines().count());
    }

    #[test]
    fn lines_between_two_differences_are_counted() {
        let old = (0..20).map(|line| format!("{line}\n")).collect::<Vec<_>>().concat();
        let new = old.replace("0\n", "zero\n").replace("19\n", "nineteen\n");
        let shown = shown(&rows(Some(&old), &new, Extent::Differences));
        assert!(shown.iter().any(|row| row.ends_with(" more")), "{shown:?}");
    }
}
