//! Commands with all their options, read from `commands.txt`, which says how it is written.

use std::{collections::BTreeMap, iter::Peekable, sync::LazyLock};

use super::{conversation::Command, vocabulary::Vocabulary};

/// The commands of `commands.txt`.
pub(crate) static GRAMMAR: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::read(include_str!("commands.txt")));

/// Sections whose commands are drawn for their own kind of conversation only: elsewhere their
/// replies would come when they like, or not at all.
const IN_THEIR_PLACE_ONLY: [&str; 2] = ["queue", "listen"];

/// A command in all its forms, and how often it is drawn.
type Weighted = (u64, Vec<Node>);

/// Forms of commands, by kind of conversation and by name.
#[derive(Debug)]
pub(crate) struct Grammar {
    sections: BTreeMap<String, Vec<Weighted>>,
    names: BTreeMap<String, Vec<Weighted>>,
    all: Vec<Weighted>,
}

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    /// One word, with what may stand in it.
    Word(String),
    /// There or not.
    Maybe(Vec<Node>),
    /// None to three times.
    Many(Vec<Node>),
    /// All words of another command.
    Any,
}

impl Grammar {
    fn read(text: &str) -> Self {
        let mut grammar =
            Self { sections: BTreeMap::new(), names: BTreeMap::new(), all: Vec::new() };
        let mut section = String::new();
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let name = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            if let Some(name) = name {
                name.clone_into(&mut section);
                continue;
            }
            let (weight, line) = match line.split_once(' ') {
                Some((number, rest)) if number.parse::<u64>().is_ok() => {
                    (number.parse().unwrap_or(1), rest)
                }
                _ => (1, line),
            };
            let form = (weight, nodes(&mut line.split_whitespace().peekable()));
            let name = line.split(' ').next().unwrap_or_default().to_owned();
            grammar.sections.entry(section.clone()).or_default().push(form.clone());
            if !IN_THEIR_PLACE_ONLY.contains(&section.as_str()) {
                grammar.names.entry(name).or_default().push(form.clone());
            }
            grammar.all.push(form);
        }
        grammar
    }

    /// Some command of a kind of conversation.
    ///
    /// # Panics
    /// If there is no such kind.
    pub(crate) fn of_section(&self, section: &str, words: &mut Vocabulary<'_>) -> Command {
        let forms = self.sections.get(section);
        let forms = forms.unwrap_or_else(|| panic!("commands.txt has no section {section}"));
        let form = words.draw.weighted(forms);
        self.expand(form, words)
    }

    /// Some form of the command of this name; of one that is not in the list, its bare name and a
    /// few words.
    pub(crate) fn of_name(&self, name: &str, words: &mut Vocabulary<'_>) -> Command {
        let unlisted = [(1, vec![Node::Word(name.into()), Node::Many(vec![word_node()])])];
        let forms = self.names.get(name).map_or(&unlisted[..], Vec::as_slice);
        let form = words.draw.weighted(forms);
        self.expand(form, words)
    }

    fn expand(&self, form: &[Node], words: &mut Vocabulary<'_>) -> Command {
        let mut command = Vec::new();
        self.append(form, words, &mut command);
        command
    }

    fn append(&self, form: &[Node], words: &mut Vocabulary<'_>, command: &mut Command) {
        for node in form {
            match node {
                Node::Word(text) => command.push(fill(text, words)),
                Node::Maybe(inner) => {
                    if words.draw.percent(50) {
                        self.append(inner, words, command);
                    }
                }
                Node::Many(inner) => {
                    for _ in 0..words.draw.length(0, 3) {
                        self.append(inner, words, command);
                    }
                }
                Node::Any => {
                    let is_plain = |form: &&Weighted| !form.1.contains(&Node::Any);
                    let plain: Vec<&Weighted> = self.all.iter().filter(is_plain).collect();
                    let (_, form) = words.draw.one(&plain);
                    self.append(form, words, command);
                }
            }
        }
    }
}

fn word_node() -> Node {
    Node::Word("{word}".into())
}

/// Reads up to the end, or to the bracket that closes this part.
fn nodes<'a>(words: &mut Peekable<impl Iterator<Item = &'a str>>) -> Vec<Node> {
    let mut found = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "]" => break,
            "[" => found.push(Node::Maybe(nodes(words))),
            "[+" => found.push(Node::Many(nodes(words))),
            "{any}" => found.push(Node::Any),
            _ => found.push(Node::Word(word.to_owned())),
        }
    }
    found
}

/// A word with its alternatives and placeholders chosen.
fn fill(text: &str, words: &mut Vocabulary<'_>) -> Vec<u8> {
    let mut filled = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['(', '{']) {
        filled.extend_from_slice(&rest.as_bytes()[..at]);
        let close = if rest[at..].starts_with('(') { ')' } else { '}' };
        let end = at + rest[at..].find(close).expect("brackets come in pairs");
        let inner = &rest[at + 1..end];
        if close == ')' {
            let choices: Vec<&str> = inner.split('|').collect();
            let chosen = *words.draw.one(&choices);
            filled.extend(fill(chosen, words));
        } else {
            filled.extend(words.word(inner));
        }
        rest = &rest[end + 1..];
    }
    filled.extend_from_slice(rest.as_bytes());
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parity::{draw::Draw, profile::Profile, vocabulary::Names};

    #[test]
    fn every_form_can_be_drawn() {
        let mut draw = Draw::new(1, 1);
        let names = Names::new(7, Profile::Open);
        let commands = ["PING".to_owned()];
        for section in GRAMMAR.sections.keys() {
            for _ in 0..500 {
                let mut words = Vocabulary::new(&mut draw, &names, &commands);
                assert!(!GRAMMAR.of_section(section, &mut words).is_empty());
            }
        }
        let mut words = Vocabulary::new(&mut draw, &names, &commands);
        assert_eq!(GRAMMAR.of_name("NEVERHEARD", &mut words)[0], b"NEVERHEARD");
    }

    #[test]
    fn brackets_nest() {
        let form = nodes(&mut "A [ B [+ C ] ] {any}".split_whitespace().peekable());
        let word = |text: &str| Node::Word(text.into());
        let inner = Node::Maybe(vec![word("B"), Node::Many(vec![word("C")])]);
        assert_eq!(form, [word("A"), inner, Node::Any]);
    }
}
