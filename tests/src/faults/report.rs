//! The table at the end of a run.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    time::Duration,
};

use super::{
    check::{self, Evidence},
    history::{Answer, Attempt},
};

/// What is counted of a run beside its evidence.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Faults by kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// Answers to Produce that the proxies saw, and that they treated.
    pub answers: (u64, u64),
    /// Refused commands of consumers, in words, with their number.
    pub troubles: BTreeMap<String, u64>,
    /// The longest answer to each of the consumers' commands.
    pub longest: BTreeMap<&'static str, Duration>,
}

/// A run in numbers.
#[derive(Debug)]
pub struct Report<'r> {
    /// What happened.
    pub evidence: &'r Evidence,
    /// What was counted beside it.
    pub counts: &'r Counts,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Evidence { messages, records, groups, hiccup, .. } = self.evidence;
        let acknowledged = messages.iter().filter(|m| m.is_acknowledged()).count();
        let sendings: usize = messages.iter().map(|m| m.attempts.len()).sum();
        row(f, "messages", messages.len())?;
        row(f, "acknowledged", acknowledged)?;
        row(f, "sendings", sendings)?;
        row(f, "records in Kafka", records.len())?;
        self.answers(f)?;
        row(f, "faults", self.counts.faults.values().sum::<u64>())?;
        for (kind, count) in &self.counts.faults {
            row(f, &format!("  {kind}"), count)?;
        }
        let (seen, treated) = self.counts.answers;
        row(f, "answers to Produce through proxies", format!("{seen}, {treated} treated"))?;
        let publish = messages.iter().flat_map(|m| &m.attempts).map(Attempt::took).max();
        row(f, "longest answer to a publish", seconds(publish.unwrap_or_default()))?;
        for (command, longest) in &self.counts.longest {
            row(f, &format!("longest answer to {command}"), seconds(*longest))?;
        }
        for group in groups {
            let repeats = group.deliveries.len().saturating_sub(records.len());
            let what = format!(
                "{} deliveries, {repeats} repeats, {} commits, {} sessions",
                group.deliveries.len(),
                group.commits.len(),
                group.sessions.len()
            );
            row(f, &format!("group `{}`", group.name), what)?;
        }
        for (trouble, count) in &self.counts.troubles {
            row(f, &format!("  {count} times"), trouble)?;
        }
        row(f, "longest pause of a writer", seconds(check::longest_stall(messages)))?;
        row(f, "longest hiccup of this program", seconds(*hiccup))
    }
}

impl Report<'_> {
    /// Answers to writers by class, and the errors' words.
    fn answers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut classes: BTreeMap<&str, (u64, BTreeMap<&str, u64>)> = BTreeMap::new();
        for attempt in self.evidence.messages.iter().flat_map(|m| &m.attempts) {
            let (class, words) = match &attempt.answer {
                Answer::Stored(_) => ("stored", ""),
                Answer::NotStored(text) => ("not stored", &**text),
                Answer::Unknown(text) => ("unknown", &**text),
                Answer::Lost => ("connection lost", ""),
                Answer::Silent => ("silence", ""),
            };
            let (count, texts) = classes.entry(class).or_default();
            *count += 1;
            if !words.is_empty() {
                *texts.entry(words).or_default() += 1;
            }
        }
        for (class, (count, texts)) in &classes {
            row(f, &format!("  answered: {class}"), count)?;
            for (text, count) in texts {
                row(f, &format!("    {count} times"), text)?;
            }
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, value: impl fmt::Display) -> fmt::Result {
    let mut line = String::new();
    write!(line, "{name:<38} {value}")?;
    writeln!(f, "{line}")
}

fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}
