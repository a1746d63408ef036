//! Messages that are sent in one write, and their answers.

use std::{future::Future, pin::pin};

use tokio::time::timeout;

use super::dialect::Dialect;
use crate::{
    Client,
    faults::{
        history::{Answer, Attempt, Clock, Message},
        shape::SILENCE_MAX,
    },
};

/// Where and when a burst goes.
pub(super) struct Burst {
    pub(super) clock: Clock,
    /// The gateway of the connection.
    pub(super) gateway: usize,
    /// The place of the first message among all sendings of the writer.
    pub(super) first: u64,
}

/// A burst after its answers.
pub(super) struct Ended {
    /// With one more attempt each.
    pub(super) messages: Vec<Message>,
    /// The connection, if it is still good.
    pub(super) client: Option<Client>,
}

impl Burst {
    /// Sends the messages and waits for their answers, or until the client is broken off.
    pub(super) async fn exchange(
        self,
        mut client: Client,
        dialect: &Dialect,
        mut messages: Vec<Message>,
        broken_off: impl Future<Output = ()>,
    ) -> Ended {
        let bytes: Vec<u8> = messages.iter().flat_map(|m| dialect.command(m.id)).collect();
        let sent = self.clock.now();
        let mut broken_off = pin!(broken_off);
        // What could not be written whole may have been taken in part.
        let mut end = client.write(&bytes).await.is_err().then_some(Answer::Lost);
        for (order, message) in (self.first..).zip(&mut messages) {
            let answer = if let Some(end) = &end {
                end.clone()
            } else {
                tokio::select! {
                    biased;
                    answer = next(&mut client, dialect) => answer,
                    () = &mut broken_off => Answer::Lost,
                }
            };
            if matches!(answer, Answer::Lost | Answer::Silent) {
                end = Some(answer.clone());
            }
            let (gateway, answered) = (self.gateway, self.clock.now());
            message.attempts.push(Attempt { order, gateway, sent, answered, answer });
        }
        Ended { messages, client: end.is_none().then_some(client) }
    }
}

async fn next(client: &mut Client, dialect: &Dialect) -> Answer {
    match timeout(SILENCE_MAX, client.next()).await {
        Ok(Ok(Some(reply))) => dialect.answer(&reply),
        Ok(_) => Answer::Lost,
        Err(_) => Answer::Silent,
    }
}
