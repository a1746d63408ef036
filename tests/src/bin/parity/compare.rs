//! Where two transcripts of one conversation part.

use std::fmt;

use super::{
    conversation::{Conversation, Step, shown},
    lines::differing as differing_lines,
    rules::{View, said, without_what_varies},
    side::{Heard, Transcript},
    wire::Came,
};

/// What came of comparing.
#[derive(Debug)]
pub(crate) enum Verdict {
    Same,
    Differs(Difference),
    /// Neither gateway answers what the conversation waits for: the conversation is wrong.
    Stuck(usize),
}

/// The first place where the gateways part.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The step; one behind the last is the end of a connection.
    pub(crate) step: usize,
    /// Which of its replies.
    nth: usize,
    old: String,
    new: String,
}

/// Compares what two gateways answered.
pub(crate) fn compare(conversation: &Conversation, old: &Transcript, new: &Transcript) -> Verdict {
    for (one, other) in old.heard.iter().zip(&new.heard) {
        if one.step != other.step {
            // One of them was too late before, which is found there.
            break;
        }
        if let Some((nth, [old, new])) = differing(conversation, (old, one), (new, other)) {
            return Verdict::Differs(Difference { step: one.step, nth, old, new });
        }
        let is_end = one.step >= conversation.steps.len();
        if one.came.contains(&Came::Nothing) && !is_end {
            return Verdict::Stuck(one.step);
        }
    }
    match old.heard.len().cmp(&new.heard.len()) {
        std::cmp::Ordering::Equal if old.heard.is_empty() => Verdict::Stuck(0),
        std::cmp::Ordering::Equal => Verdict::Same,
        _ => {
            let step = old.heard.len().min(new.heard.len());
            let told = |transcript: &Transcript| format!("{} steps done", transcript.heard.len());
            Verdict::Differs(Difference { step, nth: 0, old: told(old), new: told(new) })
        }
    }
}

/// The first reply of a step that differs, as both saw it.
fn differing(
    conversation: &Conversation,
    (old, one): (&Transcript, &Heard),
    (new, other): (&Transcript, &Heard),
) -> Option<(usize, [String; 2])> {
    if one.came == other.came {
        return None;
    }
    let said = said(conversation, one.step);
    let shown = |transcript: &Transcript, heard: &Heard, nth: usize| match heard.came.get(nth) {
        Some(Came::Reply(reply)) => {
            let traffic = heard.traffic;
            let view = View { said: &said, places: &transcript.places, traffic };
            without_what_varies(reply, &view).to_string()
        }
        Some(Came::End) => "the end of the connection\n".to_owned(),
        Some(Came::Nothing) => "nothing, for too long\n".to_owned(),
        None => "no further reply\n".to_owned(),
    };
    (0..one.came.len().max(other.came.len())).find_map(|nth| {
        if one.came.get(nth) == other.came.get(nth) {
            return None;
        }
        let both = [shown(old, one, nth), shown(new, other, nth)];
        (both[0] != both[1]).then_some((nth, both))
    })
}

impl Difference {
    /// The difference for people: what was said, and both replies.
    pub(crate) fn story(&self, conversation: &Conversation) -> String {
        let Self { step, nth, old, new } = self;
        let what = conversation.steps.get(*step).map_or_else(
            || "when the connections end".to_owned(),
            |step: &Step| format!("at `{step}`"),
        );
        let lines = differing_lines(old, new).join("\n");
        format!("{what}, reply {}, {lines}", nth + 1)
    }
}

/// What came at the last steps before neither gateway went on.
pub(crate) fn last_words(conversation: &Conversation, transcript: &Transcript) -> String {
    const STEPS: usize = 3;
    let steps = transcript.heard.iter().filter(|heard| heard.step < conversation.steps.len());
    let steps: Vec<&Heard> = steps.collect();
    let mut lines = Vec::new();
    for heard in &steps[steps.len().saturating_sub(STEPS)..] {
        lines.push(format!("{}", conversation.steps[heard.step]));
        lines.extend(heard.came.iter().map(|came| match came {
            Came::Reply(reply) => format!("    {}", shown(reply)),
            Came::End => "    the end".to_owned(),
            Came::Nothing => "    nothing".to_owned(),
        }));
    }
    lines.join("\n")
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("same"),
            Self::Differs(difference) => write!(f, "differs at step {}", difference.step),
            Self::Stuck(step) => write!(f, "no gateway answers step {step}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parity::{
        conversation::{Expect, Form, words},
        profile::Profile,
        side::Traffic,
    };

    fn conversation(line: &str) -> Conversation {
        let commands = vec![words(line)];
        let (form, cuts, expect) = (Form::Array, Vec::new(), Expect::Frames(1));
        let steps = vec![Step::Say { who: 0, commands, form, cuts, expect }];
        Conversation { number: 1, family: "test", profile: Profile::Open, steps }
    }

    fn transcript(came: Vec<Came>) -> Transcript {
        let heard = vec![Heard { step: 0, came, traffic: Traffic::default() }];
        Transcript { heard, places: Vec::new() }
    }

    fn reply(text: &str) -> Came {
        Came::Reply(text.as_bytes().to_vec())
    }

    #[test]
    fn replies_differ_unless_a_rule_says_why() {
        let verdict = |line, old, new| {
            let (old, new) = (transcript(vec![reply(old)]), transcript(vec![reply(new)]));
            compare(&conversation(line), &old, &new).to_string()
        };
        assert_eq!(verdict("ECHO a", "$1\r\na\r\n", "$1\r\na\r\n"), "same");
        assert_eq!(verdict("ECHO a", "$1\r\na\r\n", "+a\r\n"), "differs at step 0");
        assert_eq!(verdict("GET a", "$-1\r\n", "*-1\r\n"), "differs at step 0");
        assert_eq!(verdict("TIME", "*1\r\n$1\r\n1\r\n", "*1\r\n$1\r\n2\r\n"), "same");
    }

    #[test]
    fn a_missing_reply_and_an_early_end_are_differences() {
        let [ok, end] = [reply("+OK\r\n"), Came::End];
        for (old, new) in [
            (vec![ok.clone()], vec![]),
            (vec![ok.clone()], vec![end.clone()]),
            (vec![ok.clone(), end], vec![ok, Came::Nothing]),
        ] {
            let (old, new) = (transcript(old), transcript(new));
            let verdict = compare(&conversation("PING"), &old, &new);
            assert!(matches!(verdict, Verdict::Differs(_)), "{verdict}");
        }
    }

    #[test]
    fn silence_of_both_is_the_conversations_fault() {
        let silent = transcript(vec![Came::Nothing]);
        let verdict = compare(&conversation("PING"), &silent, &silent);
        assert!(matches!(verdict, Verdict::Stuck(0)), "{verdict}");
    }
}
