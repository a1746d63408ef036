//! TOPIC: makes, lists and describes topics.

use super::Context;
use crate::{
    broker::NewTopic,
    command,
    message::Rejection,
    pipeline::{BrokerOp, broker_rejection, read_rejection},
    resp::Args,
};

impl Context {
    pub(crate) async fn topic(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        match args[1].to_ascii_uppercase().as_slice() {
            b"CREATE" => self.topic_create(args).await,
            b"LIST" => self.topic_list().await,
            b"INFO" => self.topic_info(args).await,
            _ => Err(command::unknown_subcommand("TOPIC", &args[1])),
        }
    }

    async fn topic_create(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        self.check_admin()?;
        let create = command::topic_create(args)?;
        let partitions = create.partitions.unwrap_or(self.services.settings.partitions);
        let pipeline = &self.services.pipeline;
        let topic = NewTopic { name: create.name, partitions, configs: create.configs };
        let cluster = &self.identity()?.cluster;
        let made = pipeline.create_topic(cluster, topic).await;
        made.map_err(|error| broker_rejection(BrokerOp::Create, error))?;
        self.replies.ok();
        Ok(())
    }

    /// TOPIC INFO: partitions, copies, and the settings that are not the broker's defaults.
    async fn topic_info(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        if args.len() != 3 {
            return Err(command::wrong_arity("topic|info"));
        }
        let name = command::stream_key(&args[2])?.topic;
        let grant = self.identity()?.grant();
        if !grant.admin && !grant.may_publish(name.as_str()) {
            self.check_consume(&name)?;
        }
        let details = self.broker()?.describe_topic(&name).await.map_err(read_rejection)?;
        self.replies.map(4);
        self.text("name", details.info.name.as_str());
        self.number("partitions", u64::from(details.info.partitions));
        self.number("replicas", u64::from(details.replicas));
        self.replies.bulk(b"configs");
        self.replies.map(details.configs.len());
        for (name, value) in &details.configs {
            self.text(name, value);
        }
        Ok(())
    }

    /// TOPIC LIST: name and partitions of each topic the client may use.
    async fn topic_list(&mut self) -> Result<(), Rejection> {
        let topics = self.broker()?.topics().await.map_err(read_rejection)?;
        let mut shown = Vec::with_capacity(topics.len());
        for topic in topics {
            if self.may_manage(&topic.name)? {
                shown.push(topic);
            }
        }
        self.replies.array(shown.len());
        for topic in shown {
            self.replies.map(2);
            self.text("name", topic.name.as_str());
            self.number("partitions", u64::from(topic.partitions));
        }
        Ok(())
    }

    /// A name and its value, both as texts.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        crate::commands::fields::text(&mut self.replies, name, value);
    }

    pub(crate) fn number(&mut self, name: &str, value: u64) {
        crate::commands::fields::number(&mut self.replies, name, value);
    }
}
