//! What became of conversations, as text for people and as JSON for programs.

use std::{collections::BTreeSet, path::PathBuf};

use console::Style;
use serde_json::{Value, json};

use crate::conversation::{
    compare::{Difference, What},
    suite::{Outcome, Verdict},
};

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
    pub(super) fn of(verdicts: &[Verdict], accepted: usize) -> Self {
        let mut summary = Self { all: verdicts.len(), accepted, ..Self::default() };
        for verdict in verdicts {
            match verdict.outcome {
                Outcome::AsAccepted => summary.as_accepted += 1,
                Outcome::Differs(_) => summary.differ += 1,
                Outcome::New => summary.new += 1,
                Outcome::Failed(_) => summary.failed += 1,
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
    verdicts: &[Verdict],
    unused: &BTreeSet<PathBuf>,
    summary: &Summary,
    removed: bool,
    colours: bool,
) -> String {
    let mut text: String = verdicts.iter().map(|verdict| told(verdict, colours)).collect();
    for path in unused {
        let what = if removed {
            "removed: its conversation was gone"
        } else {
            "unused: its conversation is gone"
        };
        text.push_str(&format!("{}: {what}\n", path.display()));
    }
    if !removed && !unused.is_empty() {
        text.push_str("  hint:  `--remove-unused` deletes such files\n");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&summary.words());
    text.push('\n');
    text
}

fn told(verdict: &Verdict, colours: bool) -> String {
    let file = verdict.file.display();
    let notes = verdict.notes.iter().map(|note| format!("{file}: note: {note}\n"));
    let outcome = match &verdict.outcome {
        Outcome::AsAccepted => String::new(),
        Outcome::New => format!("{file}: new: it has no snapshot yet\n"),
        Outcome::Failed(error) => {
            let why = format!("{error:#}").replace('\n', "\n  ");
            format!("{file}: could not be played\n  {why}\n")
        }
        Outcome::Differs(difference) => differing(&file.to_string(), difference, colours),
    };
    notes.chain([outcome]).collect()
}

/// `orders.resp:7: filter-json did something else`, and what.
fn differing(file: &str, difference: &Difference, colours: bool) -> String {
    let Difference { line, said, what, lines, more } = difference;
    let bold = Style::new().bold().force_styling(colours);
    let cause = cause(file, *line, &what.words());
    let mut text = format!("{}\n", bold.apply_to(cause));
    // Otherwise it is among the lines that differ.
    if *what != What::Said {
        text.push_str(&format!("  {said}\n"));
    }
    for (sign, line) in lines {
        let colour = match sign {
            '-' => Style::new().red(),
            '+' => Style::new().green(),
            _ => Style::new(),
        };
        let colour = colour.force_styling(colours);
        text.push_str(&format!("  {}\n", colour.apply_to(format!("{sign} {line}"))));
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
pub(super) fn json(verdicts: &[Verdict], unused: &BTreeSet<PathBuf>, summary: &Summary) -> String {
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
    let lines = verdicts.iter().map(object).chain([all]);
    lines.fold(String::new(), |text, value| text + &value.to_string() + "\n")
}

fn object(verdict: &Verdict) -> Value {
    let file = verdict.file.display().to_string();
    match &verdict.outcome {
        Outcome::AsAccepted => json!({ "conversation": file, "outcome": "as-accepted" }),
        Outcome::New => json!({ "conversation": file, "outcome": "new" }),
        Outcome::Failed(error) => {
            json!({ "conversation": file, "outcome": "failed", "error": format!("{error:#}") })
        }
        Outcome::Differs(Difference { line, said, what, lines, more }) => {
            let diff: Vec<_> = lines.iter().map(|(sign, text)| format!("{sign} {text}")).collect();
            json!({
                "conversation": file,
                "outcome": "differs",
                "line": line,
                "said": said,
                "what": what.words(),
                "plugin": what.plugin(),
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

    fn verdicts() -> Vec<Verdict> {
        let difference = Difference {
            line: 7,
            said: "client> XADD orders * a b".into(),
            what: What::Did("filter-json".into()),
            lines: vec![
                (' ', "publish orders".into()),
                ('-', "  filter-json filter.on-produce forward".into()),
                ('+', "  filter-json filter.on-produce drop".into()),
            ],
            more: 2,
        };
        let outcomes = [
            ("a.resp", Outcome::AsAccepted),
            ("b.resp", Outcome::Differs(difference)),
            ("c.resp", Outcome::New),
            ("d.resp", Outcome::Failed(anyhow::anyhow!("d.resp:1: no\n  hint:  yes"))),
        ];
        let verdict = |(file, outcome): (&str, Outcome)| Verdict {
            file: file.into(),
            outcome,
            accepted: None,
            text: String::new(),
            notes: Vec::new(),
            took: Duration::ZERO,
        };
        outcomes.into_iter().map(verdict).collect()
    }

    #[test]
    fn people_are_told_what_is_not_as_accepted() {
        let verdicts = verdicts();
        let unused = BTreeSet::from([PathBuf::from("e.snap")]);
        let text = text(&verdicts, &unused, &Summary::of(&verdicts, 0), false, false);
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
        let verdicts = verdicts();
        let text = json(&verdicts, &BTreeSet::new(), &Summary::of(&verdicts, 0));
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
