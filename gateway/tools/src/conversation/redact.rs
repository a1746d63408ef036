//! What varies from run to run is taken out of snapshots: times, ports, figures about the process.
//!
//! Whatever brokers and clocks a conversation is played with, the same plugins give the same text.
//! A time or port that the conversation itself names is kept: it is data, and a plugin that changes
//! it is to be seen.

use std::{ops::RangeInclusive, sync::LazyLock, time::Duration};

use regex::{Captures, Regex};

mod moment;

#[cfg(test)]
mod tests;

/// What stands in the place of a time.
const TIME: &str = "[TIME]";
/// Seconds before and after the conversation in which a time counts as its own: clocks differ.
const AROUND_MS: u64 = 10 * 60 * 1_000;

/// Text that varies, and what stands in its place.
#[derive(Clone, Debug)]
pub struct Redaction {
    /// Only below lines with this command, in whatever case.
    pub command: Option<String>,
    /// What to look for.
    pub pattern: Regex,
    /// What stands in its place; `$1` is the first group.
    pub with: String,
}

/// Takes out what varies; one for each conversation.
#[derive(Debug)]
pub struct Redactor<'a> {
    /// The folder's own rules.
    rules: &'a [Redaction],
    /// The conversation as it is typed.
    said: &'a str,
    /// Milliseconds since 1970 that are the conversation's own time, on each of its clocks.
    times: Vec<RangeInclusive<u64>>,
}

impl<'a> Redactor<'a> {
    /// For a conversation of the text `said`, which began at one of `starts` (milliseconds since
    /// 1970: the wall clock, and the one under control) and took `length`.
    pub fn new(rules: &'a [Redaction], said: &'a str, starts: &[u64], length: Duration) -> Self {
        let length = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        let stretch = |&start: &u64| {
            let end = start.saturating_add(length).saturating_add(AROUND_MS);
            start.saturating_sub(AROUND_MS)..=end
        };
        Self { rules, said, times: starts.iter().map(stretch).collect() }
    }

    /// `line`, which stands below a line with `command`, without what varies.
    pub fn line(&self, command: &str, line: &str) -> String {
        let line = self.times(line);
        let line = replace(&line, &PORT, |found| {
            let is_said = self.said.contains(&found[0]);
            (!is_said).then(|| format!("{}[PORT]", &found[1]))
        });
        let defaults = DEFAULTS.iter().filter(|(name, ..)| name.eq_ignore_ascii_case(command));
        let line = defaults
            .fold(line, |line, (_, pattern, with)| pattern.replace_all(&line, *with).into_owned());
        let is_meant = |rule: &&Redaction| {
            rule.command.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(command))
        };
        self.rules
            .iter()
            .filter(is_meant)
            .fold(line, |line, rule| rule.pattern.replace_all(&line, &rule.with).into_owned())
    }

    fn times(&self, line: &str) -> String {
        let own = |found: &Captures<'_>, moment: Option<RangeInclusive<u64>>| {
            let is_own = moment.is_some_and(|moment| {
                let meets = |time: &RangeInclusive<u64>| {
                    time.start() <= moment.end() && moment.start() <= time.end()
                };
                self.times.iter().any(meets)
            });
            (is_own && !self.said.contains(&found[0])).then(|| TIME.to_owned())
        };
        let line = replace(line, &DATE, |found| own(found, moment::of_date(found)));
        replace(&line, &UNIX, |found| own(found, moment::of_number(&found[0])))
    }
}

/// Replaces what `with` gives something for.
fn replace(line: &str, pattern: &Regex, with: impl Fn(&Captures<'_>) -> Option<String>) -> String {
    let replaced = pattern.replace_all(line, |found: &Captures<'_>| {
        with(found).unwrap_or_else(|| found[0].to_owned())
    });
    replaced.into_owned()
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of ours is one")
}

/// Seconds (also with microseconds behind a point), milliseconds or microseconds since 1970.
static UNIX: LazyLock<Regex> = LazyLock::new(|| regex(r"\b\d{10}(?:\.\d{6}|\d{3}(?:\d{3})?)?\b"));

/// A date with a time of day, as ISO 8601 has it; the groups are year, month and day.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\b(\d{4})-(\d\d)-(\d\d)[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
});

/// A port of this machine, as the system gives them.
static PORT: LazyLock<Regex> =
    LazyLock::new(|| regex(r"((?:\b127\.0\.0\.1|\blocalhost|\[::1\]):)\d{4,5}\b"));

/// By command: figures about the process, the machine and how long things took.
static DEFAULTS: LazyLock<Vec<(&str, Regex, &str)>> = LazyLock::new(|| {
    let info = r#"(^|\\n|["\s])(process_id|uptime_in_\w+|used_memory\w*|total_system_memory\w*|os|arch_bits|mem_fragmentation_ratio|used_cpu_\w+|tcp_port|instantaneous_\w+|sluicegate_version|broker):[^\\\r\n"]*"#;
    [
        ("INFO", info, "$1$2:[VARIES]"),
        ("TIME", r#""\d{1,6}""#, r#""[MICROSECONDS]""#),
        ("CLIENT", r"\b(age|idle|tot-mem|fd)=\d+", "$1=[VARIES]"),
        ("SLOWLOG", r"\(integer\) \d+", "(integer) [VARIES]"),
        ("PLUGIN", r#""[0-9a-f]{12}""#, r#""[HASH]""#),
        ("EXPLAIN", r"\(hash [0-9a-f]+\)", "(hash [HASH])"),
        ("EXPLAIN", r"\(\d[\d.]* (?:ns|µs|us|ms|s)\)", "([TIME])"),
        ("EXPLAIN", r#"(\\?"took_us\\?":) ?\d+"#, "$1[TIME]"),
    ]
    .map(|(command, pattern, with)| (command, regex(pattern), with))
    .into()
});
