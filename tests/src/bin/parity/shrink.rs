//! The shortest conversation that still differs: steps and commands are left out, one part after
//! the other, as long as a new pair of gateways parts over the rest.

use std::time::{Duration, Instant};

use super::{
    arguments::Programs,
    compare::{Difference, Verdict, compare},
    conversation::{Conversation, Step},
    pair::Pair,
};

/// Longest time for one conversation.
const TIME_MAX: Duration = Duration::from_mins(2);
/// What no gateway answers within this is taken for unanswered, since waits were left out too.
const PATIENCE: Duration = Duration::from_secs(5);

/// A conversation that differs alone, and how.
#[derive(Debug)]
pub(crate) struct Shrunk {
    pub(crate) conversation: Conversation,
    pub(crate) difference: Difference,
}

/// Shrinks a conversation; `None` if it does not differ on gateways that played nothing before.
pub(crate) async fn shrink(programs: &Programs, conversation: &Conversation) -> Option<Shrunk> {
    let end = Instant::now() + TIME_MAX;
    let difference = differs(programs, conversation).await?;
    let mut best = Shrunk { conversation: cut_behind(conversation, &difference), difference };
    let mut size = best.conversation.steps.len().div_ceil(2);
    while size > 0 && Instant::now() < end {
        let mut is_shorter = false;
        for candidate in candidates(&best.conversation, size) {
            if Instant::now() > end {
                break;
            }
            if let Some(difference) = differs(programs, &candidate).await {
                best = Shrunk { conversation: cut_behind(&candidate, &difference), difference };
                is_shorter = true;
                break;
            }
        }
        if !is_shorter {
            size /= 2;
        }
        size = size.min(best.conversation.steps.len());
    }
    Some(best)
}

async fn differs(programs: &Programs, conversation: &Conversation) -> Option<Difference> {
    let mut pair = Pair::start(programs, conversation.profile, PATIENCE).await.ok()?;
    let (old, new) = pair.play(conversation).await;
    match compare(conversation, &old, &new) {
        Verdict::Differs(difference) => Some(difference),
        Verdict::Same | Verdict::Stuck(_) => None,
    }
}

/// Steps behind the difference tell nothing.
fn cut_behind(conversation: &Conversation, difference: &Difference) -> Conversation {
    let mut cut = conversation.clone();
    cut.steps.truncate(difference.step + 1);
    cut
}

/// The conversation without each run of `size` steps in turn, the latest first; of single steps
/// also without each of several commands.
fn candidates(conversation: &Conversation, size: usize) -> Vec<Conversation> {
    let steps = &conversation.steps;
    let without = |from: usize| {
        let mut rest = conversation.clone();
        rest.steps.drain(from..(from + size).min(steps.len()));
        rest
    };
    let mut all: Vec<_> = (0..steps.len()).step_by(size).rev().map(without).collect();
    if size == 1 {
        all.extend((0..steps.len()).flat_map(|at| with_fewer_commands(conversation, at)));
    }
    all.retain(|rest| !rest.steps.is_empty());
    all
}

fn with_fewer_commands(conversation: &Conversation, at: usize) -> Vec<Conversation> {
    let count = conversation.steps[at].commands().len();
    let without = |nth: usize| {
        let mut rest = conversation.clone();
        if let Step::Say { commands, .. } = &mut rest.steps[at] {
            commands.remove(nth);
        }
        rest
    };
    if count > 1 { (0..count).map(without).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parity::{
        conversation::{Expect, Form, words},
        profile::Profile,
    };

    #[test]
    fn every_part_is_left_out_once() {
        let say = |lines: &[&str]| Step::Say {
            who: 0,
            commands: lines.iter().map(|line| words(line)).collect(),
            form: Form::Array,
            cuts: Vec::new(),
            expect: Expect::Fence,
        };
        let steps = vec![Step::Open { who: 0 }, say(&["A"]), say(&["B", "C"])];
        let whole = Conversation { number: 1, family: "test", profile: Profile::Open, steps };
        let lengths = |size| -> Vec<usize> {
            candidates(&whole, size).iter().map(|rest| rest.steps.len()).collect()
        };
        assert_eq!(lengths(2), [2, 1]);
        assert_eq!(lengths(1), [2, 2, 2, 3, 3], "three steps, and two commands of the last");
    }
}
