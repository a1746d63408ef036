//! DEL and UNLINK, and what a log refuses: deleting single entries, setting ids.

use super::Context;
use crate::{
    broker::BrokerError,
    command::{self, EntryId, is_word, rest},
    commands::Request,
    message::{Rejection, TopicName},
    order::order_log,
    pipeline::{BrokerOp, broker_rejection},
    resp::Args,
};

impl Context {
    /// DEL: what does not exist is not counted and needs no right, so that clients may clean up.
    pub(crate) async fn delete(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let mut count = 0;
        for topic in self.topics_to_delete(args).await? {
            count += i64::from(self.delete_topic(&topic).await?);
        }
        self.replies.integer(count);
        Ok(())
    }

    /// The topics that a DEL names, all of which may be deleted.
    pub(crate) async fn topics_to_delete(
        &self,
        args: &Args<'_>,
    ) -> Result<Vec<TopicName>, Rejection> {
        let mut topics: Vec<TopicName> = Vec::new();
        for key in rest(args, 1) {
            let Ok(key) = command::stream_key(key) else { continue };
            let is_known = self.may_manage(&key.topic)? && !topics.contains(&key.topic);
            if !is_known || self.find_topic(&key.topic).await?.is_none() {
                continue;
            }
            if key.partition.is_some() {
                let words = "a partition cannot be deleted alone: delete the topic, or trim it";
                return Err(Rejection::err(words));
            }
            topics.push(key.topic);
        }
        if !topics.is_empty() {
            self.check_delete()?;
        }
        Ok(topics)
    }

    fn check_delete(&self) -> Result<(), Rejection> {
        if self.services.settings.delete_topics && self.identity()?.grant().admin {
            return Ok(());
        }
        Err(Rejection::err(
            "a topic is deleted only by a login with admin rights, and only where \
             `topics.delete = true` is set",
        ))
    }

    /// Deletes a topic with what the gateway keeps for it; false if it was gone already.
    async fn delete_topic(&self, topic: &TopicName) -> Result<bool, Rejection> {
        let broker = self.broker()?;
        // First: the order of a topic that is gone must not be taken for that of its successor.
        if let Ok(order) = order_log(topic) {
            self.delete_one(&order).await?;
        }
        let deleted = self.delete_one(topic).await?;
        self.services.orders.forget(&self.identity()?.cluster, topic);
        tracing::info!(%topic, broker = broker.name(), client = self.client.id(), "topic deleted");
        Ok(deleted)
    }

    async fn delete_one(&self, topic: &TopicName) -> Result<bool, Rejection> {
        match self.broker()?.delete_topic(topic).await {
            Ok(()) => Ok(true),
            Err(BrokerError::NoSuchTopic { .. }) => Ok(false),
            Err(error) => Err(broker_rejection(BrokerOp::Delete, error)),
        }
    }

    pub(crate) fn xcfgset(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        self.check_publish(&command::stream_key(&args[1])?.topic)?;
        Err(Rejection::err(
            "the window of IDMP is the same on every gateway: set `idmp_duration_secs` and \
             `idmp_maxsize` under [streams.\"topic\"] in their configuration",
        ))
    }

    /// XDEL, XDELEX, XACKDEL, XSETID: the client's mistakes first, then why it cannot be.
    pub(crate) fn not_in_a_log(&mut self, request: &Request<'_>) -> Result<(), Rejection> {
        let args = &request.args;
        let key = command::stream_key(&args[1])?;
        self.check_publish(&key.topic)?;
        match request.spec().name {
            "XDEL" => check_ids(rest(args, 2))?,
            "XSETID" => check_ids(args.get(2).into_iter())?,
            "XDELEX" => check_id_list(args, 2)?,
            _ => check_id_list(args, 3)?,
        }
        let words = match request.spec().name {
            "XSETID" => {
                "XSETID is not possible: ids are places in the log, and the next one is the end"
            }
            _ => {
                "single entries cannot be deleted from a log: XTRIM deletes the oldest, retention \
                 does so by itself"
            }
        };
        Err(Rejection::err(words))
    }
}

fn check_ids<'a>(ids: impl Iterator<Item = &'a [u8]>) -> Result<(), Rejection> {
    for id in ids {
        EntryId::parse(id, 0).map_err(|error| Rejection::err(error.to_string()))?;
    }
    Ok(())
}

/// `[KEEPREF|DELREF|ACKED] IDS count id …`, from `at` on.
fn check_id_list(args: &Args<'_>, at: usize) -> Result<(), Rejection> {
    let is_option = ["KEEPREF", "DELREF", "ACKED"].iter().any(|word| is_word(&args[at], word));
    let at = at + usize::from(is_option);
    let (Some(word), Some(count)) = (args.get(at), args.get(at + 1)) else {
        return Err(command::syntax_error());
    };
    if !is_word(word, "IDS") {
        return Err(command::syntax_error());
    }
    let count = usize::try_from(command::integer(count)?).ok().filter(|count| *count > 0);
    let Some(count) = count else {
        return Err(Rejection::err("Number of IDs must be a positive integer"));
    };
    if args.len() - (at + 2) != count {
        let words = "The `numids` parameter must match the number of arguments";
        return Err(Rejection::err(words));
    }
    check_ids(rest(args, at + 2))
}
