//! Commands made wrong: a word less, one more, another one, or written otherwise.

use super::Scene;
use crate::parity::conversation::Command;

impl Scene<'_> {
    /// The command, one time in eight with something wrong, and sometimes in lower case.
    pub(crate) fn spoil(&mut self, mut command: Command) -> Command {
        if self.draw.percent(12) {
            self.break_one(&mut command);
            tame(&mut command);
        }
        match self.draw.between(1, 20) {
            1..=2 => command[0].make_ascii_lowercase(),
            3 => command.iter_mut().for_each(|word| word.make_ascii_lowercase()),
            4 => {
                if let Some(first) = command[0].first_mut() {
                    first.make_ascii_lowercase();
                }
            }
            _ => {}
        }
        command
    }

    fn break_one(&mut self, command: &mut Command) {
        let at = self.draw.length(0, command.len() - 1);
        match self.draw.between(1, 7) {
            1 if at > 0 => {
                command.remove(at);
            }
            2 => command.truncate(at.max(1)),
            3 => {
                let word = self.word("word");
                command.insert(at.max(1), word);
            }
            4 => {
                let word = self.word("word");
                command.push(word);
            }
            5 if at > 0 => command[at] = self.word("word"),
            6 if at > 0 && at + 1 < command.len() => command.swap(at, at + 1),
            _ => {
                let again = command[at].clone();
                command.insert(at + 1, again);
            }
        }
    }
}

/// Does a command begin with these words?
pub(super) fn is(command: &Command, words: &[&str]) -> bool {
    let fits = |(word, name): (&Vec<u8>, &&str)| word.eq_ignore_ascii_case(name.as_bytes());
    command.len() >= words.len() && command.iter().zip(words).all(fits)
}

fn number(command: &Command, at: usize) -> Option<i64> {
    std::str::from_utf8(command.get(at)?).ok()?.parse().ok()
}

/// A command that was made wrong must not wait for long by chance.
fn tame(command: &mut Command) {
    const WAIT_MS_MAX: i64 = 20;
    const IDLE_MS_MIN: i64 = 3_600_000;
    if is(command, &["EXPLAIN"]) {
        return;
    }
    for at in 1..command.len() {
        let is_long = number(command, at).is_some_and(|it| it == 0 || it > WAIT_MS_MAX);
        if is_long && command[at - 1].eq_ignore_ascii_case(b"BLOCK") {
            command[at] = b"2".to_vec();
        }
    }
    // Nor must it count how long an entry was left alone while a conversation lasts.
    let has_idle = ["XCLAIM", "XAUTOCLAIM", "XPENDING"].iter().any(|name| is(command, &[name]));
    if has_idle && number(command, 4).is_some_and(|idle| (1..IDLE_MS_MIN).contains(&idle)) {
        command[4] = b"0".to_vec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parity::conversation::words;

    #[test]
    fn nothing_waits_for_ever_by_chance() {
        for (line, tamed) in [
            ("XREAD BLOCK 0 STREAMS a 0", "XREAD BLOCK 2 STREAMS a 0"),
            ("xread block 5000 streams a 0", "xread block 2 streams a 0"),
            ("XREAD BLOCK abc STREAMS 0 0", "XREAD BLOCK abc STREAMS 0 0"),
            ("XCLAIM t g c 5 1-0", "XCLAIM t g c 0 1-0"),
            ("EXPLAIN XREAD BLOCK 0 STREAMS a 0", "EXPLAIN XREAD BLOCK 0 STREAMS a 0"),
        ] {
            let mut command = words(line);
            tame(&mut command);
            assert_eq!(command, words(tamed));
        }
    }
}
