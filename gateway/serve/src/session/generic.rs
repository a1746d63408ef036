//! Topics as keys, for tools: EXISTS, TYPE, KEYS, SCAN, DBSIZE, TTL, OBJECT, WAIT.

use super::Context;
use crate::{
    command::{self, Asked, StreamKey},
    commands::Spec,
    message::{Rejection, TopicName, fits_glob},
    pipeline::read_rejection,
    resp::Args,
};

mod cursor;

/// EXISTS asks the broker about so many unknown keys one by one, and about more of them by taking
/// the list of all topics once.
const LOOK_UPS_MAX: usize = 4;

impl Context {
    /// The topics this client may know about, sorted by name.
    pub(crate) async fn visible(&self) -> Result<Vec<TopicName>, Rejection> {
        let topics = self.broker()?.topics().await.map_err(read_rejection)?;
        let mut shown = Vec::with_capacity(topics.len());
        for topic in topics {
            if self.may_know(&topic.name)? {
                shown.push(topic.name);
            }
        }
        Ok(shown)
    }

    fn may_know(&self, name: &TopicName) -> Result<bool, Rejection> {
        Ok(!name.is_internal() && self.identity()?.grant().may_use(name.as_str()))
    }

    /// The topic or partition a key names, if it exists and the client may know about it.
    pub(crate) async fn key(&self, key: &[u8]) -> Result<Option<StreamKey>, Rejection> {
        let Ok(key) = command::stream_key(key) else { return Ok(None) };
        if !self.may_know(&key.topic)? {
            return Ok(None);
        }
        let topic = self.find_topic(&key.topic).await?;
        let has = |partitions| key.partition.is_none_or(|at| at < partitions);
        Ok(topic.filter(|topic| has(topic.partitions)).map(|_| key))
    }

    /// EXISTS: a key counts as often as it is named.
    pub(crate) async fn exists(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let mut count = 0;
        if args.len() <= LOOK_UPS_MAX + 1 {
            for key in command::rest(args, 1) {
                count += i64::from(self.key(key).await?.is_some());
            }
        } else {
            let topics = self.broker()?.topics().await.map_err(read_rejection)?;
            for key in command::rest(args, 1) {
                let Ok(key) = command::stream_key(key) else { continue };
                let found = topics.binary_search_by(|topic| topic.name.cmp(&key.topic)).ok();
                let has = |at: usize| key.partition.is_none_or(|p| p < topics[at].partitions);
                count += i64::from(found.is_some_and(has) && self.may_know(&key.topic)?);
            }
        }
        self.replies.integer(count);
        Ok(())
    }

    pub(crate) async fn key_type(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let is_there = self.key(&args[1]).await?.is_some();
        self.replies.simple(if is_there { "stream" } else { "none" });
        Ok(())
    }

    pub(crate) async fn keys(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let mut topics = self.visible().await?;
        topics.retain(|name| fits_glob(&args[1], name.as_str().as_bytes()));
        self.send_names(&topics);
        Ok(())
    }

    /// SCAN: the topics in the order of their hashes, so that those that come and go move no other.
    pub(crate) async fn scan(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let scan = command::scan(args)?;
        let topics = self.visible().await?;
        let (mut page, next) = cursor::page(topics, scan.cursor, scan.count);
        let fits = |name: &[u8]| scan.pattern.is_none_or(|pattern| fits_glob(pattern, name));
        page.retain(|name| scan.streams && fits(name.as_str().as_bytes()));
        self.replies.array(2);
        self.replies.bulk(itoa::Buffer::new().format(next).as_bytes());
        self.send_names(&page);
        Ok(())
    }

    fn send_names(&mut self, names: &[TopicName]) {
        self.replies.array(names.len());
        names.iter().for_each(|name| self.replies.bulk(name.as_str().as_bytes()));
    }

    /// TTL and PTTL: topics do not expire.
    pub(crate) async fn time_to_live(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let is_there = self.key(&args[1]).await?.is_some();
        self.replies.integer(if is_there { -1 } else { -2 });
        Ok(())
    }

    /// OBJECT: what Redis tells about a stream that has just been used.
    pub(crate) async fn object(&mut self, spec: &Spec, args: &Args<'_>) -> Result<(), Rejection> {
        let asked = match command::subcommand(spec, args)? {
            Asked::Help => {
                crate::commands::subcommand::send_help(&mut self.replies, spec);
                return Ok(());
            }
            Asked::For(asked) => asked,
        };
        if self.key(&args[2]).await?.is_none() {
            self.replies.null();
            return Ok(());
        }
        match asked {
            "ENCODING" => self.replies.bulk(b"stream"),
            "REFCOUNT" => self.replies.integer(1),
            "IDLETIME" => self.replies.integer(0),
            _ => {
                return Err(Rejection::err(
                    "An LFU maxmemory policy is not selected, access frequency not tracked. \
                     Please note that when switching between policies at runtime LRU and LFU data \
                     will take some time to adjust.",
                ));
            }
        }
        Ok(())
    }

    /// WAIT: there are no replicas to wait for; what was answered with OK is stored already.
    pub(crate) fn wait(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        command::integer(&args[1])?;
        let timeout = command::integer(&args[2]);
        let timeout =
            timeout.map_err(|_| Rejection::err("timeout is not an integer or out of range"))?;
        if timeout < 0 {
            return Err(Rejection::err("timeout is negative"));
        }
        self.replies.integer(0);
        Ok(())
    }
}
