//! Was every record given to the group, as it is stored, and never again after its commit?

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use super::{Promise, Violation};
use crate::faults::history::{Commit, Delivery, GroupHistory, MessageId, Place, Stored};

pub(super) fn check(
    group: &GroupHistory,
    records: &[Stored],
    restarted: Duration,
) -> Vec<Violation> {
    let mut found = missed(group, records);
    found.extend(changed(group, records));
    found.extend(shown_again(group, restarted));
    found
}

fn missed(group: &GroupHistory, records: &[Stored]) -> Vec<Violation> {
    let given: HashSet<Place> = group.deliveries.iter().map(|delivery| delivery.place).collect();
    let is_missed = |record: &&Stored| !given.contains(&record.place);
    let violation = |record: &Stored| Violation {
        promise: Promise::DeliveredToEachGroup,
        story: format!("group `{}` never got {} of {}", group.name, record.id, record.place),
    };
    records.iter().filter(is_missed).map(violation).collect()
}

fn changed(group: &GroupHistory, records: &[Stored]) -> Vec<Violation> {
    let stored: HashMap<Place, MessageId> =
        records.iter().map(|record| (record.place, record.id)).collect();
    let is_other = |delivery: &&Delivery| stored.get(&delivery.place) != Some(&delivery.id);
    let violation = |delivery: &Delivery| {
        let Delivery { place, id, .. } = delivery;
        let there = stored.get(place).map_or("nothing".to_owned(), ToString::to_string);
        Violation {
            promise: Promise::DeliveredAsStored,
            story: format!("group `{}` got {id} of {place}, where {there} lies", group.name),
        }
    };
    group.deliveries.iter().filter(is_other).map(violation).collect()
}

/// Deliveries to sessions that began after a commit that covers them was acknowledged: there or,
/// after the last restart, anywhere.
///
/// Across gateways this cannot be promised while a fault lasts: one that was cut off from the group
/// may show its old share until it hears of it.
fn shown_again(group: &GroupHistory, restarted: Duration) -> Vec<Violation> {
    let mut commits: HashMap<(Where, u32), Vec<&Commit>> = HashMap::new();
    for commit in &group.commits {
        let gateway = group.sessions[commit.session].gateway;
        for place in [Where::Gateway(gateway), Where::Anywhere] {
            commits.entry((place, commit.place.partition)).or_default().push(commit);
        }
    }
    let highest = commits.into_iter().map(|(of, commits)| (of, highest_so_far(commits))).collect();
    let before = |delivery: &Delivery| committed_before(group, &highest, delivery, restarted);
    let again = |delivery: &&Delivery| before(delivery).is_some();
    let violation = |delivery: &Delivery| {
        let commit = before(delivery).expect("it was found just now");
        let session = group.sessions[delivery.session];
        Violation {
            promise: Promise::CommittedIsDone,
            story: format!(
                "group `{}`: {} of {} came at {:.3} s on gateway {} to a session begun at {:.3} s, \
                 but {} was committed at {:.3} s",
                group.name,
                delivery.id,
                delivery.place,
                delivery.at.as_secs_f64(),
                session.gateway,
                session.began.as_secs_f64(),
                commit.place,
                commit.at.as_secs_f64(),
            ),
        }
    };
    group.deliveries.iter().filter(again).map(violation).collect()
}

/// The commits that raised the group's place, in the order of time.
fn highest_so_far(mut commits: Vec<&Commit>) -> Vec<&Commit> {
    commits.sort_by_key(|commit| commit.at);
    let mut highest: Vec<&Commit> = Vec::new();
    for commit in commits {
        if highest.last().is_none_or(|last| last.place.offset < commit.place.offset) {
            highest.push(commit);
        }
    }
    highest
}

/// Where a commit was acknowledged.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Where {
    Gateway(usize),
    Anywhere,
}

type Highest<'g> = HashMap<(Where, u32), Vec<&'g Commit>>;

/// The commit that was acknowledged before the delivery's session began and covers it.
fn committed_before<'g>(
    group: &GroupHistory,
    highest: &Highest<'g>,
    delivery: &Delivery,
    restarted: Duration,
) -> Option<&'g Commit> {
    let session = group.sessions[delivery.session];
    let is_calm = session.began >= restarted;
    let place = if is_calm { Where::Anywhere } else { Where::Gateway(session.gateway) };
    let commits = highest.get(&(place, delivery.place.partition))?;
    let before = commits.partition_point(|commit| commit.at < session.began);
    let last = *commits[..before].last()?;
    (last.place.offset >= delivery.place.offset).then_some(last)
}
