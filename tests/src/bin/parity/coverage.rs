//! What was drawn, and how it was answered.

use std::{collections::BTreeMap, fmt};

use super::{
    conversation::{Conversation, Expect, Step},
    frame::Frame,
    side::Transcript,
    wire::Came,
};

/// How often a command was said, and what came of it.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    all: u64,
    ok: u64,
    errors: u64,
    queued: u64,
}

/// Counts over all conversations.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    families: BTreeMap<&'static str, u64>,
    commands: BTreeMap<String, Count>,
    replies: u64,
    bytes: u64,
}

impl Coverage {
    /// Counts a conversation by what the older gateway answered.
    pub(crate) fn add(&mut self, conversation: &Conversation, transcript: &Transcript) {
        *self.families.entry(conversation.family).or_default() += 1;
        for heard in &transcript.heard {
            let replies: Vec<&[u8]> = heard.came.iter().filter_map(reply).collect();
            self.replies += replies.len() as u64;
            self.bytes += replies.iter().map(|reply| reply.len() as u64).sum::<u64>();
            if let Some(step) = conversation.steps.get(heard.step) {
                self.add_commands(step, &replies);
            }
        }
    }

    /// The nth reply is to the nth command, where each has one.
    fn add_commands(&mut self, step: &Step, replies: &[&[u8]]) {
        let Step::Say { commands, expect, .. } = step else { return };
        let fences = usize::from(*expect == Expect::Fence);
        let has_one_each = replies.len() == commands.len() + fences || commands.len() == 1;
        for (nth, command) in commands.iter().enumerate() {
            let name = String::from_utf8_lossy(&command[0]).to_uppercase();
            let count = self.commands.entry(name).or_default();
            count.all += 1;
            match replies.get(nth).filter(|_| has_one_each).map(|reply| Frame::read(reply)) {
                Some(Ok(Some((frame, _)))) if frame.is_error() => count.errors += 1,
                Some(Ok(Some((frame, _)))) if frame.is_line(b'+', b"QUEUED") => count.queued += 1,
                Some(Ok(Some(_))) => count.ok += 1,
                Some(_) | None => {}
            }
        }
    }

    /// The commands of this list that were said less often than so many times.
    pub(crate) fn rare<'a>(&self, commands: &'a [String], least: u64) -> Vec<&'a str> {
        let is_rare = |name: &&String| self.commands.get(*name).is_none_or(|it| it.all < least);
        commands.iter().filter(is_rare).map(String::as_str).collect()
    }

    /// The table for these commands; others are added up.
    pub(crate) fn report(&self, commands: &[String]) -> String {
        let mut text = format!("{self}\n{:<14}{:>9}", "command", "said");
        text.push_str(&format!("{:>9}{:>9}{:>9}\n", "ok", "error", "queued"));
        for name in commands {
            let Count { all, ok, errors, queued } =
                self.commands.get(name).copied().unwrap_or_default();
            text.push_str(&format!("{name:<14}{all:>9}{ok:>9}{errors:>9}{queued:>9}\n"));
        }
        let others = self.commands.iter().filter(|(name, _)| !commands.contains(name));
        let others: u64 = others.map(|(_, count)| count.all).sum();
        text.push_str(&format!("{:<14}{others:>9}\n", "no command"));
        text
    }
}

/// The families.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: u64 = self.families.values().sum();
        writeln!(f, "{all} conversations, {} replies, {} bytes", self.replies, self.bytes)?;
        let mut families = self.families.iter();
        families.try_for_each(|(family, count)| writeln!(f, "{family:<14}{count:>9}"))
    }
}

fn reply(came: &Came) -> Option<&[u8]> {
    match came {
        Came::Reply(reply) => Some(reply),
        Came::End | Came::Nothing => None,
    }
}
