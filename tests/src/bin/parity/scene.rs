//! A conversation that is being written: steps in a row, with words from the vocabulary.

use super::{
    conversation::{Command, Conversation, Expect, Form, Step, words},
    draw::Draw,
    grammar::GRAMMAR,
    profile::Profile,
    vocabulary::{Names, Vocabulary},
};

mod settle;
mod spoil;

/// What a family writes its conversation into.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) draw: Draw,
    pub(crate) names: Names,
    pub(crate) profile: Profile,
    /// All commands there are.
    pub(crate) commands: &'a [String],
    steps: Vec<Step>,
    connections: usize,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(seed: u64, number: u64, commands: &'a [String]) -> Self {
        let profile = Profile::of(number);
        Self {
            draw: Draw::new(seed, number),
            names: Names::new(number, profile),
            profile,
            commands,
            steps: Vec::new(),
            connections: 0,
        }
    }

    /// The whole conversation.
    pub(crate) fn finish(self, number: u64, family: &'static str) -> Conversation {
        let steps = settle::settled(self.steps);
        Conversation { number, family, profile: self.profile, steps }
    }

    /// A new connection that may do everything, of either protocol.
    pub(crate) fn open(&mut self) -> usize {
        let who = self.open_plain();
        if self.draw.percent(40) {
            self.say(who, "HELLO 3");
        }
        who
    }

    /// A new connection of RESP2 that may do everything.
    pub(crate) fn open_plain(&mut self) -> usize {
        let who = self.open_stranger();
        if self.profile.asks_for_login() {
            self.say(who, "AUTH admin admin");
        }
        who
    }

    /// A new connection that has said nothing.
    pub(crate) fn open_stranger(&mut self) -> usize {
        self.connections += 1;
        let who = self.connections - 1;
        self.steps.push(Step::Open { who });
        who
    }

    /// A new connection for HTTP.
    pub(crate) fn open_http(&mut self) -> usize {
        self.connections += 1;
        let who = self.connections - 1;
        self.steps.push(Step::OpenHttp { who });
        who
    }

    /// Adds a step.
    pub(crate) fn step(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// One command, typed as a line without quotes, and its replies.
    pub(crate) fn say(&mut self, who: usize, line: &str) {
        self.say_words(who, words(line), Expect::Fence);
    }

    /// One command typed as a line, and so many replies.
    pub(crate) fn say_for(&mut self, who: usize, line: &str, expect: Expect) {
        self.say_words(who, words(line), expect);
    }

    /// One command, and its replies.
    pub(crate) fn say_words(&mut self, who: usize, command: Command, expect: Expect) {
        self.say_all(who, vec![command], expect);
    }

    /// Commands in one write, and their replies.
    pub(crate) fn say_all(&mut self, who: usize, commands: Vec<Command>, expect: Expect) {
        let (form, cuts) = (Form::Array, Vec::new());
        self.steps.push(Step::Say { who, commands, form, cuts, expect });
    }

    /// Waits for what others caused.
    pub(crate) fn hear(&mut self, who: usize, expect: Expect) {
        self.steps.push(Step::Hear { who, expect });
    }

    /// Some command of a section of `commands.txt`.
    pub(crate) fn command_of(&mut self, section: &str) -> Command {
        let mut words = Vocabulary::new(&mut self.draw, &self.names, self.commands);
        GRAMMAR.of_section(section, &mut words)
    }

    /// Some form of the command of this name.
    pub(crate) fn command_named(&mut self, name: &str) -> Command {
        let mut words = Vocabulary::new(&mut self.draw, &self.names, self.commands);
        GRAMMAR.of_name(name, &mut words)
    }

    /// A word of a kind.
    pub(crate) fn word(&mut self, kind: &str) -> Vec<u8> {
        Vocabulary::new(&mut self.draw, &self.names, self.commands).word(kind)
    }

    /// A word of a kind, where it is text.
    pub(crate) fn text(&mut self, kind: &str) -> String {
        String::from_utf8_lossy(&self.word(kind)).into_owned()
    }

    /// A few commands of a section, some spoilt, one by one, as lines, or together.
    pub(crate) fn chat(&mut self, who: usize, section: &str, count: usize) {
        let mut left = count;
        while left > 0 {
            let together = if self.draw.percent(25) { self.draw.length(2, 8) } else { 1 };
            let together = together.min(left);
            let commands = (0..together).map(|_| self.command_of(section));
            let commands = commands.collect::<Vec<_>>();
            let commands = commands.into_iter().map(|command| self.spoil(command)).collect();
            self.say_somehow(who, commands);
            left -= together;
        }
    }

    /// A command, perhaps with something wrong.
    pub(crate) fn say_spoilt(&mut self, who: usize, command: Command) {
        let command = self.spoil(command);
        self.say_somehow(who, vec![command]);
    }

    /// Commands as arrays or lines, in one write where that is short: of a long one the gateway
    /// may see the beginning first, and then publishes what is in it in more than one burst.
    fn say_somehow(&mut self, who: usize, commands: Vec<Command>) {
        const TOGETHER_BYTES_MAX: usize = 8 * 1024;
        let bytes: usize = commands.iter().flatten().map(Vec::len).sum();
        if commands.len() > 1 && bytes > TOGETHER_BYTES_MAX {
            commands.into_iter().for_each(|command| self.say_somehow(who, vec![command]));
            return;
        }
        let can_be_lines = commands.iter().flatten().all(|word| is_plain(word));
        let form = if can_be_lines && self.draw.percent(20) { Form::Inline } else { Form::Array };
        let kills = commands.iter().any(|command| spoil::is(command, &["CLIENT", "KILL"]));
        self.steps.push(Step::Say { who, commands, form, cuts: Vec::new(), expect: Expect::Fence });
        if kills {
            self.steps.push(Step::Renew);
        }
    }

    /// Topics `a`, `b` and `m` with a few entries each; `m` has several partitions.
    pub(crate) fn some_topics(&mut self, who: usize) {
        let topic = |scene: &Self, which| scene.names.topic(which);
        let (a, b, m) = (topic(self, "a"), topic(self, "b"), topic(self, "m"));
        if self.profile == Profile::Limits || self.draw.percent(30) {
            self.say(who, &format!("TOPIC CREATE {a} PARTITIONS 1"));
            self.say(who, &format!("TOPIC CREATE {b} PARTITIONS 2"));
        }
        let partitions = self.draw.between(2, 8);
        self.say(who, &format!("TOPIC CREATE {m} PARTITIONS {partitions}"));
        let mut commands = Vec::new();
        for (topic, most) in [(&a, 6), (&b, 3)] {
            for nth in 0..self.draw.length(0, most) {
                commands.push(words(&format!("XADD {topic} * f1 v{nth}")));
            }
        }
        for nth in 0..self.draw.between(0, 6) {
            let partition = self.draw.between(0, partitions - 1);
            commands.push(words(&format!("XADD {m}:{partition} * f1 m{nth}")));
        }
        if !commands.is_empty() {
            self.say_all(who, commands, Expect::Fence);
        }
    }
}

/// Can a word stand in a line as it is?
fn is_plain(word: &[u8]) -> bool {
    let is_plain = |byte: &u8| (b'!'..=b'~').contains(byte) && *byte != b'"' && *byte != b'\'';
    !word.is_empty() && word.iter().all(is_plain)
}
