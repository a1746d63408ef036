//! Topics of several partitions, and the one order of their entries.
//!
//! A read of the whole topic gives all that is stored its place, and while somebody waits, or has
//! just read, the gateway does so by itself, whenever it comes to it. What is stored together in
//! several partitions may thus get one place or another. So whatever is published to such a topic is
//! published alone, and the topic is read before anything else is said.

use std::collections::BTreeSet;

use super::spoil::is;
use crate::parity::conversation::{Command, Expect, Form, Step};

/// Commands that publish.
const PUBLISHING: [&str; 6] = ["XADD", "PUBLISH", "SPUBLISH", "SET", "HSET", "EXEC"];

/// The steps with those reads.
pub(super) fn settled(steps: Vec<Step>) -> Vec<Step> {
    let wide: BTreeSet<String> =
        steps.iter().flat_map(Step::commands).filter_map(wide_topic).collect();
    if wide.is_empty() {
        return steps;
    }
    steps.into_iter().flat_map(|step| settle(step, &wide)).collect()
}

/// The topic of a TOPIC CREATE that asks for several partitions.
fn wide_topic(command: &Command) -> Option<String> {
    let is_wide = is(command, &["TOPIC", "CREATE"])
        && command.len() > 4
        && command[3].eq_ignore_ascii_case(b"PARTITIONS")
        && command[4] != b"1";
    let name = command.get(2).filter(|_| is_wide)?;
    String::from_utf8(name.clone()).ok()
}

fn settle(step: Step, wide: &BTreeSet<String>) -> Vec<Step> {
    let Step::Say { who, commands, form, cuts, expect } = step else { return vec![step] };
    let topics: Vec<String> = commands.iter().flat_map(|it| published(it, wide)).collect();
    if topics.is_empty() {
        return vec![Step::Say { who, commands, form, cuts, expect }];
    }
    if expect != Expect::Fence || commands.len() == 1 {
        let topics = topics.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let say = Step::Say { who, commands, form, cuts, expect };
        return vec![say, Step::Settle { topics }];
    }
    commands.into_iter().flat_map(|command| alone(who, command, form, wide)).collect()
}

fn alone(who: usize, command: Command, form: Form, wide: &BTreeSet<String>) -> Vec<Step> {
    let topics = published(&command, wide);
    let (commands, cuts, expect) = (vec![command], Vec::new(), Expect::Fence);
    let mut steps = vec![Step::Say { who, commands, form, cuts, expect }];
    if !topics.is_empty() {
        steps.push(Step::Settle { topics });
    }
    steps
}

/// The topics of several partitions that a command may publish to; EXEC may to all of them.
fn published(command: &Command, wide: &BTreeSet<String>) -> Vec<String> {
    let publishes = PUBLISHING.iter().any(|name| is(command, &[name]));
    let is_named = |topic: &&String| {
        let key = command.get(1).map(Vec::as_slice).unwrap_or_default();
        is(command, &["EXEC"]) || key.split(|byte| *byte == b':').next() == Some(topic.as_bytes())
    };
    wide.iter().filter(|_| publishes).filter(is_named).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parity::conversation::words;

    #[test]
    fn what_goes_to_several_partitions_is_published_alone_and_read() {
        let say = |lines: &[&str]| Step::Say {
            who: 0,
            commands: lines.iter().map(|line| words(line)).collect(),
            form: Form::Array,
            cuts: Vec::new(),
            expect: Expect::Fence,
        };
        let steps = vec![
            say(&["TOPIC CREATE m PARTITIONS 3", "TOPIC CREATE a PARTITIONS 1"]),
            say(&["XADD a * f v", "XADD a * f v"]),
            say(&["XADD a * f v", "xadd m:1 * f v", "XLEN m"]),
        ];
        let shown: Vec<_> = settled(steps).iter().map(ToString::to_string).collect();
        assert_eq!(shown[2..], ["0> XADD a * f v", "0> xadd m:1 * f v", "@settle m", "0> XLEN m"]);
    }
}
