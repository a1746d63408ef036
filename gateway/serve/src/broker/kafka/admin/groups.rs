//! Groups' places in partitions.

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

use super::{Admin, one, unsigned};
use crate::{
    broker::{BrokerError, Committed, kafka::fault},
    message::TopicName,
};

/// Groups that are asked for their places at once: Kafka is asked one by one.
const ASKED_AT_ONCE: usize = 8;

impl Admin {
    /// Stores the place of a group that has no members, without metadata: the client sends none
    /// for those who are no members.
    ///
    /// # Errors
    /// `Refused`, also where the group has members; after `Unknown` it may be stored.
    pub(in super::super) async fn commit(
        &self,
        group: &str,
        topic: &TopicName,
        partition: u32,
        offset: u64,
    ) -> Result<(), BrokerError> {
        let place = self.place(topic, partition);
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let options = AlterConsumerGroupOffsetsOptions::default().timeout(self.timeout);
        let admin = self.client().await?;
        let offsets = [(place.clone(), offset)];
        let group = self.names.group(group);
        let answer = admin.alter_consumer_group_offsets(group, offsets, options).await;
        one(answer, &place).map_err(|error| fault::changing_in(topic, &error))
    }

    /// A group's place in a partition, `None` if it never committed there.
    ///
    /// # Errors
    /// `Refused`, `Unreachable`.
    pub(in super::super) async fn committed(
        &self,
        group: &str,
        topic: &TopicName,
        partition: u32,
    ) -> Result<Option<Committed>, BrokerError> {
        let place = self.place(topic, partition);
        let options = ListConsumerGroupOffsetsOptions::default()
            .timeout(self.timeout)
            // A place that is being stored is waited for.
            .require_stable(true)
            .partitions(vec![place.clone()]);
        let group = self.names.group(group);
        let answer = self.client().await?.list_consumer_group_offsets(group, options).await;
        match one(answer, &place) {
            Ok(found) => Ok(found.offset.map(|offset| Committed {
                offset: unsigned(offset),
                metadata: found.metadata.unwrap_or_default(),
            })),
            Err(KrafkaError::Broker { code: ErrorCode::GroupIdNotFound, .. }) => Ok(None),
            Err(error) => Err(fault::asking(&error)),
        }
    }

    /// Groups that have a place in a topic, sorted by name. Kafka must be asked about every group
    /// it has; if that takes longer than one request may, there is no answer.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused`, `Unreachable`.
    pub(in super::super) async fn groups(
        &self,
        topic: &TopicName,
        partitions: u32,
    ) -> Result<Vec<String>, BrokerError> {
        let places: Vec<_> = (0..partitions).map(|number| self.place(topic, number)).collect();
        let admin = self.client().await?;
        let asking = async {
            let has_place = async |group: String| {
                let answers = self.places(&admin, &group, places.clone()).await?;
                let mut found = answers.into_values().flatten();
                Ok::<_, BrokerError>(found.any(|found| found.offset.is_some()).then_some(group))
            };
            let all = stream::iter(self.all_groups(&admin).await?).map(has_place);
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

    /// Forgets the places of a group in a topic.
    ///
    /// # Errors
    /// `Refused`, also where members read the topic; after `Unknown` they may be gone.
    pub(in super::super) async fn forget_group(
        &self,
        group: &str,
        topic: &TopicName,
        partitions: u32,
    ) -> Result<(), BrokerError> {
        let places = (0..partitions).map(|number| self.place(topic, number));
        let options = DeleteConsumerGroupOffsetsOptions::default().timeout(self.timeout);
        let group = self.names.group(group);
        let admin = self.client().await?;
        let answers = admin.delete_consumer_group_offsets(group, places, options).await;
        let answers = answers.map_err(|error| fault::changing_in(topic, &error))?;
        for answer in answers.into_values() {
            match answer {
                Err(KrafkaError::Broker { code: ErrorCode::GroupIdNotFound, .. }) => {}
                answer => answer.map_err(|error| fault::changing_in(topic, &error))?,
            }
        }
        Ok(())
    }

    /// All groups of the cluster whose names begin as ours do, as Kafka calls them.
    async fn all_groups(&self, admin: &AdminClient) -> Result<Vec<String>, BrokerError> {
        let options = ListConsumerGroupsOptions::default().timeout(self.timeout);
        let answers = admin.list_consumer_groups(options).await;
        let mut groups = Vec::new();
        for listed in answers.map_err(|error| fault::asking(&error))?.into_values() {
            let listed = listed.map_err(|error| fault::asking(&error))?;
            let ids = listed.into_iter().map(|group| group.group_id);
            groups.extend(ids.filter(|group| self.names.shown_group(group).is_some()));
        }
        Ok(groups)
    }

    /// What a group, by Kafka's name, answers about its places; nothing if there is none.
    async fn places(
        &self,
        admin: &AdminClient,
        group: &str,
        places: Vec<TopicPartition>,
    ) -> Result<HashMap<TopicPartition, krafka::Result<GroupOffset>>, BrokerError> {
        let options =
            ListConsumerGroupOffsetsOptions::default().timeout(self.timeout).partitions(places);
        match admin.list_consumer_group_offsets(group, options).await {
            Err(KrafkaError::Broker { code: ErrorCode::GroupIdNotFound, .. }) => Ok(HashMap::new()),
            answer => answer.map_err(|error| fault::asking(&error)),
        }
    }
}
