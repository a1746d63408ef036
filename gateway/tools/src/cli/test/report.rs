//! What became of conversations, as text for people and as JSON for programs.

use std::{collections::BTreeSet, path::PathBuf};

use console::Style;
use serde_json::{Value, json};
use similar::ChangeTag;

use crate::conversation::{
    compare::{DiffLine, Difference, DifferenceKind},
    suite::{TestOutcome, TestResult},
};

/// Colours of texts for a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    On,
    Off,
}

impl Colours {
    /// What the terminal and the environment ask for.
    pub(super) fn of_terminal() -> Self {
        if console::colors_enabled() { Self::On } else { Self::Off }
    }

    /// The text in this style, or as it is.
    pub(super) fn apply(self, style: &Style, text: &str) -> String {
        style.clone().force_styling(self == Self::On).apply_to(text).to_string()
    }
}

/// What happened to snapshots without a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unused {
    Kept,
    Removed,
}

/// How many of each kind there are.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) all: usize,
    pub(super) as_accepted: usize,
    pub(super) differ: usize,
    pub(super) new: usize,
    pub(super) failed: usize,
    /// Of those that differed or were new, how many are accepted now.
    pub(super) accepted: usize,
}

impl Summary {
    pub(super) fn of(results: &[TestResult], accepted: usize) -> Self {
        let mut summary = Self { all: results.len(), accepted, ..Self::default() };
        for result in results {
            match result.outcome {
                TestOutcome::AsAccepted => summary.as_accepted += 1,
                TestOutcome::Differs(_) => summary.differ += 1,
                TestOutcome::New => summary.new += 1,
                TestOutcome::Failed(_) => summary.failed += 1,
            }
        }
        summary
    }

    /// How many are not as accepted.
    pub(super) fn bad(&self) -> usize {
        self.all - self.as_accepted
    }

    /// `12 conversations: 10 as accepted, 1 differs, 1 new`.
    fn words(&self) -> String {
        let differ = if self.differ == 1 { "differs" } else { "differ" };
        let counts = [
            (self.as_accepted, "as accepted"),
            (self.differ, differ),
            (self.new, "new"),
            (self.failed, "could not be played"),
            (self.accepted, "accepted now"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts.map(|(count, what)| format!("{count} {what}")).collect();
        format!("{}: {}", conversations(self.all), counts.join(", "))
    }
}

/// So many conversations, in words.
pub(super) fn conversations(count: usize) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} conversation{s}")
}

/// For people: what is not as accepted, then a line about all.
pub(super) fn text(
    results: &[TestResult],
    unused: &BTreeSet<PathBuf>,
    summary: &Summary,
    unused_are: Unused,
    colours: Colours,
) -> String {
    let mut text: String = results.iter().map(|result| lines_of(result, colours)).collect();
    for path in unused {
        let what = match unused_are {
            Unused::Removed => "removed: its conversation was gone",
            Unused::Kept => "unused: its conversation is gone",
        };
        text.push_str(&format!("{}: {what}\n", path.display()));
    }
    if unused_are == Unused::Kept && !unused.is_empty() {
        text.push_str("  hint:  `--remove-unused` deletes such files\n");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&summary.words());
    text.push('\n');
    text
}

fn lines_of(result: &TestResult, colours: Colours) -> String {
    let file = result.file.display();
    let notes = result.notes.iter().map(|note| format!("{file}: note: {note}\n"));
    let outcome = match &result.outcome {
        TestOutcome::AsAccepted => String::new(),
        TestOutcome::New => format!("{file}: new: it has no snapshot yet\n"),
        TestOutcome::Failed(error) => {
            let why = format!("{error:#}").replace('\n', "\n  ");
            format!("{file}: could not be played\n  {why}\n")
        }
        TestOutcome::Differs(difference) => differing(&file.to_string(), difference, colours),
    };
    notes.chain([outcome]).collect()
}

/// `orders.resp:7: filter-json did something else`, and what.
fn differing(file: &str, difference: &Difference, colours: Colours) -> String {
    let Difference { line, said, kind, lines, more } = difference;
    let cause = cause(file, *line, &kind.describe());
    let mut text = format!("{}\n", colours.apply(&Style::new().bold(), &cause));
    // Otherwise it is among the lines that differ.
    if *kind != DifferenceKind::CallOutput {
        text.push_str(&format!("  {said}\n"));
    }
    for DiffLine { tag, text: line } in lines {
        let style = match tag {
            ChangeTag::Delete => Style::new().red(),
            ChangeTag::Insert => Style::new().green(),
            ChangeTag::Equal => Style::new(),
        };
        text.push_str(&format!("  {}\n", colours.apply(&style, &format!("{tag} {line}"))));
    }
    match more {
        0 => {}
        1 => text.push_str("  1 other line of the conversation differs too\n"),
        more => text.push_str(&format!("  {more} other lines of the conversation differ too\n")),
    }
    text
}

/// Where two texts part, in one line.
pub(super) fn cause(file: &str, line: usize, what: &str) -> String {
    format!("{file}:{line}: {what}")
}

/// For programs: one object a conversation, and one about all, a line each.
pub(super) fn json(
    results: &[TestResult],
    unused: &BTreeSet<PathBuf>,
    summary: &Summary,
) -> String {
    let unused: Vec<_> = unused.iter().map(|path| path.display().to_string()).collect();
    let all = json!({
        "conversations": summary.all,
        "as_accepted": summary.as_accepted,
        "differ": summary.differ,
        "new": summary.new,
        "failed": summary.failed,
        "accepted_now": summary.accepted,
        "unused": unused,
    });
    let lines = results.iter().map(object).chain([all]);
    lines.fold(String::new(), |text, value| text + &value.to_string() + "\n")
}

fn object(result: &TestResult) -> Value {
    let file = result.file.display().to_string();
    match &result.outcome {
        TestOutcome::AsAccepted => json!({ "conversation": file, "outcome": "as-accepted" }),
        TestOutcome::New => json!({ "conversation": file, "outcome": "new" }),
        TestOutcome::Failed(error) => {
            json!({ "conversation": file, "outcome": "failed", "error": format!("{error:#}") })
        }
        TestOutcome::Differs(Difference { line, said, kind, lines, more }) => {
            let diff: Vec<_> =
                lines.iter().map(|line| format!("{} {}", line.tag, line.text)).collect();
            json!({
                "conversation": file,
                "outcome": "differs",
                "line": line,
                "said": said,
                "what": kind.describe(),
                "plugin": kind.plugin(),
                "diff": diff,
                "more": more,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn results() -> Vec<TestResult> {
        let line = |tag, text: &str| DiffLine { tag, text: text.to_owned() };
        let difference = Difference {
            line: 7,
            said: "client> XADD orders * a b".into(),
            kind: DifferenceKind::Did("filter-json".into()),
            lines: vec![
                line(ChangeTag::Equal, "publish orders"),
                line(ChangeTag::Delete, "  filter-json filter.on-produce forward"),
                line(ChangeTag::Insert, "  filter-json filter.on-produce drop"),
            ],
            more: 2,
        };
        let outcomes = [
            ("a.resp", TestOutcome::AsAccepted),
            ("b.resp", TestOutcome::Differs(difference)),
            ("c.resp", TestOutcome::New),
            ("d.resp", TestOutcome::Failed(anyhow::anyhow!("d.resp:1: no\n  hint:  yes"))),
        ];
        let result = |(file, outcome): (&str, TestOutcome)| TestResult {
            file: file.into(),
            outcome,
            accepted: None,
            text: String::new(),
            notes: Vec::new(),
            took: Duration::ZERO,
        };
        outcomes.into_iter().map(result).collect()
    }

    #[test]
    fn the_text_names_what_is_not_as_accepted() {
        let results = results();
        let unused = BTreeSet::from([PathBuf::from("e.snap")]);
        let text = text(&results, &unused, &Summary::of(&results, 0), Unused::Kept, Colours::Off);
        let wanted = "\
b.resp:7: filter-json did something else
  client> XADD orders * a b
    publish orders
  -   filter-json filter.on-produce forward
  +   filter-json filter.on-produce drop
  2 other lines of the conversation differ too
c.resp: new: it has no snapshot yet
d.resp: could not be played
  d.resp:1: no
    hint:  yes
e.snap: unused: its conversation is gone
  hint:  `--remove-unused` deletes such files

4 conversations: 1 as accepted, 1 differs, 1 new, 1 could not be played
";
        assert_eq!(text, wanted);
    }

    #[test]
    fn programs_get_an_object_a_line() {
        let results = results();
        let text = json(&results, &BTreeSet::new(), &Summary::of(&results, 0));
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[1]["plugin"], "filter-json");
        assert_eq!(lines[1]["diff"][1], "-   filter-json filter.on-produce forward");
        assert_eq!(lines[4]["failed"], 1);
    }

    #[test]
    fn a_summary_leaves_out_what_there_is_none_of() {
        let summary = Summary { all: 1, as_accepted: 1, ..Summary::default() };
        assert_eq!(summary.words(), "1 conversation: 1 as accepted");
    }
}
