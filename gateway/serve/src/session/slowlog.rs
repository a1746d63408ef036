//! SLOWLOG, and how commands get into it.

use tokio::time::Instant;

use super::Context;
use crate::{
    command::{self, Asked},
    commands::{Request, Spec},
    message::Rejection,
    resp::Args,
    telemetry::{SLOWLOG_ENTRIES_MAX, Slow},
};

/// Entries of SLOWLOG GET where the client does not say how many, as in Redis.
const ENTRIES: usize = 10;
/// Most keys an entry shows.
const KEYS_MAX: usize = 4;

impl Context {
    pub(crate) fn slowlog(&mut self, spec: &Spec, args: &Args<'_>) -> Result<(), Rejection> {
        // Other clients' commands and addresses are for the operator.
        let user = match self.check_admin() {
            Ok(()) => None,
            Err(_) => Some(self.identity()?.grant().principal.clone()),
        };
        let seen = |slow: &Slow| user.as_ref().is_none_or(|user| *user == slow.user);
        match command::subcommand(spec, args)? {
            Asked::Help => self.help(spec),
            Asked::For("LEN") => {
                let entries = self.services.slowlog.newest(SLOWLOG_ENTRIES_MAX, seen);
                self.replies.integer(i64::try_from(entries.len()).unwrap_or(i64::MAX));
            }
            Asked::For("RESET") => {
                self.check_admin()?;
                self.services.slowlog.reset();
                self.replies.ok();
            }
            Asked::For(_) => {
                let most = args.get(2).map_or(Ok(ENTRIES), entries_wanted)?;
                let entries = self.services.slowlog.newest(most, seen);
                self.replies.array(entries.len());
                entries.iter().for_each(|slow| self.send_slow(slow));
            }
        }
        Ok(())
    }

    fn send_slow(&mut self, slow: &Slow) {
        let integer = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let replies = &mut self.replies;
        replies.array(6);
        replies.integer(integer(slow.id));
        replies.integer(slow.at_ms / 1_000);
        replies.integer(i64::try_from(slow.took.as_micros()).unwrap_or(i64::MAX));
        replies.array(slow.words.len());
        slow.words.iter().for_each(|word| replies.bulk(word.as_bytes()));
        replies.bulk(slow.peer.as_bytes());
        replies.bulk(slow.name.as_bytes());
    }

    /// Notes a command that took long since `began`, time spent blocked set apart: its name, its
    /// keys and the number of its arguments, never values or credentials.
    pub(crate) fn note_if_slow(&self, request: &Request<'_>, began: Instant) {
        let (spec, args) = (request.spec(), &request.args);
        let took = began.elapsed().saturating_sub(self.waited);
        if took < self.services.settings.slow_after {
            return;
        }
        let mut words = vec![spec.name.to_ascii_lowercase()];
        let keys = command::keys_of(spec, args, 0);
        words.extend(keys.iter().take(KEYS_MAX).map(|key| topic_text(key)));
        let more = args.len() - words.len().min(args.len());
        self.note(words, more, took);
    }

    /// Notes a burst of published messages that took long, as its last topic and their number.
    pub(crate) fn note_if_slow_burst(&self, messages: usize, began: Instant) {
        let took = began.elapsed();
        if took < self.services.settings.slow_after {
            return;
        }
        let binding = self.identity.as_ref().and_then(|known| known.grant().binding.as_ref());
        let (name, topic) = match (self.burst.last_topic(), binding) {
            (Some(topic), _) => ("xadd", topic.as_str()),
            (None, Some(binding)) => ("set", binding.topic.as_str()),
            (None, None) => ("xadd", "?"),
        };
        let words =
            vec![name.to_owned(), topic.to_owned(), format!("({messages} messages together)")];
        self.note(words, 0, took);
    }

    /// `more`: how many arguments are not shown, said in Redis' words.
    fn note(&self, mut words: Vec<String>, more: usize, took: std::time::Duration) {
        if more > 0 {
            words.push(format!("... ({more} more arguments)"));
        }
        let user = self.identity.as_ref().map(|known| known.grant().principal.clone());
        self.services.slowlog.add(Slow {
            id: 0,
            at_ms: self.now_ms(),
            took,
            words,
            user: user.unwrap_or_default(),
            peer: self.client.peer(),
            name: self.client.name(),
        });
    }
}

fn entries_wanted(argument: &[u8]) -> Result<usize, Rejection> {
    let refusal = || Rejection::err("count should be greater than or equal to -1");
    match command::integer(argument).map_err(|_| refusal())? {
        -1 => Ok(SLOWLOG_ENTRIES_MAX),
        wanted => usize::try_from(wanted).map_err(|_| refusal()),
    }
}

/// A key as far as it may be shown: what is no topic may be anything.
fn topic_text(key: &[u8]) -> String {
    match command::stream_key(key) {
        Ok(_) => String::from_utf8_lossy(key).into_owned(),
        Err(_) => "?".to_owned(),
    }
}
