//! The text of a snapshot, taken apart: one block a line of the conversation.

use crate::message::Role;

/// What one line of a conversation brought about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block<'a> {
    /// The line itself, with the client's name.
    pub(super) head: &'a str,
    /// What stands below it, indented.
    pub(super) lines: Vec<&'a str>,
}

/// What a line of a block says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A call of this plugin.
    Step(&'a str),
    /// How the way of a message ended.
    End,
    /// The beginning of a trace.
    Head,
    /// A reply.
    Reply,
    /// More about the line above.
    Detail,
    /// There is no such line.
    Nothing,
}

/// Splits a snapshot's text.
pub(super) fn split(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for line in text.trim_end().lines() {
        match blocks.last_mut() {
            Some(block) if line.is_empty() || line.starts_with(' ') => block.lines.push(line),
            _ => blocks.push(Block { head: line, lines: Vec::new() }),
        }
    }
    blocks
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The plugin of a line such as `filter-json filter.on-produce forward`.
fn step(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let (plugin, call) = (words.next()?, words.next()?);
    let interface = call.split_once('.').map(|(interface, _)| interface);
    let is_role = |name| Role::ALL.iter().any(|role| role.name() == name);
    let is_missed = call == "no" && words.next() == Some("instance");
    (interface.is_some_and(is_role) || is_missed).then_some(plugin)
}

/// Replies begin with `<`, `NAME <` or `(waits)`; their further lines are indented deeper.
fn is_reply(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('<') || line == "(waits)" || {
        let mut words = line.split(' ');
        words.next().is_some() && words.next() == Some("<")
    }
}

impl<'a> Block<'a> {
    /// How many lines are the same in both before one is not.
    pub(super) fn same_until(&self, other: &Self) -> usize {
        let pairs = self.lines.iter().zip(&other.lines);
        pairs.take_while(|(line, other)| line == other).count()
    }

    /// What line `at` says.
    pub(super) fn kind(&self, at: usize) -> Kind<'a> {
        let Some(&line) = self.lines.get(at) else { return Kind::Nothing };
        match indent(line) {
            2 if is_reply(line) => Kind::Reply,
            2 => Kind::Head,
            // A reply of several lines is indented as steps are.
            4 if !self.is_of_reply(at) => step(line).map_or(Kind::End, Kind::Step),
            _ => Kind::Detail,
        }
    }

    fn is_of_reply(&self, at: usize) -> bool {
        let above = self.lines[..at].iter().rev().find(|line| indent(line) == 2);
        above.is_none_or(|line| is_reply(line))
    }

    /// The step, end or reply that detail `at` is about.
    pub(super) fn owner(&self, at: usize) -> Kind<'a> {
        let above = (0..at).rev().map(|above| self.kind(above));
        above.into_iter().find(|&kind| kind != Kind::Detail).unwrap_or(Kind::Nothing)
    }

    /// True if `plugin` is called at line `at` or below, in the same trace.
    pub(super) fn calls_later(&self, plugin: &str, at: usize) -> bool {
        let kinds = (at..self.lines.len()).map(|at| self.kind(at));
        kinds.take_while(|&kind| kind != Kind::Head).any(|kind| kind == Kind::Step(plugin))
    }

    /// The lines above `at` that say what it belongs to: the message, and the step of a detail.
    pub(super) fn above(&self, at: usize) -> Vec<&'a str> {
        let mut above = Vec::new();
        let mut depth = self.lines.get(at).map_or(usize::MAX, |line| indent(line)).min(6);
        for line in self.lines[..at.min(self.lines.len())].iter().rev() {
            if !line.is_empty() && indent(line) < depth && !is_reply(line) {
                depth = indent(line);
                above.push(*line);
            }
        }
        above.reverse();
        above
    }
}
