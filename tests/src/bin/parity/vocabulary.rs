//! What stands for the words in braces of `commands.txt`: good, borderline and wrong ones.

use super::{arguments::ROUND, draw::Draw, profile::Profile};

mod lists;
mod words;

use lists::{BAD_KEYS, JSON, SECTIONS, SETTINGS};

/// The names of one conversation: no other has them.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    number: u64,
    profile: Profile,
}

impl Names {
    pub(crate) fn new(number: u64, profile: Profile) -> Self {
        Self { number, profile }
    }

    /// A topic: `a` and `b` are plain, `m` has many partitions, `laid`, `value`, `keyed` have a
    /// layout, `json`, `proto`, `route`, `named` and `hash` meet plugins, `z` is never made.
    pub(crate) fn topic(&self, which: &str) -> String {
        format!("c{}-{which}", self.number)
    }

    /// The place of the conversation in its round, which is the number of its databus topic.
    pub(crate) fn slot(&self) -> u64 {
        self.number % ROUND
    }

    /// The databus topic.
    pub(crate) fn bound_topic(&self) -> String {
        format!("bus{}", self.slot())
    }

    /// A databus DSN for this role (`g` both, `p` publish, `s` consume) with these parameters.
    pub(crate) fn dsn(&self, group: &str, parameters: &str) -> String {
        format!("k:s@{group}{0}/topic=bus{0}&{parameters}", self.slot())
    }
}

/// Draws words.
#[derive(Debug)]
pub(crate) struct Vocabulary<'a> {
    pub(crate) draw: &'a mut Draw,
    names: &'a Names,
    /// All commands there are.
    commands: &'a [String],
}

impl<'a> Vocabulary<'a> {
    pub(crate) fn new(draw: &'a mut Draw, names: &'a Names, commands: &'a [String]) -> Self {
        Self { draw, names, commands }
    }

    /// A word of this kind.
    ///
    /// # Panics
    /// If there is no such kind.
    pub(crate) fn word(&mut self, kind: &str) -> Vec<u8> {
        match kind {
            "key" => self.key(),
            "value" => self.value(),
            "bad" => self.bytes_of(BAD_KEYS),
            "json" => self.text_of(JSON),
            "word" => self.junk(),
            "producer" | "message" => self.identity(kind),
            "group" => self.group(),
            "consumer" => self.consumer(),
            "header" => self.header(),
            _ => self.text(kind).into_bytes(),
        }
    }

    fn text(&mut self, kind: &str) -> String {
        let draw = &mut *self.draw;
        match kind {
            "topic" => self.topic(),
            "single" => self.single(),
            "part" => self.part(),
            "shaped" => self.shaped(),
            "name" => self.name(),
            "quiet" => self.names.topic("quiet"),
            "field" => {
                draw.one(&["f1", "f2", "f3", "value", "key", "id", "body", "header:a"]).to_string()
            }
            "n" => draw.between(0, 12).to_string(),
            "int" => self.integer(),
            "bound" => {
                if draw.percent(60) {
                    draw.between(0, 12).to_string()
                } else {
                    self.id()
                }
            }
            "newid" => self.new_id(),
            "id" => self.id(),
            "from" => self.bound("-"),
            "to" => self.bound("+"),
            "after" => self.after(),
            "new" => self.new_entries(),
            "start" => self.start(),
            "idle" => draw
                .weighted(&[(75, "0"), (18, "3600000"), (3, "-1"), (2, "abc"), (2, "1.5")])
                .to_string(),
            "long" => {
                draw.weighted(&[(60, "5000500"), (25, "0"), (8, "-1"), (7, "abc")]).to_string()
            }
            "wait" => draw
                .weighted(&[(30, "1"), (30, "2"), (20, "3"), (8, "-1"), (6, "abc"), (6, "1.5")])
                .to_string(),
            "cursor" => draw
                .weighted(&[
                    (70, "0"),
                    (10, "1"),
                    (5, "-1"),
                    (5, "abc"),
                    (5, "18446744073709551615"),
                    (5, "18446744073709551616"),
                ])
                .to_string(),
            "partitions" => self.partitions(),
            "config" => draw
                .one(&["retention.ms", "cleanup.policy", "max.message.bytes", "", "nonsense"])
                .to_string(),
            _ => self.text_about_the_gateway(kind),
        }
    }

    fn text_about_the_gateway(&mut self, kind: &str) -> String {
        let draw = &mut *self.draw;
        match kind {
            "section" => draw.one(SECTIONS).to_string(),
            "setting" => draw.one(SETTINGS).to_string(),
            "category" => draw
                .one(&[
                    "stream",
                    "read",
                    "write",
                    "PUBSUB",
                    "fast",
                    "databus",
                    "dangerous",
                    "x*",
                    "*a*",
                    "?",
                    "@read",
                    "",
                ])
                .to_string(),
            "command" => self.command(),
            "pattern" => self.pattern(),
            "plugin" => draw
                .weighted(&[
                    (3, "auth-static"),
                    (3, "filter-json"),
                    (2, "transcode-protobuf"),
                    (2, "route-rules"),
                    (2, "partition-hash"),
                    (1, "nothing"),
                    (1, ""),
                ])
                .to_string(),
            "client" => draw
                .weighted(&[
                    (60, "{id:0}"),
                    (15, "999999"),
                    (5, "0"),
                    (5, "-1"),
                    (5, "abc"),
                    (5, "9223372036854775808"),
                    (5, "1.5"),
                ])
                .to_string(),
            "stranger" => draw.one(&["999999", "127.0.0.1:1", "0", "-5", "abc", ""]).to_string(),
            "address" => draw.one(&["127.0.0.1:1", "nowhere", "", "a b"]).to_string(),
            "user" => self.user(),
            "password" => self.password(),
            "dsn" => self.dsn(),
            other => panic!("commands.txt names {{{other}}}, which is no kind of word"),
        }
    }
}
