//! The databus dialect: MGET, and SET as a commit.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{CommandError, Context};
use crate::{
    broker::BrokerError,
    command::{self, MessageFormat},
    commands::stream::{
        blocking::changed,
        fetch::{Fetched, fetch_records},
    },
    consumer::CommitError,
    message::{Binding, ErrorCode, PartitionOffset, Rejection, StartAt},
    order::OffsetRun,
    pipeline::{BrokerOp, broker_rejection, read_rejection},
    resp::Args,
};

/// Payload bytes of one MGET; a batch ends behind the message that passes it.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// A commit is answered within this time, as a publish is.
pub(crate) const COMMIT_WITHIN: Duration = Duration::from_millis(2_500);
/// What a commit gets whose time the commands before it have used up.
pub(crate) const COMMIT_MIN: Duration = Duration::from_millis(100);
/// Word that marks a SET of a client that publishes and consumes as a commit.
const COMMIT_WORD: &str = "COMMIT";

/// For databus commands of a client whose login has no topic.
pub(crate) fn not_bound() -> Rejection {
    Rejection::err(
        "command not support: this login has no bound topic, log in with a databus DSN or use XADD and XREAD",
    )
}

fn no_permission(words: &'static str) -> Rejection {
    Rejection::new(ErrorCode::NoPerm, words)
}

impl Context {
    fn binding(&self) -> Result<&Binding, Rejection> {
        self.identity()?.grant().binding.as_ref().ok_or_else(not_bound)
    }

    /// For publishing commands of a client that may not use them.
    pub(crate) fn nothing_bound(&self) -> Result<(), Rejection> {
        self.binding()?;
        Err(no_permission("no publish permission"))
    }

    /// Is this SET a commit? Of a consumer every SET is; a client that also publishes says so:
    /// `SET partition offset COMMIT`.
    pub(crate) fn is_commit(&self, args: &Args<'_>) -> bool {
        let consumes = self.binding().is_ok_and(|binding| binding.consumes);
        consumes && args.len() == 4 && args[0].len() == 3 && command::is_word(&args[3], COMMIT_WORD)
    }

    /// SET partition offset: everything up to and with the offset is processed.
    pub(crate) async fn commit(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let binding = self.binding()?;
        if !binding.consumes {
            return Err(no_permission("no subscribe permission"));
        }
        let start_at = binding.start_at;
        let commit = command::commit(args)?;
        self.join()?;
        let start_at = self.start_at(start_at);
        // Commits that were sent together share their time: the last is answered in time too.
        let until = (self.read_at + COMMIT_WITHIN).max(Instant::now() + COMMIT_MIN);
        let Some(membership) = &mut self.membership else { return Err(not_bound()) };
        let committed = async {
            // A new member owns nothing until the group has dealt, and it has looked at its share.
            membership.assigned(until).await;
            membership.assignment(start_at).await?;
            membership.commit(commit.partition, commit.offset).await
        };
        let late = || BrokerError::Unknown { reason: "no answer to a commit in time".to_owned() };
        match timeout_at(until, committed).await.unwrap_or_else(|_| Err(late().into())) {
            Ok(()) => {
                self.replies.ok();
                Ok(())
            }
            Err(CommitError::Broker(error)) => Err(broker_rejection(BrokerOp::Commit, error)),
            Err(error) => Err(Rejection::err(format!("commit offset params error: {error}"))),
        }
    }

    /// Makes the session a member of its group, if it is none yet.
    fn join(&mut self) -> Result<(), Rejection> {
        let binding = self.binding()?;
        let topic = binding.topic.clone();
        self.check_consume(&topic)?;
        if self.membership.is_none() {
            let identity = self.identity()?;
            let joined =
                self.services.groups.join(&identity.cluster, &identity.grant().group, &topic);
            let joined = joined.map_err(read_rejection)?;
            self.client.set_group(&identity.grant().group);
            self.membership = Some(joined);
        }
        Ok(())
    }

    /// Gives up its part in groups, if it has one.
    pub(crate) fn leave_group(&mut self) {
        self.membership = None;
        self.stream_groups.clear();
        self.client.set_group("");
    }

    fn start_at(&self, of_grant: StartAt) -> StartAt {
        match of_grant {
            StartAt::Configured => self.services.settings.databus.start_at,
            StartAt::Oldest | StartAt::Newest | StartAt::Offset(_) | StartAt::Timestamp(_) => {
                of_grant
            }
        }
    }

    /// MGET: the next messages of the bound topic, waiting for the first of them.
    pub(crate) async fn mget(&mut self, args: &Args<'_>) -> Result<(), CommandError> {
        let format = command::message_format(args);
        let until = Instant::now() + self.block();
        loop {
            let mut watches = self.ready().await?;
            let batch = self.next_batch(format).await?;
            if !batch.is_empty() {
                self.replies.array(batch.len());
                batch.iter().for_each(|message| self.replies.bulk(message));
                return Ok(());
            }
            if Instant::now() >= until {
                break;
            }
            if !self.wait_for(changed(&mut watches), until).await? {
                break;
            }
        }
        self.replies.array(0);
        Ok(())
    }

    pub(crate) fn block(&self) -> Duration {
        let of_grant = self.binding().ok().and_then(|binding| binding.block);
        of_grant.unwrap_or(self.services.settings.databus.block)
    }

    /// Joins the group, and makes the topic if it may be made; what wakes a waiting MGET.
    async fn ready(&mut self) -> Result<Vec<tokio::sync::watch::Receiver<u64>>, Rejection> {
        let binding = self.binding()?;
        if !binding.consumes {
            return Err(no_permission("no subscribe permission"));
        }
        let topic = binding.topic.clone();
        let cluster = &self.identity()?.cluster;
        self.services.pipeline.ensure_topic(cluster, &topic).await.map_err(read_rejection)?;
        self.join()?;
        let mut watches = Vec::with_capacity(2);
        watches.extend(self.broker()?.watch(topic.as_str()));
        watches.extend(self.membership.as_ref().map(crate::consumer::Membership::moved));
        Ok(watches)
    }

    /// What is there now, of all partitions of this member, up to the batch size.
    async fn next_batch(&mut self, format: MessageFormat) -> Result<Vec<Vec<u8>>, Rejection> {
        let binding = self.binding()?;
        let (color, start_at) = (binding.color.clone(), self.start_at(binding.start_at));
        let most = binding.batch.unwrap_or(self.services.settings.databus.batch).max(1) as usize;
        let Some(mut membership) = self.membership.take() else { return Err(not_bound()) };
        let topic = membership.topic().clone();
        let assignment = membership.assignment(start_at).await;
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut failure = None;
        let assignment = match assignment {
            Ok(assignment) => assignment,
            Err(error) => {
                // It stays in the group: the broker may be back at the next MGET.
                self.membership = Some(membership);
                return Err(read_rejection(error));
            }
        };
        'partitions: for PartitionOffset { partition, offset: mut next } in assignment {
            while batch.len() < most && bytes < BATCH_BYTES {
                let run = OffsetRun { partition, from: next, end: None };
                let fetched = fetch_records(self, &topic, run, most - batch.len()).await;
                let Fetched { shown, next: behind, failure: failed } =
                    fetched.unwrap_or_else(|failure| Fetched {
                        failure: Some(failure),
                        ..Fetched::default()
                    });
                for stored in &shown {
                    let is_new = !membership.is_acknowledged(partition, stored.offset);
                    if is_new && command::color_fits(&stored.record.headers, &color) {
                        let message = format.encode(&topic, partition, stored);
                        bytes += message.len();
                        batch.push(message);
                    }
                }
                if let Some(behind) = behind {
                    next = behind;
                    membership.delivered(partition, next);
                }
                if failed.is_some() {
                    failure = failed;
                    break 'partitions;
                }
                if behind.is_none() {
                    break;
                }
            }
        }
        self.membership = Some(membership);
        match failure {
            // What came before it is given; the client meets the failure at its next MGET.
            Some(failure) if batch.is_empty() => Err(failure),
            _ => Ok(batch),
        }
    }
}
