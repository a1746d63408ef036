//! Commits of a member, checked and bounded in time.

use std::{sync::Arc, time::Duration};

use krafka::{
    KrafkaError,
    consumer::{Consumer, OffsetAndMetadata, TopicPartition},
    error::ErrorCode,
};
use tokio::time::{self, Instant};

use super::claim::Claim;
use crate::broker::{BrokerError, Committed, kafka::fault};

/// Wait before a commit is sent again that was certainly not taken.
const PAUSE: Duration = Duration::from_millis(50);

/// Stores the group's place in a partition, if the member has it now.
pub(super) async fn commit(
    consumer: Option<Arc<Consumer>>,
    claim: Arc<Claim>,
    (partition, committed): (u32, Committed),
    timeout: Duration,
) -> Result<(), BrokerError> {
    let deadline = Instant::now() + timeout;
    let not_owner = || BrokerError::NotOwner { topic: claim.topic.clone(), partition };
    let Some(consumer) = consumer else { return Err(not_owner()) };
    let hold = time::timeout_at(deadline, claim.hold(partition)).await;
    // Whoever cannot have it in time waits for the group to take the partition away.
    let Some(_hold) = hold.ok().flatten() else { return Err(not_owner()) };
    let place = TopicPartition::new(claim.name.clone(), i32::try_from(partition).unwrap_or(-1));
    let offset = i64::try_from(committed.offset).unwrap_or(i64::MAX);
    let offsets = [(place, OffsetAndMetadata::with_metadata(offset, committed.metadata))];
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
                claim.unsettle();
                return Err(not_owner());
            }
            Err(error) => return Err(failed(&error)),
        }
    }
}

/// The coordinator took nothing, and will soon take it.
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

/// The group does not know this member any more.
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
        return BrokerError::Unreachable { reason: fault::words(error) };
    }
    fault::changing(error)
}
