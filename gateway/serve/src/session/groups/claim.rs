//! XCLAIM and XAUTOCLAIM: entries of consumers that do not finish them.

use std::{collections::BTreeSet, ops::Bound, sync::Arc};

use super::{Context, consumers::too_many, pending::from, position};
use crate::{
    command::{self, GroupClaim},
    consumer::{Claim, EntryPosition, Renewal, ScanLimits, StreamGroup},
    message::{Rejection, StoredRecord},
    resp::Args,
    session::read::READ_RECORDS_MAX,
};

/// An XAUTOCLAIM looks at so many pending entries for each one it may give. Source: Redis.
const LOOKS_EACH: usize = 10;

/// What was claimed: entries, those of them that can be shown, and ids of those that are gone.
struct Claimed {
    given: Vec<(EntryPosition, Option<StoredRecord>)>,
    gone: Vec<EntryPosition>,
}

impl Context {
    pub(crate) async fn xclaim(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let now = self.now_ms();
        let wanted = command::group_claim(args, now)?;
        self.check_group(&wanted.name).await?;
        let open = self.group_to_claim(&wanted).await?;
        let Some(group) = open else {
            self.replies.array(0);
            return Ok(());
        };
        let renewal = Renewal {
            delivered_ms: wanted.delivered_ms,
            deliveries: wanted.deliveries,
            is_silent: wanted.ids_only,
        };
        let claim = Claim {
            consumer: &wanted.consumer,
            idle_min_ms: wanted.idle_min_ms,
            is_forced: wanted.is_forced,
            renewal,
            now,
        };
        let ids = wanted.ids.iter().take(READ_RECORDS_MAX).copied();
        let positions: Vec<_> = ids.filter_map(position).collect();
        let mut found = group.claimable(&claim, &positions);
        if wanted.is_forced {
            let ends = self.ends(group.topic()).await?;
            let end =
                |at: &EntryPosition| ends.get(at.partition as usize).map_or(0, |range| range.end);
            found.retain(|position| position.offset < end(position));
        }
        let claimed = self.claim(&group, &claim, found).await?;
        self.send_claimed(&claimed.given, wanted.ids_only);
        Ok(())
    }

    /// The group as far as it is open; with FORCE it is opened, since the entry need not be pending.
    async fn group_to_claim(
        &mut self,
        wanted: &GroupClaim,
    ) -> Result<Option<Arc<StreamGroup>>, Rejection> {
        if !wanted.is_forced {
            return self.open_group(&wanted.name);
        }
        let group = self.use_group(&wanted.name)?;
        group.assigned(self.commit_deadline()).await;
        group.refresh().await.map_err(crate::pipeline::read_rejection)?;
        Ok(Some(group))
    }

    pub(crate) async fn xautoclaim(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let wanted = command::auto_claim(args)?;
        self.check_group(&wanted.name).await?;
        let open = self.open_group(&wanted.name)?;
        let count = wanted.count.min(READ_RECORDS_MAX);
        let limits = ScanLimits {
            found_max: count,
            scanned_max: wanted.count.saturating_mul(LOOKS_EACH).min(LOOKS_EACH * READ_RECORDS_MAX),
        };
        let now = self.now_ms();
        let (consumer, idle_min_ms) = (wanted.consumer.as_slice(), wanted.idle_min_ms);
        let renewal = Renewal { delivered_ms: now, deliveries: None, is_silent: wanted.ids_only };
        let claim = Claim { consumer, idle_min_ms, is_forced: false, renewal, now };
        let (mut next, mut claimed) = (None, Claimed { given: Vec::new(), gone: Vec::new() });
        if let Some(group) = open {
            let start = first(from(wanted.start));
            let (found, behind) = group.scan(&claim, start, limits);
            claimed = self.claim(&group, &claim, found).await?;
            next = behind;
        }
        self.replies.array(3);
        match next {
            Some(next) => self.send_id(next),
            None => self.replies.bulk(b"0-0"),
        }
        self.send_claimed(&claimed.given, wanted.ids_only);
        self.replies.array(claimed.gone.len());
        claimed.gone.iter().for_each(|position| self.send_id(*position));
        Ok(())
    }

    /// Claims those of the entries that are there, and takes off the others.
    async fn claim(
        &self,
        group: &Arc<StreamGroup>,
        claim: &Claim<'_>,
        found: Vec<EntryPosition>,
    ) -> Result<Claimed, Rejection> {
        let mut entries = self.entries_at(group.topic(), &found).await?;
        let there: BTreeSet<_> = entries.keys().copied().collect();
        let result = group.claim(claim, &found, &there).map_err(|_| too_many(group))?;
        let given =
            result.entries.into_iter().map(|position| (position, entries.remove(&position)));
        Ok(Claimed { given: given.collect(), gone: result.gone })
    }

    fn send_claimed(&mut self, given: &[(EntryPosition, Option<StoredRecord>)], ids_only: bool) {
        self.replies.array(given.len());
        for (position, entry) in given {
            match entry {
                Some(stored) if !ids_only => self.send_entry(position.partition, stored),
                _ => self.send_id(*position),
            }
        }
    }
}

/// The first place in a range.
fn first(start: Bound<EntryPosition>) -> EntryPosition {
    match start {
        Bound::Unbounded => EntryPosition { offset: 0, partition: 0 },
        Bound::Included(position) => position,
        Bound::Excluded(EntryPosition { offset, partition }) => match partition.checked_add(1) {
            Some(partition) => EntryPosition { offset, partition },
            None => EntryPosition { offset: offset.saturating_add(1), partition: 0 },
        },
    }
}
