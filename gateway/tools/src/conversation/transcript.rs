//! A conversation that was played, as the text of its snapshot.
//!
//! ```text
//! client> XADD orders * value hello
//!   publish orders
//!     filter-json filter.on-produce forward
//!     stored orders/0 at 0 (the topic has only this one)
//!       value "hello"
//!   < "0-0"
//!   shop < 1) 1) "orders"
//! ```
//!
//! Column 0 has the conversation's lines, column 2 the heads of traces and, after all of them, the
//! replies: `<` for the client that spoke, `NAME <` for another that got something because of it.

use super::redact::Redactor;

/// The text of a snapshot as it grows, line by line.
#[derive(Debug)]
pub struct Transcript<'a> {
    redactor: &'a Redactor<'a>,
    text: String,
    /// The command of the line in hand.
    command: String,
    /// Who spoke in it.
    speaker: String,
    numbers: Vec<usize>,
}

impl<'a> Transcript<'a> {
    /// Nothing was said yet.
    pub fn new(redactor: &'a Redactor<'a>) -> Self {
        let (text, command, speaker, numbers) = Default::default();
        Self { redactor, text, command, speaker, numbers }
    }

    /// The line of this number begins: `client` says what was typed. A directive has no client.
    pub fn line(&mut self, number: usize, client: &str, typed: &str) {
        self.numbers.push(number);
        client.clone_into(&mut self.speaker);
        typed.split_whitespace().next().unwrap_or_default().clone_into(&mut self.command);
        if !typed.starts_with('@') {
            self.text.push_str(client);
            self.text.push_str("> ");
        }
        self.text.push_str(typed);
        self.text.push('\n');
    }

    /// A trace, its lines without indent.
    pub fn trace(&mut self, lines: &[String]) {
        lines.iter().for_each(|line| self.add("  ", line));
    }

    /// What a client got, as redis-cli prints it; further lines stand below the first.
    pub fn reply(&mut self, client: &str, lines: &[String]) {
        let mark = if client == self.speaker { "< ".into() } else { format!("{client} < ") };
        let further = " ".repeat(mark.chars().count());
        for (index, line) in lines.iter().enumerate() {
            let mark = if index == 0 { &mark } else { &further };
            self.add("  ", &format!("{mark}{line}"));
        }
    }

    /// The client's reply has not come.
    pub fn waits(&mut self) {
        self.add("  ", "(waits)");
    }

    fn add(&mut self, indent: &str, line: &str) {
        let line = self.redactor.line(&self.command, line);
        self.text.push_str(format!("{indent}{line}").trim_end());
        self.text.push('\n');
    }

    /// The text, and for each line of the conversation in it its number in the file.
    pub fn finish(self) -> (String, Vec<usize>) {
        (self.text, self.numbers)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn each_line_has_its_traces_and_then_its_replies_below() {
        let redactor = Redactor::new(&[], "", &[1_767_225_600_000], Duration::ZERO);
        let mut transcript = Transcript::new(&redactor);
        transcript.line(3, "client", "XADD orders * a b");
        transcript
            .trace(&lines("publish orders\n  stored orders/0 at 0\n    value \"1767225600000\""));
        transcript.reply("client", &lines("\"0-0\""));
        transcript.reply("shop", &lines("1) \"orders\"\n2) \"x\""));
        transcript.line(4, "client", "@wait 5s");
        transcript.line(6, "shop", "XREAD BLOCK 0 STREAMS orders $");
        transcript.waits();
        let (text, numbers) = transcript.finish();
        assert_eq!(
            text,
            "client> XADD orders * a b\n  publish orders\n    stored orders/0 at 0\n      \
             value \"[TIME]\"\n  < \"0-0\"\n  shop < 1) \"orders\"\n         2) \"x\"\n@wait 5s\n\
             shop> XREAD BLOCK 0 STREAMS orders $\n  (waits)\n"
        );
        assert_eq!(numbers, [3, 4, 6]);
    }
}
