//! One kind of word a function.

use super::{
    super::profile::Profile,
    Vocabulary,
    lists::{BAD_KEYS, DSN_OPTIONS, IDS, INTEGERS, JSON, JUNK, PATTERNS},
};

impl Vocabulary<'_> {
    pub(super) fn text_of(&mut self, list: &[&str]) -> Vec<u8> {
        self.draw.one(list).as_bytes().to_vec()
    }

    pub(super) fn bytes_of(&mut self, list: &[&[u8]]) -> Vec<u8> {
        self.draw.one(list).to_vec()
    }

    pub(super) fn topic(&mut self) -> String {
        let which =
            [(45, "a"), (15, "b"), (15, "m"), (5, "laid"), (5, "value"), (5, "keyed"), (5, "z")];
        let which = *self.draw.weighted(&which);
        self.names.topic(which)
    }

    /// A topic of one partition: what several have at once has one order only there.
    pub(super) fn single(&mut self) -> String {
        let which = *self.draw.weighted(&[(6, "a"), (1, "laid"), (1, "value"), (1, "keyed")]);
        self.names.topic(which)
    }

    /// The topic of several partitions, or one of them.
    pub(super) fn part(&mut self) -> String {
        let topic = self.names.topic("m");
        if self.draw.percent(60) { topic } else { format!("{topic}:{}", self.draw.between(0, 3)) }
    }

    pub(super) fn shaped(&mut self) -> String {
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
    pub(super) fn name(&mut self) -> String {
        let which = *self.draw.one(&["n0", "n1", "n2", "b", "m2"]);
        match self.draw.between(1, 20) {
            1 => "a b".to_owned(),
            2 => "__sluicegate.order.x".to_owned(),
            3 => "n".repeat(250),
            4 => String::new(),
            _ => self.names.topic(which),
        }
    }

    pub(super) fn key(&mut self) -> Vec<u8> {
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

    pub(super) fn value(&mut self) -> Vec<u8> {
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

    pub(super) fn junk(&mut self) -> Vec<u8> {
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

    pub(super) fn identity(&mut self, kind: &str) -> Vec<u8> {
        match self.draw.between(1, 25) {
            1 => Vec::new(),
            2 => vec![b'i'; self.draw.length(250, 600)],
            _ => format!("{}{}", &kind[..1], self.draw.between(1, 4)).into_bytes(),
        }
    }

    pub(super) fn group(&mut self) -> Vec<u8> {
        match self.draw.between(1, 50) {
            1 => Vec::new(),
            2 => vec![b'g'; 256],
            3 => b"\xff\xfe".to_vec(),
            4..=8 => b"missing".to_vec(),
            9..=18 => b"g2".to_vec(),
            _ => b"g1".to_vec(),
        }
    }

    pub(super) fn consumer(&mut self) -> Vec<u8> {
        match self.draw.between(1, 60) {
            1 => Vec::new(),
            2 => vec![b'c'; 256],
            3 => b"\xff\r\n".to_vec(),
            _ => format!("c{}", self.draw.between(1, 3)).into_bytes(),
        }
    }

    pub(super) fn header(&mut self) -> Vec<u8> {
        match self.draw.between(1, 10) {
            1 => Vec::new(),
            2 => b"\xff\xff".to_vec(),
            3 => self.junk(),
            _ => b"\x0a\x06\x0a\x01a\x12\x01b".to_vec(),
        }
    }

    pub(super) fn integer(&mut self) -> String {
        if self.draw.percent(60) {
            return self.draw.between(0, 12).to_string();
        }
        self.draw.one(INTEGERS).to_string()
    }

    pub(super) fn id(&mut self) -> String {
        if self.draw.percent(85) {
            let partition = *self.draw.weighted(&[(80, 0), (12, 1), (8, 2)]);
            return format!("{}-{partition}", self.draw.between(1, 8));
        }
        self.draw.one(IDS).to_string()
    }

    pub(super) fn new_id(&mut self) -> String {
        match self.draw.between(1, 10) {
            1..=7 => "*".to_owned(),
            8 => format!("{}-*", self.draw.between(0, 6)),
            9 => format!("{}", self.draw.between(0, 6)),
            _ => self.id(),
        }
    }

    pub(super) fn bound(&mut self, open: &str) -> String {
        match self.draw.between(1, 10) {
            1..=5 => open.to_owned(),
            6..=7 => format!("({}", self.id()),
            8 => self.draw.between(0, 9).to_string(),
            _ => self.id(),
        }
    }

    pub(super) fn after(&mut self) -> String {
        match self.draw.between(1, 20) {
            1..=8 => "0".to_owned(),
            9..=10 => "$".to_owned(),
            11..=12 => "+".to_owned(),
            13 => ">".to_owned(),
            _ => self.id(),
        }
    }

    pub(super) fn new_entries(&mut self) -> String {
        match self.draw.between(1, 20) {
            1..=14 => ">".to_owned(),
            15..=16 => "0".to_owned(),
            17 => "$".to_owned(),
            _ => self.id(),
        }
    }

    pub(super) fn start(&mut self) -> String {
        match self.draw.between(1, 10) {
            1..=5 => "0".to_owned(),
            6..=7 => "$".to_owned(),
            8 => "-".to_owned(),
            _ => self.id(),
        }
    }

    pub(super) fn partitions(&mut self) -> String {
        match self.draw.between(1, 12) {
            1 => self.draw.one(&["0", "-1", "10001", "abc", "1.5", ""]).to_string(),
            _ => self.draw.between(1, 8).to_string(),
        }
    }

    pub(super) fn command(&mut self) -> String {
        if self.commands.is_empty() || self.draw.percent(10) {
            return "nothing".to_owned();
        }
        let name = self.draw.one(self.commands).clone();
        if self.draw.percent(50) { name.to_lowercase() } else { name }
    }

    /// Fits no topic that the conversation publishes to while it listens without waiting.
    pub(super) fn pattern(&mut self) -> String {
        match self.draw.between(1, 12) {
            1..=5 => self.names.topic("[abm]"),
            6..=7 => self.names.topic("?"),
            8 => self.names.topic("a*"),
            9 => "p".repeat(self.draw.length(1_020, 1_030)),
            _ => self.draw.one(PATTERNS).to_string(),
        }
    }

    pub(super) fn user(&mut self) -> String {
        let users = ["admin", "admin", "writer", "reader", "partly", "default", "hashed"];
        match self.draw.between(1, 10) {
            1 => format!("nobody{}", self.names.number),
            2 => String::new(),
            _ => self.draw.one(&users).to_string(),
        }
    }

    pub(super) fn password(&mut self) -> String {
        let known = ["admin", "writer", "reader", "partly", "default", "wonderland"];
        match self.draw.between(1, 10) {
            1 => format!("wrong{}", self.names.number),
            2 => String::new(),
            _ => self.draw.one(&known).to_string(),
        }
    }

    pub(super) fn dsn(&mut self) -> String {
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
