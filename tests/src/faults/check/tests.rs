//! Made-up histories: one that keeps every promise, and one for each way to break one.

use std::time::Duration;

use super::{Evidence, Promise, all};
use crate::faults::history::{
    Answer, Attempt, Commit, Delivery, GroupHistory, Message, MessageId, Place, Session, Stored,
    Waited,
};

#[test]
fn a_run_without_broken_promises_passes() {
    assert_eq!(broken(&good()), []);
}

#[test]
fn an_acknowledged_message_that_is_not_there_is_found() {
    let mut evidence = good();
    evidence.records.remove(0);
    evidence.groups[0].deliveries.remove(0);
    assert_eq!(broken(&evidence), [Promise::AcknowledgedIsStored]);
}

#[test]
fn a_message_stored_twice_is_found_unless_an_answer_left_it_open() {
    let mut evidence = good();
    evidence.records.push(stored(0, 9, 1));
    evidence.groups[0].deliveries.push(delivery(0, 0, 9, 1));
    assert_eq!(broken(&evidence), [Promise::StoredOnce]);

    for open in [Answer::Unknown("UNKNOWN".into()), Answer::Lost, Answer::Silent] {
        evidence.messages[1].attempts.insert(0, attempt(1, 1, open));
        assert_eq!(broken(&evidence), [], "it was sent twice");
        evidence.messages[1].attempts.remove(0);
    }
}

#[test]
fn a_message_that_is_there_although_nothing_was_stored_is_found() {
    let mut evidence = good();
    evidence.messages[2].attempts = vec![attempt(3, 2, Answer::NotStored("ERR no".into()))];
    assert_eq!(broken(&evidence), [Promise::StoredOnce]);
}

#[test]
fn a_message_that_nobody_sent_is_found() {
    let mut evidence = good();
    evidence.records.push(stored(0, 9, 77));
    evidence.groups[0].deliveries.push(delivery(0, 0, 9, 77));
    assert_eq!(broken(&evidence), [Promise::NothingInvented]);
}

#[test]
fn an_answer_with_a_wrong_place_is_found() {
    let mut evidence = good();
    let place = Place { partition: 0, offset: 5 };
    evidence.messages[1].attempts[0].answer = Answer::Stored(Some(place));
    assert_eq!(broken(&evidence), [Promise::PlaceIsTrue]);
}

#[test]
fn swapped_messages_of_a_key_are_found() {
    let mut evidence = good();
    (evidence.records[1].id, evidence.records[2].id) =
        (evidence.records[2].id, evidence.records[1].id);
    evidence.groups[0].deliveries.swap(1, 2);
    let places = [evidence.records[1].place, evidence.records[2].place];
    evidence.groups[0].deliveries[1].place = places[0];
    evidence.groups[0].deliveries[2].place = places[1];
    assert_eq!(broken(&evidence), [Promise::KeyOrder]);

    // Sent again after the second one was on its way: then no order is promised.
    evidence.messages[1].attempts = vec![
        attempt(1, 1, Answer::NotStored("ERR no".into())),
        attempt(7, 3, Answer::Stored(None)),
    ];
    assert_eq!(broken(&evidence), []);
}

#[test]
fn a_key_in_two_partitions_is_found() {
    let mut evidence = good();
    evidence.records[2].place.partition = 1;
    evidence.groups[0].deliveries[2].place.partition = 1;
    assert_eq!(broken(&evidence), [Promise::KeyOrder]);
}

#[test]
fn a_record_that_a_group_never_got_is_found() {
    let mut evidence = good();
    evidence.groups[0].deliveries.remove(1);
    assert_eq!(broken(&evidence), [Promise::DeliveredToEachGroup]);
}

#[test]
fn a_delivery_of_something_else_is_found() {
    let mut evidence = good();
    evidence.groups[0].deliveries[1].id.number = 2;
    assert_eq!(broken(&evidence), [Promise::DeliveredAsStored]);
}

#[test]
fn a_repeat_after_a_commit_is_found_in_sessions_begun_later_on_that_gateway() {
    let mut evidence = good();
    let group = &mut evidence.groups[0];
    group.commits.push(Commit {
        session: 0,
        place: Place { partition: 0, offset: 1 },
        at: secs(5),
    });
    group.sessions.push(Session { gateway: 0, began: secs(6) });
    group.deliveries.push(delivery(1, 0, 2, 2));
    assert_eq!(broken(&evidence), [], "offset 2 was not committed");

    evidence.groups[0].deliveries.push(delivery(1, 0, 1, 1));
    assert_eq!(broken(&evidence), [Promise::CommittedIsDone]);

    evidence.groups[0].sessions[1].began = secs(4);
    assert_eq!(broken(&evidence), [], "the session was there before the commit");
}

#[test]
fn a_repeat_after_a_commit_on_another_gateway_is_found_once_there_are_no_faults() {
    let mut evidence = good();
    let group = &mut evidence.groups[0];
    let place = Place { partition: 0, offset: 2 };
    group.commits.push(Commit { session: 0, place, at: secs(5) });
    group.sessions.push(Session { gateway: 1, began: secs(6) });
    group.deliveries.push(delivery(1, 0, 2, 2));
    assert_eq!(broken(&evidence), []);

    evidence.restarted = secs(6);
    assert_eq!(broken(&evidence), [Promise::CommittedIsDone]);
}

#[test]
fn late_answers_are_found() {
    let mut evidence = good();
    evidence.messages[0].attempts[0].answered += Duration::from_millis(3001);
    assert_eq!(broken(&evidence), [Promise::AnsweredInTime]);

    let mut evidence = good();
    let answer = "+OK".to_owned();
    let waited = |took| Waited {
        command: "SET",
        sent: secs(1),
        took,
        allowed: secs(3),
        answer: answer.clone(),
    };
    evidence.late = vec![waited(secs(2)), waited(secs(4))];
    assert_eq!(broken(&evidence), [Promise::AnsweredInTime]);
}

#[test]
fn a_writer_that_stands_still_after_the_last_fault_is_found() {
    let mut evidence = good();
    evidence.stopped = secs(60);
    assert_eq!(broken(&evidence), [Promise::NoStall]);
}

#[test]
fn a_partition_that_stands_still_after_the_last_fault_is_found() {
    let mut evidence = good();
    evidence.groups[0].deliveries[2].at = secs(60);
    assert_eq!(broken(&evidence), [Promise::NoStall]);
}

/// One writer, one key, three messages, each stored, read and committed.
fn good() -> Evidence {
    let numbers = 0..3_u32;
    let message = |n: u32| Message {
        id: id(n),
        attempts: vec![attempt(u64::from(n) + 1, u64::from(n), Answer::Stored(None))],
    };
    Evidence {
        messages: numbers.clone().map(message).collect(),
        records: numbers.clone().map(|n| stored(0, u64::from(n), n)).collect(),
        groups: vec![GroupHistory {
            name: "g".to_owned(),
            sessions: vec![Session { gateway: 0, began: secs(0) }],
            deliveries: numbers.map(|n| delivery(0, 0, u64::from(n), n)).collect(),
            commits: Vec::new(),
        }],
        late: Vec::new(),
        publish_max: secs(3),
        hiccup: Duration::ZERO,
        healed: secs(2),
        stopped: secs(10),
        restarted: secs(100),
    }
}

fn broken(evidence: &Evidence) -> Vec<Promise> {
    all(evidence).into_iter().map(|violation| violation.promise).collect()
}

fn id(number: u32) -> MessageId {
    MessageId { writer: 0, key: 0, number }
}

fn attempt(order: u64, at: u64, answer: Answer) -> Attempt {
    Attempt { order, gateway: 0, sent: secs(at), answered: secs(at), answer }
}

fn stored(partition: u32, offset: u64, number: u32) -> Stored {
    Stored { place: Place { partition, offset }, id: id(number) }
}

fn delivery(session: usize, partition: u32, offset: u64, number: u32) -> Delivery {
    let place = Place { partition, offset };
    Delivery { session, place, id: id(number), at: secs(3 + offset) }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
