//! One snapshot as a page of the terminal: what it is, what differs, what the keys do.

use std::path::{Path, PathBuf};

use console::Style;
use similar::ChangeTag;

use super::{
    decide::Review,
    diff::{self, Extent, Row},
    pending::{Pending, Reviewed},
    wrap::{end_of, printable, wrapped},
};
use crate::cli::test::report::Colours;

/// Columns and rows of the terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Below this width the numbers of lines are left out.
const NUMBERED_WIDTH_MIN: usize = 60;

/// Rows of a difference that are shown however low the terminal is.
const ROOM_MIN: usize = 3;

const KEYS: &str = "a accept  r reject  s skip  A R S all that remain  d whole file  ? help";

const KEYS_SHORT: &str = "a r s one  A R S all  d file  ? help";

const HELP: &[&str] = &[
    "a    accept: what is shown as + is right from now on",
    "r    reject: the pending snapshot goes, the accepted one stays",
    "s    skip: decide later; both stay",
    "",
    "A    accept this one and all that remain",
    "R    reject this one and all that remain",
    "S q  skip this one and all that remain",
    "",
    "d    show the whole file, or only what differs",
    "↓ ↑  a line; space and b, or the page keys, a page; g and G to either end",
    "",
    "Ctrl-C ends the review; what is decided by then is done, the rest stays as it is.",
    "Any key goes back.",
];

/// The snapshot in question as text for a cleared terminal.
pub(super) fn page(review: &mut Review, size: Size, colours: Colours) -> String {
    let Some((number, pending)) = review.current() else { return String::new() };
    let position = format!("{number}/{}", review.count());
    let mut rows = head(pending, &position, size.width, colours);
    let body = if review.view.is_help {
        HELP.iter().flat_map(|line| wrapped(line, size.width)).collect()
    } else {
        body(pending, review.view.extent, size.width, colours)
    };
    let room = size.height.saturating_sub(rows.len() + 2).max(ROOM_MIN);
    let shown = review.view.shown(body.len(), room);
    let place = if body.len() > room {
        format!("rows {} to {} of {} ", shown.start + 1, shown.end, body.len())
    } else {
        String::new()
    };
    rows.extend_from_slice(&body[shown]);
    rows.push(rule(colours, &place, size.width));
    let keys = if KEYS.len() < size.width { KEYS } else { KEYS_SHORT };
    rows.push(end_of(keys, size.width));
    // No line break after the last row: it would push the first one out.
    rows.join("\n")
}

/// What was done, after the last decision.
pub(super) fn summary(reviewed: &Reviewed, colours: Colours) -> String {
    let Reviewed { accepted, rejected, skipped } = reviewed;
    let mut text = format!(
        "{} accepted, {} rejected, {} skipped\n",
        accepted.len(),
        rejected.len(),
        skipped.len()
    );
    let mut list = |style: Style, word: &str, paths: &[PathBuf]| {
        for path in paths {
            let word = colours.apply(&style, &format!("{word:<8}"));
            text.push_str(&format!("  {word}  {}\n", name(path)));
        }
    };
    list(Style::new().green(), "accepted", accepted);
    list(Style::new().red(), "rejected", rejected);
    list(Style::new().yellow(), "skipped", skipped);
    text
}

fn head(pending: &Pending, position: &str, width: usize, colours: Colours) -> Vec<String> {
    let new = if pending.old.is_none() { "  new" } else { "" };
    let taken = position.len() + 2 + new.len();
    let path = end_of(&name(&pending.snapshot), width.saturating_sub(taken));
    let path = colours.apply(&Style::new().bold(), &path);
    let title = format!("{position}  {path}{}", colours.apply(&Style::new().yellow(), new));
    let mut rows = vec![title];
    for line in pending.cause.lines() {
        rows.extend(wrapped(&printable(line), width));
    }
    rows.push(rule(colours, "", width));
    rows
}

fn body(pending: &Pending, extent: Extent, width: usize, colours: Colours) -> Vec<String> {
    let rows = diff::rows(pending.old.as_deref(), &pending.new, extent);
    if rows.is_empty() {
        return wrapped("Not a line differs; only the head of the file does.", width);
    }
    let gutter = Gutter::of(&rows, width);
    rows.iter().flat_map(|row| shown(row, &gutter, width, colours)).collect()
}

fn shown(row: &Row, gutter: &Gutter, width: usize, colours: Colours) -> Vec<String> {
    let (tag, first, text) = match row {
        Row::Line { tag, old, new, text } => (Some(*tag), gutter.line(*tag, *old, *new), text),
        Row::Gap { lines, within } => {
            let lines = if *lines == 1 { "1 line".into() } else { format!("{lines} lines") };
            let within = within.iter().map(|line| format!(", in {}", printable(line)));
            let text = format!("… {lines}{}", within.collect::<String>());
            (None, gutter.blank(), &text.clone())
        }
    };
    let pieces = wrapped(&printable(text), width.saturating_sub(gutter.width));
    let starts = std::iter::once(first).chain(std::iter::repeat(gutter.blank()));
    let painted =
        |(start, piece): (String, String)| coloured(colours, tag, &format!("{start}{piece}"));
    starts.zip(pieces).map(painted).collect()
}

/// The part of a row before its text: the line's numbers and its sign.
struct Gutter {
    /// Columns of one number; 0 where numbers are left out.
    digits: usize,
    width: usize,
}

impl Gutter {
    fn of(rows: &[Row], width: usize) -> Self {
        if width < NUMBERED_WIDTH_MIN {
            return Self { digits: 0, width: 2 };
        }
        let number = |row: &Row| match row {
            Row::Line { old, new, .. } => (*old).max(*new),
            Row::Gap { .. } => None,
        };
        let last = rows.iter().filter_map(number).max().unwrap_or(0);
        let digits = last.to_string().len().max(2);
        Self { digits, width: 2 * digits + 6 }
    }

    fn line(&self, sign: ChangeTag, old: Option<usize>, new: Option<usize>) -> String {
        if self.digits == 0 {
            return format!("{sign} ");
        }
        let number = |number: Option<usize>| number.map_or(String::new(), |n| n.to_string());
        let digits = self.digits;
        format!("{:>digits$} {:>digits$} │ {sign} ", number(old), number(new))
    }

    fn blank(&self) -> String {
        self.line(ChangeTag::Equal, None, None)
    }
}

/// A row in the colour of its side; a gap has none.
fn coloured(colours: Colours, tag: Option<ChangeTag>, text: &str) -> String {
    let style = match tag {
        Some(ChangeTag::Equal) => return text.to_owned(),
        Some(ChangeTag::Delete) => Style::new().red(),
        Some(ChangeTag::Insert) => Style::new().green(),
        None => Style::new().cyan(),
    };
    colours.apply(&style, text)
}

/// A line across the terminal, with words in it.
fn rule(colours: Colours, words: &str, width: usize) -> String {
    let words = if words.is_empty() { String::new() } else { format!("── {words}") };
    let rest = width.saturating_sub(words.chars().count());
    colours.apply(&Style::new().dim(), &format!("{words}{}", "─".repeat(rest)))
}

fn name(path: &Path) -> String {
    printable(&path.display().to_string())
}

#[cfg(test)]
mod tests;
