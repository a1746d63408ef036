//! What stands for the words in braces of `commands.txt`: good, borderline and wrong ones.

use super::{arguments::ROUND, draw::Draw, profile::Profile};

mod lists;

use lists::{BAD_KEYS, DSN_OPTIONS, IDS, INTEGERS, JSON, JUNK, PATTERNS, SECTIONS, SETTINGS};

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

    fn text_of(&mut self, list: &[&str]) -> Vec<u8> {
        self.draw.one(list).as_bytes().to_vec()
    }

    fn bytes_of(&mut self, list: &[&[u8]]) -> Vec<u8> {
        self.draw.one(list).to_vec()
    }

    fn topic(&mut self) -> String {
        let which =
            [(45, "a"), (15, "b"), (15, "m"), (5, "laid"), (5, "value"), (5, "keyed"), (5, "z")];
        let which = *self.draw.weighted(&which);
        self.names.topic(which)
    }

    /// A topic of one partition: what several have at once has one order only there.
    fn single(&mut self) -> String {
        let which = *self.draw.weighted(&[(6, "a"), (1, "laid"), (1, "value"), (1, "keyed")]);
        self.names.topic(which)
    }

    /// The topic of several partitions, or one of them.
    fn part(&mut self) -> String {
        let topic = self.names.topic("m");
        if self.draw.percent(60) { topic } else { format!("{topic}:{}", self.draw.between(0, 3)) }
    }

    fn shaped(&mut self) -> String {
        let which = [
            (4, "json"),
            (4, "proto"),
            (3, "route"),
            (2, "named"),
            (3, "hash"),
            (1, "a"),
            (1, "route-xy"),
        ];
        let which = *self.draw.weighted(&which);
        self.names.topic(which)
    }

    /// A topic that is not made yet, or a name that none may have.
    fn name(&mut self) -> String {
        let which = *self.draw.one(&["n0", "n1", "n2", "b", "m2"]);
        match self.draw.between(1, 20) {
            1 => "a b".to_owned(),
            2 => "__sluicegate.order.x".to_owned(),
            3 => "n".repeat(250),
            4 => String::new(),
            _ => self.names.topic(which),
        }
    }

    fn key(&mut self) -> Vec<u8> {
        match self.draw.between(1, 100) {
            1..=76 => self.topic().into_bytes(),
            77..=92 => {
                let partition =
                    *self.draw.weighted(&[(40, 0), (20, 1), (15, 2), (5, 3), (5, 7), (3, 99)]);
                format!("{}:{partition}", self.topic()).into_bytes()
            }
            93..=94 if self.names.profile == Profile::Plugins => self.shaped().into_bytes(),
            _ => self.bytes_of(BAD_KEYS),
        }
    }

    fn value(&mut self) -> Vec<u8> {
        match self.draw.between(1, 100) {
            1..=50 => format!("v{}", self.draw.between(1, 99)).into_bytes(),
            51..=75 => self.text_of(JSON),
            76..=85 => {
                let length = self.draw.length(0, 40);
                self.draw.bytes(length)
            }
            86..=90 => Vec::new(),
            91..=96 => "long ".repeat(self.draw.length(20, 300)).into_bytes(),
            97 => "longer ".repeat(self.draw.length(1_000, 4_000)).into_bytes(),
            _ => self.junk(),
        }
    }

    fn junk(&mut self) -> Vec<u8> {
        match self.draw.between(1, 20) {
            1 => vec![b'x'; self.draw.length(120, 300)],
            2 => {
                let length = self.draw.length(1, 12);
                self.draw.bytes(length)
            }
            3 => self.integer().into_bytes(),
            _ => self.bytes_of(JUNK),
        }
    }

    fn identity(&mut self, kind: &str) -> Vec<u8> {
        match self.draw.between(1, 25) {
            1 => Vec::new(),
            2 => vec![b'i'; self.draw.length(250, 600)],
            _ => format!("{}{}", &kind[..1], self.draw.between(1, 4)).into_bytes(),
        }
    }

    fn group(&mut self) -> Vec<u8> {
        match self.draw.between(1, 50) {
            1 => Vec::new(),
            2 => vec![b'g'; 256],
            3 => b"\xff\xfe".to_vec(),
            4..=8 => b"missing".to_vec(),
            9..=18 => b"g2".to_vec(),
            _ => b"g1".to_vec(),
        }
    }

    fn consumer(&mut self) -> Vec<u8> {
        match self.draw.between(1, 60) {
            1 => Vec::new(),
            2 => vec![b'c'; 256],
            3 => b"\xff\r\n".to_vec(),
            _ => format!("c{}", self.draw.between(1, 3)).into_bytes(),
        }
    }

    fn header(&mut self) -> Vec<u8> {
        match self.draw.between(1, 10) {
            1 => Vec::new(),
            2 => b"\xff\xff".to_vec(),
            3 => self.junk(),
            _ => b"\x0a\x06\x0a\x01a\x12\x01b".to_vec(),
        }
    }

    fn integer(&mut self) -> String {
        if self.draw.percent(60) {
            return self.draw.between(0, 12).to_string();
        }
        self.draw.one(INTEGERS).to_string()
    }

    fn id(&mut self) -> String {
        if self.draw.percent(85) {
            let partition = *self.draw.weighted(&[(80, 0), (12, 1), (8, 2)]);
            return format!("{}-{partition}", self.draw.between(1, 8));
        }
        self.draw.one(IDS).to_string()
    }

    fn new_id(&mut self) -> String {
        match self.draw.between(1, 10) {
            1..=7 => "*".to_owned(),
            8 => format!("{}-*", self.draw.between(0, 6)),
            9 => format!("{}", self.draw.between(0, 6)),
            _ => self.id(),
        }
    }

    fn bound(&mut self, open: &str) -> String {
        match self.draw.between(1, 10) {
            1..=5 => open.to_owned(),
            6..=7 => format!("({}", self.id()),
            8 => self.draw.between(0, 9).to_string(),
            _ => self.id(),
        }
    }

    fn after(&mut self) -> String {
        match self.draw.between(1, 20) {
            1..=8 => "0".to_owned(),
            9..=10 => "$".to_owned(),
            11..=12 => "+".to_owned(),
            13 => ">".to_owned(),
            _ => self.id(),
        }
    }

    fn new_entries(&mut self) -> String {
        match self.draw.between(1, 20) {
            1..=14 => ">".to_owned(),
            15..=16 => "0".to_owned(),
            17 => "$".to_owned(),
            _ => self.id(),
        }
    }

    fn start(&mut self) -> String {
        match self.draw.between(1, 10) {
            1..=5 => "0".to_owned(),
            6..=7 => "$".to_owned(),
            8 => "-".to_owned(),
            _ => self.id(),
        }
    }

    fn partitions(&mut self) -> String {
        match self.draw.between(1, 12) {
            1 => self.draw.one(&["0", "-1", "10001", "abc", "1.5", ""]).to_string(),
            _ => self.draw.between(1, 8).to_string(),
        }
    }

    fn command(&mut self) -> String {
        if self.commands.is_empty() || self.draw.percent(10) {
            return "nothing".to_owned();
        }
        let name = self.draw.one(self.commands).clone();
        if self.draw.percent(50) { name.to_lowercase() } else { name }
    }

    /// Fits no topic that the conversation publishes to while it listens without waiting.
    fn pattern(&mut self) -> String {
        match self.draw.between(1, 12) {
            1..=5 => self.names.topic("[abm]"),
            6..=7 => self.names.topic("?"),
            8 => self.names.topic("a*"),
            9 => "p".repeat(self.draw.length(1_020, 1_030)),
            _ => self.draw.one(PATTERNS).to_string(),
        }
    }

    fn user(&mut self) -> String {
        let users = ["admin", "admin", "writer", "reader", "partly", "default", "hashed"];
        match self.draw.between(1, 10) {
            1 => format!("nobody{}", self.names.number),
            2 => String::new(),
            _ => self.draw.one(&users).to_string(),
        }
    }

    fn password(&mut self) -> String {
        let known = ["admin", "writer", "reader", "partly", "default", "wonderland"];
        match self.draw.between(1, 10) {
            1 => format!("wrong{}", self.names.number),
            2 => String::new(),
            _ => self.draw.one(&known).to_string(),
        }
    }

    fn dsn(&mut self) -> String {
        let group = *self.draw.one(&["g", "p", "s", "x"]);
        let role = *self.draw.one(&["pub", "sub", "pubsub", "both", ""]);
        let option = *self.draw.one(DSN_OPTIONS);
        let dsn = self.names.dsn(group, &format!("role={role}{option}&block=3"));
        match self.draw.between(1, 12) {
            1 => dsn.replace("k:", "kk:"),
            2 => dsn.replace('@', "@@"),
            3 => dsn.replace(":s@", ":t@"),
            4 => dsn.replace('/', ""),
            5 => dsn.replace("topic=bus", "topic=none"),
            _ => dsn,
        }
    }
}
