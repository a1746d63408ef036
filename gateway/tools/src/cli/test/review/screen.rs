//! One snapshot as a page of the terminal: what it is, what differs, what the keys do.

use std::path::{Path, PathBuf};

use console::Style;

use super::{
    Pending, Reviewed,
    decide::Review,
    diff::{self, Kind, Row},
    wrap::{end_of, printable, wrapped},
};

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
pub(super) fn page(review: &mut Review, size: Size, is_coloured: bool) -> String {
    let Some((number, pending)) = review.current() else { return String::new() };
    let paint = Paint { is_coloured };
    let position = format!("{number}/{}", review.count());
    let mut rows = head(pending, &position, size.width, paint);
    let body = if review.view.is_help {
        HELP.iter().flat_map(|line| wrapped(line, size.width)).collect()
    } else {
        body(pending, review.view.is_whole, size.width, paint)
    };
    let room = size.height.saturating_sub(rows.len() + 2).max(ROOM_MIN);
    let shown = review.view.shown(body.len(), room);
    let place = if body.len() > room {
        format!("rows {} to {} of {} ", shown.start + 1, shown.end, body.len())
    } else {
        String::new()
    };
    rows.extend_from_slice(&body[shown]);
    rows.push(paint.rule(&place, size.width));
    let keys = if KEYS.len() < size.width { KEYS } else { KEYS_SHORT };
    rows.push(end_of(keys, size.width));
    // No line break after the last row: it would push the first one out.
    rows.join("\n")
}

/// What was done, after the last decision.
pub(super) fn summary(reviewed: &Reviewed, is_coloured: bool) -> String {
    let paint = Paint { is_coloured };
    let Reviewed { accepted, rejected, skipped } = reviewed;
    let mut text = format!(
        "{} accepted, {} rejected, {} skipped\n",
        accepted.len(),
        rejected.len(),
        skipped.len()
    );
    let mut list = |style: Style, word: &str, paths: &[PathBuf]| {
        for path in paths {
            let word = paint.with(&style, &format!("{word:<8}"));
            text.push_str(&format!("  {word}  {}\n", name(path)));
        }
    };
    list(Style::new().green(), "accepted", accepted);
    list(Style::new().red(), "rejected", rejected);
    list(Style::new().yellow(), "skipped", skipped);
    text
}

fn head(pending: &Pending, position: &str, width: usize, paint: Paint) -> Vec<String> {
    let new = if pending.old.is_none() { "  new" } else { "" };
    let taken = position.len() + 2 + new.len();
    let path = end_of(&name(&pending.snapshot), width.saturating_sub(taken));
    let path = paint.with(&Style::new().bold(), &path);
    let title = format!("{position}  {path}{}", paint.with(&Style::new().yellow(), new));
    let mut rows = vec![title];
    for line in pending.cause.lines() {
        rows.extend(wrapped(&printable(line), width));
    }
    rows.push(paint.rule("", width));
    rows
}

fn body(pending: &Pending, is_whole: bool, width: usize, paint: Paint) -> Vec<String> {
    let rows = diff::rows(pending.old.as_deref(), &pending.new, is_whole);
    if rows.is_empty() {
        return wrapped("Not a line differs; only the head of the file does.", width);
    }
    let gutter = Gutter::of(&rows, width);
    rows.iter().flat_map(|row| shown(row, &gutter, width, paint)).collect()
}

fn shown(row: &Row, gutter: &Gutter, width: usize, paint: Paint) -> Vec<String> {
    let (kind, first, text) = match row {
        Row::Line { kind, old, new, text } => (Some(*kind), gutter.line(*kind, *old, *new), text),
        Row::Gap { lines, within } => {
            let lines = if *lines == 1 { "1 line".into() } else { format!("{lines} lines") };
            let within = within.iter().map(|line| format!(", in {}", printable(line)));
            let text = format!("… {lines}{}", within.collect::<String>());
            (None, gutter.blank(), &text.clone())
        }
    };
    let pieces = wrapped(&printable(text), width.saturating_sub(gutter.width));
    let starts = std::iter::once(first).chain(std::iter::repeat(gutter.blank()));
    let painted = |(start, piece): (String, String)| paint.row(kind, &format!("{start}{piece}"));
    starts.zip(pieces).map(painted).collect()
}

/// What stands before each line: its numbers, and whose it is.
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

    fn line(&self, kind: Kind, old: Option<usize>, new: Option<usize>) -> String {
        let sign = match kind {
            Kind::Both => ' ',
            Kind::OnlyOld => '-',
            Kind::OnlyNew => '+',
        };
        if self.digits == 0 {
            return format!("{sign} ");
        }
        let number = |number: Option<usize>| number.map_or(String::new(), |n| n.to_string());
        let digits = self.digits;
        format!("{:>digits$} {:>digits$} │ {sign} ", number(old), number(new))
    }

    fn blank(&self) -> String {
        self.line(Kind::Both, None, None)
    }
}

/// Colours, or none of them: the signs before the lines say the same.
#[derive(Clone, Copy, Debug)]
struct Paint {
    is_coloured: bool,
}

impl Paint {
    fn with(self, style: &Style, text: &str) -> String {
        style.clone().force_styling(self.is_coloured).apply_to(text).to_string()
    }

    fn row(self, kind: Option<Kind>, text: &str) -> String {
        let style = match kind {
            Some(Kind::Both) => return text.to_owned(),
            Some(Kind::OnlyOld) => Style::new().red(),
            Some(Kind::OnlyNew) => Style::new().green(),
            None => Style::new().cyan(),
        };
        self.with(&style, text)
    }

    /// A line across the terminal, with words in it.
    fn rule(self, words: &str, width: usize) -> String {
        let words = if words.is_empty() { String::new() } else { format!("── {words}") };
        let rest = width.saturating_sub(words.chars().count());
        self.with(&Style::new().dim(), &format!("{words}{}", "─".repeat(rest)))
    }
}

fn name(path: &Path) -> String {
    printable(&path.display().to_string())
}

#[cfg(test)]
mod tests;
