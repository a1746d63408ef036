//! Commits of a member, checked and bounded in time.

use std::{sync::Arc, time::Duration};

use krafka::{
    KrafkaError,
    consumer::{Consumer, OffsetAndMetadata, TopicPartition},
    error::ErrorCode,
};
use tokio::time::{self, Instant};

use super::assignment::MemberAssignment;
use crate::{
    broker::{
        BrokerError, Committed,
        kafka::{
            convert::{offset_to_kafka, partition_to_kafka},
            error,
        },
    },
    message,
};

/// Wait before a commit is sent again that was certainly not taken.
const PAUSE: Duration = Duration::from_millis(50);

/// Commits for the group, if the member has the partition now.
pub(super) async fn commit(
    consumer: Option<Arc<Consumer>>,
    assignment: Arc<MemberAssignment>,
    partition: u32,
    committed: Committed,
    timeout: Duration,
) -> Result<(), BrokerError> {
    let deadline = Instant::now() + timeout;
    let not_owner = || BrokerError::NotOwner {
        partition: message::TopicPartition::new(assignment.topic.clone(), partition),
    };
    let Some(consumer) = consumer else { return Err(not_owner()) };
    let hold = time::timeout_at(deadline, assignment.hold(partition)).await;
    // A caller that waits longer is behind a rebalance that takes the partition away.
    let Some(_hold) = hold.ok().flatten() else { return Err(not_owner()) };
    let name = assignment.topic_in_kafka.clone();
    let partition_in_kafka = TopicPartition::new(name, partition_to_kafka(partition));
    let offset = offset_to_kafka(committed.offset);
    let offsets =
        [(partition_in_kafka, OffsetAndMetadata::with_metadata(offset, committed.metadata))];
    loop {
        let Ok(sent) = time::timeout_at(deadline, consumer.commit_offsets(offsets.clone())).await
        else {
            return Err(BrokerError::Unknown { reason: "no answer to a commit in time".into() });
        };
        match sent {
            Ok(()) => return Ok(()),
            Err(error) if is_passing(&error) && Instant::now() + PAUSE < deadline => {
                time::sleep(PAUSE).await;
            }
            Err(error) if is_fenced(&error) => {
                assignment.suspend();
                return Err(not_owner());
            }
            Err(error) => return Err(failed(&error)),
        }
    }
}

/// True if the coordinator took nothing and will soon accept commits.
fn is_passing(error: &KrafkaError) -> bool {
    matches!(
        error,
        KrafkaError::Broker {
            code: ErrorCode::RebalanceInProgress
                | ErrorCode::CoordinatorLoadInProgress
                | ErrorCode::CoordinatorNotAvailable
                | ErrorCode::NotCoordinator,
            ..
        }
    )
}

/// True if the member is no longer in the group.
fn is_fenced(error: &KrafkaError) -> bool {
    matches!(
        error,
        KrafkaError::IllegalState { .. }
            | KrafkaError::Closed { .. }
            | KrafkaError::Fenced { .. }
            | KrafkaError::Broker {
                code: ErrorCode::IllegalGeneration
                    | ErrorCode::UnknownMemberId
                    | ErrorCode::FencedInstanceId
                    | ErrorCode::FencedMemberEpoch
                    | ErrorCode::StaleMemberEpoch,
                ..
            }
    )
}

fn failed(error: &KrafkaError) -> BrokerError {
    if is_passing(error) {
        return BrokerError::Unreachable { reason: error::describe(error) };
    }
    error::on_change(error)
}
