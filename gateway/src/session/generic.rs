//! Topics as keys, for tools: EXISTS, TYPE, SCAN, DBSIZE, WAIT.

use super::Session;
use crate::{
    command::{self, is_word},
    message::{Rejection, TopicName, TopicPattern},
    pipeline::read_refusal,
    resp::Args,
};

/// Topics in one answer of SCAN where the client does not say how many.
const SCAN_COUNT: usize = 10;

impl Session {
    /// The topics this client may know about.
    async fn visible(&self) -> Result<Vec<TopicName>, Rejection> {
        let topics = self.broker()?.topics().await.map_err(read_refusal)?;
        let grant = self.identity()?.grant();
        let may = |name: &TopicName| {
            !name.is_internal()
                && (grant.may_consume(name.as_str()) || grant.may_publish(name.as_str()))
        };
        Ok(topics.into_iter().map(|topic| topic.name).filter(may).collect())
    }

    fn knows(&self, key: &[u8]) -> Result<bool, Rejection> {
        let Ok(key) = command::stream_key(key) else { return Ok(false) };
        let grant = self.identity()?.grant();
        let name = key.topic.as_str();
        let visible = grant.may_consume(name) || grant.may_publish(name);
        let topic = self.broker()?.topic(name).filter(|_| visible && !key.topic.is_internal());
        Ok(topic.is_some_and(|topic| key.partition.is_none_or(|at| at < topic.partitions)))
    }

    pub(super) async fn db_size(&mut self) -> Result<(), Rejection> {
        let count = self.visible().await?.len();
        self.replies.integer(i64::try_from(count).unwrap_or(i64::MAX));
        Ok(())
    }

    pub(super) fn exists(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let mut count = 0;
        for key in command::rest(args, 1) {
            count += i64::from(self.knows(key)?);
        }
        self.replies.integer(count);
        Ok(())
    }

    pub(super) fn key_type(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        self.replies.simple(if self.knows(&args[1])? { "stream" } else { "none" });
        Ok(())
    }

    /// SCAN: the cursor is how many topics, in the order of their names, were given before.
    pub(super) async fn scan(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let cursor = std::str::from_utf8(&args[1]).ok().and_then(|text| text.parse().ok());
        let cursor: usize = cursor.ok_or_else(|| Rejection::err("invalid cursor"))?;
        let (mut pattern, mut count, mut streams) = (TopicPattern::new("*"), SCAN_COUNT, true);
        let mut at = 2;
        while let Some(option) = args.get(at) {
            let Some(value) = args.get(at + 1) else { return Err(command::syntax_error()) };
            if is_word(option, "MATCH") {
                pattern = TopicPattern::new(String::from_utf8_lossy(value));
            } else if is_word(option, "COUNT") {
                let number = usize::try_from(command::integer(value)?).ok();
                count = number.filter(|n| *n > 0).ok_or_else(command::syntax_error)?;
            } else if is_word(option, "TYPE") {
                streams = is_word(value, "stream");
            } else {
                return Err(command::syntax_error());
            }
            at += 2;
        }
        let topics = self.visible().await?;
        let end = cursor.saturating_add(count);
        let next = if end < topics.len() { end } else { 0 };
        let page = topics.iter().skip(cursor).take(count);
        let found: Vec<_> = page.filter(|name| streams && pattern.matches(name.as_str())).collect();
        self.replies.array(2);
        self.replies.bulk(itoa::Buffer::new().format(next).as_bytes());
        self.replies.array(found.len());
        found.iter().for_each(|name| self.replies.bulk(name.as_str().as_bytes()));
        Ok(())
    }

    /// WAIT: there are no replicas to wait for; what was answered with OK is stored already.
    pub(super) fn wait(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        command::integer(&args[1])?;
        command::integer(&args[2])?;
        self.replies.integer(0);
        Ok(())
    }
}
