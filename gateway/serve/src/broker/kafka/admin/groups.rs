//! Committed offsets of groups.

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use krafka::{
    KrafkaError,
    admin::{
        AdminClient, AlterConsumerGroupOffsetsOptions, DeleteConsumerGroupOffsetsOptions,
        GroupOffset, ListConsumerGroupOffsetsOptions, ListConsumerGroupsOptions, TopicPartition,
    },
    error::ErrorCode,
};
use tokio::time::timeout;

use super::{Admin, one};
use crate::{
    broker::{
        BrokerError, Committed,
        kafka::{
            convert::{offset_from_kafka, offset_to_kafka},
            error,
        },
    },
    message::{self, TopicName},
};

/// Groups asked for at the same time: each needs a request.
const ASKED_AT_ONCE: usize = 8;

impl Admin {
    /// Commits for a group without members, without metadata: the client sends none for non-members.
    ///
    /// # Errors
    /// `Refused`, also where the group has members; after `Unknown` it may be stored.
    pub(in super::super) async fn commit(
        &self,
        group: &str,
        partition: &message::TopicPartition,
        offset: u64,
    ) -> Result<(), BrokerError> {
        let at = self.partition_in_kafka(partition);
        let offset = offset_to_kafka(offset);
        let options = AlterConsumerGroupOffsetsOptions::default().timeout(self.timeout);
        let admin = self.client().await?;
        let offsets = [(at.clone(), offset)];
        let group = self.names.group(group);
        let answer = admin.alter_consumer_group_offsets(group, offsets, options).await;
        one(answer, &at).map_err(|error| error::on_change_of(&partition.topic, &error))
    }

    /// A group's committed offset in a partition; `None` if it never committed there.
    ///
    /// # Errors
    /// `Refused`, `Unreachable`.
    pub(in super::super) async fn committed(
        &self,
        group: &str,
        partition: &message::TopicPartition,
    ) -> Result<Option<Committed>, BrokerError> {
        let at = self.partition_in_kafka(partition);
        let options = ListConsumerGroupOffsetsOptions::default()
            .timeout(self.timeout)
            // Wait for offsets that are being committed.
            .require_stable(true)
            .partitions(vec![at.clone()]);
        let group = self.names.group(group);
        let answer = self.client().await?.list_consumer_group_offsets(group, options).await;
        match one(answer, &at) {
            Ok(found) => Ok(found.offset.map(|offset| Committed {
                offset: offset_from_kafka(offset),
                metadata: found.metadata.unwrap_or_default(),
            })),
            Err(KrafkaError::Broker { code: ErrorCode::GroupIdNotFound, .. }) => Ok(None),
            Err(error) => Err(error::on_query(&error)),
        }
    }

    /// Groups with a committed offset in a topic, sorted by name. Every group of the cluster has to be
    /// asked for; the error is `Unreachable` if that takes longer than one request may.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused`, `Unreachable`.
    pub(in super::super) async fn groups(
        &self,
        topic: &TopicName,
        partitions: u32,
    ) -> Result<Vec<String>, BrokerError> {
        let all: Vec<_> = (0..partitions).map(|number| self.numbered(topic, number)).collect();
        let admin = self.client().await?;
        let asking = async {
            let has_offset = async |group: String| {
                let answers = self.offsets_of(&admin, &group, all.clone()).await?;
                let mut found = answers.into_values().flatten();
                Ok::<_, BrokerError>(found.any(|found| found.offset.is_some()).then_some(group))
            };
            let all = stream::iter(self.all_groups(&admin).await?).map(has_offset);
            let found = all.buffer_unordered(ASKED_AT_ONCE);
            found.try_filter_map(async |group| Ok(group)).try_collect::<Vec<_>>().await
        };
        let limit = self.timeout;
        let found = timeout(limit, asking).await.unwrap_or_else(|_| {
            let reason = format!("not all groups told their places within {limit:?}");
            Err(BrokerError::Unreachable { reason })
        });
        let mut found: Vec<_> =
            found?.iter().filter_map(|group| self.names.shown_group(group)).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// Removes the offsets of a group in a topic.
    ///
    /// # Errors
    /// `Refused`, also where members read the topic; after `Unknown` they may be gone.
    pub(in super::super) async fn forget_group(
        &self,
        group: &str,
        topic: &TopicName,
        partitions: u32,
    ) -> Result<(), BrokerError> {
        let all = (0..partitions).map(|number| self.numbered(topic, number));
        let options = DeleteConsumerGroupOffsetsOptions::default().timeout(self.timeout);
        let group = self.names.group(group);
        let admin = self.client().await?;
        let answers = admin.delete_consumer_group_offsets(group, all, options).await;
        let answers = answers.map_err(|error| error::on_change_of(topic, &error))?;
        for answer in answers.into_values() {
            match answer {
                Err(KrafkaError::Broker { code: ErrorCode::GroupIdNotFound, .. }) => {}
                answer => answer.map_err(|error| error::on_change_of(topic, &error))?,
            }
        }
        Ok(())
    }

    /// All groups of the cluster with our prefix, by their names in Kafka.
    async fn all_groups(&self, admin: &AdminClient) -> Result<Vec<String>, BrokerError> {
        let options = ListConsumerGroupsOptions::default().timeout(self.timeout);
        let answers = admin.list_consumer_groups(options).await;
        let mut groups = Vec::new();
        for listed in answers.map_err(|error| error::on_query(&error))?.into_values() {
            let listed = listed.map_err(|error| error::on_query(&error))?;
            let ids = listed.into_iter().map(|group| group.group_id);
            groups.extend(ids.filter(|group| self.names.shown_group(group).is_some()));
        }
        Ok(groups)
    }

    /// The offsets of a group, by its name in Kafka; empty if there is no such group.
    async fn offsets_of(
        &self,
        admin: &AdminClient,
        group: &str,
        partitions: Vec<TopicPartition>,
    ) -> Result<HashMap<TopicPartition, krafka::Result<GroupOffset>>, BrokerError> {
        let options =
            ListConsumerGroupOffsetsOptions::default().timeout(self.timeout).partitions(partitions);
        match admin.list_consumer_group_offsets(group, options).await {
            Err(KrafkaError::Broker { code: ErrorCode::GroupIdNotFound, .. }) => Ok(HashMap::new()),
            answer => answer.map_err(|error| error::on_query(&error)),
        }
    }
}
