//! The text of a snapshot, taken apart: one block a line of the conversation.

use sluicegate::message::Role;

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
pub(super) enum LineKind<'a> {
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

/// The text with the replies of EXPLAIN as the traces they tell: without their numbers, whose width
/// changes with how many lines there are.
pub(super) fn unfold(text: &str) -> String {
    let mut is_explained = false;
    let mut unfolded = String::with_capacity(text.len());
    for line in text.lines() {
        if line.starts_with(' ') {
            match numbered(line).filter(|_| is_explained) {
                Some(told) => unfolded.extend(["  ", told]),
                None => unfolded.push_str(line),
            }
        } else {
            let command = line.split_whitespace().nth(1);
            is_explained = command.is_some_and(|it| it.eq_ignore_ascii_case("EXPLAIN"));
            unfolded.push_str(line);
        }
        unfolded.push('\n');
    }
    unfolded
}

/// What stands behind the number of a line such as `<  1) publish orders`.
fn numbered(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let (number, told) = line.strip_prefix('<').unwrap_or(line).trim_start().split_once(") ")?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then_some(told)
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

/// The plugin of a line such as `filter-json filter.on-produce forward`, or, where versions are
/// shown, `filter-json 0.1.0 (hash 0123) filter.on-produce forward`.
fn step(line: &str) -> Option<&str> {
    let (plugin, rest) = line.trim_start().split_once(' ')?;
    let rest = match rest.split_once(" (hash ").and_then(|(_, rest)| rest.split_once(") ")) {
        Some((_, rest)) => rest,
        None => rest,
    };
    let interface = rest.split_once('.').map(|(interface, _)| interface);
    let is_role = |name| Role::ALL.iter().any(|role| role.name() == name);
    (interface.is_some_and(is_role) || rest.starts_with("no instance")).then_some(plugin)
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
    pub(super) fn kind(&self, at: usize) -> LineKind<'a> {
        let Some(&line) = self.lines.get(at) else { return LineKind::Nothing };
        match indent(line) {
            2 if is_reply(line) => LineKind::Reply,
            2 => LineKind::Head,
            // A reply of several lines is indented as steps are.
            4 if !self.is_of_reply(at) => step(line).map_or(LineKind::End, LineKind::Step),
            _ => LineKind::Detail,
        }
    }

    fn is_of_reply(&self, at: usize) -> bool {
        let above = self.lines[..at].iter().rev().find(|line| indent(line) == 2);
        above.is_none_or(|line| is_reply(line))
    }

    /// The step, end or reply that detail `at` is about.
    pub(super) fn owner(&self, at: usize) -> LineKind<'a> {
        let above = (0..at).rev().map(|above| self.kind(above));
        above.into_iter().find(|&kind| kind != LineKind::Detail).unwrap_or(LineKind::Nothing)
    }

    /// True if `plugin` is called at line `at` or below, in the same trace.
    pub(super) fn calls_later(&self, plugin: &str, at: usize) -> bool {
        let kinds = (at..self.lines.len()).map(|at| self.kind(at));
        kinds.take_while(|&kind| kind != LineKind::Head).any(|kind| kind == LineKind::Step(plugin))
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
