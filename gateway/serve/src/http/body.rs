//! Reading bodies: in time, up to a size, and in a room that all of them share.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, BodyDataStream, HttpBody as _},
    http::{HeaderMap, StatusCode, header},
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::answer::Refusal;

/// So many of the largest bodies may be under way at once.
const LARGEST_BODIES: usize = 16;
/// Room is given in pieces of this size.
const PIECE_BYTES: usize = 1024;
/// What a refused client may still send before its connection is closed: one that writes all of
/// its request before it reads would otherwise lose the answer.
const DISCARD_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The same as a time.
const DISCARD_WITHIN: Duration = Duration::from_secs(1);

/// Memory for bodies.
#[derive(Debug)]
pub(super) struct Room {
    pieces: Arc<Semaphore>,
    bytes_max: usize,
    within: Duration,
}

impl Room {
    /// Room for bodies of at most so many bytes, each of which must come within a time.
    pub(super) fn new(bytes_max: usize, within: Duration) -> Self {
        let pieces = pieces(bytes_max) * LARGEST_BODIES;
        Self { pieces: Arc::new(Semaphore::new(pieces)), bytes_max, within }
    }

    fn take(&self, pieces: usize) -> Result<OwnedSemaphorePermit, Refusal> {
        let pieces = u32::try_from(pieces).unwrap_or(u32::MAX);
        Arc::clone(&self.pieces).try_acquire_many_owned(pieces).map_err(|_| {
            let words = "too many bodies are on their way, nothing was taken: try again later";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, words)
        })
    }
}

fn pieces(bytes: usize) -> usize {
    bytes.div_ceil(PIECE_BYTES)
}

/// A body, and its place in the room until it is dropped.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) bytes: Bytes,
    _room: OwnedSemaphorePermit,
}

/// The body of one request, as far as it has not been read.
#[derive(Debug)]
pub(super) struct Unread {
    stream: BodyDataStream,
    /// Bytes that its head announced, if it did.
    announced: Option<u64>,
    /// The client sends it only when it is asked for: `Expect: 100-continue`.
    waits: bool,
}

impl Unread {
    pub(super) fn new(body: Body, headers: &HeaderMap) -> Self {
        let announced = body.size_hint().upper();
        let waits = headers.contains_key(header::EXPECT);
        Self { stream: body.into_data_stream(), announced, waits }
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// 413 if it is too large, 408 if it takes too long, 503 if there is no room, 400 if it breaks
    /// off.
    pub(super) async fn read(&mut self, room: &Room) -> Result<Kept, Refusal> {
        let most = room.bytes_max;
        if self.announced.is_some_and(|bytes| bytes > most as u64) {
            return Err(too_large(most));
        }
        self.waits = false;
        timeout(room.within, self.collect(room)).await.map_err(|_| {
            Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time")
        })?
    }

    /// Takes room for what has come, not for what is to come: a slow body must not keep others out.
    async fn collect(&mut self, room: &Room) -> Result<Kept, Refusal> {
        let most = room.bytes_max;
        let mut bytes = BytesMut::new();
        let mut place = room.take(0)?;
        while let Some(data) = self.stream.next().await {
            let data = data.map_err(|_| {
                Refusal::new(StatusCode::BAD_REQUEST, "the body broke off or is malformed")
            })?;
            if bytes.len() + data.len() > most {
                return Err(too_large(most));
            }
            let wanted = pieces(bytes.len() + data.len());
            place.merge(room.take(wanted - place.num_permits())?);
            bytes.extend_from_slice(&data);
        }
        Ok(Kept { bytes: bytes.freeze(), _room: place })
    }

    /// Throws away what a refused client still sends, so that it comes to reading the answer.
    pub(super) async fn discard(mut self) {
        if self.waits {
            return;
        }
        let mut left = DISCARD_BYTES_MAX;
        let all = async {
            while let Some(Ok(data)) = self.stream.next().await {
                left = left.saturating_sub(data.len());
                if left == 0 {
                    break;
                }
            }
        };
        let _ = timeout(DISCARD_WITHIN, all).await;
    }
}

fn too_large(most: usize) -> Refusal {
    let words = format!("the body is over the limit of {most} bytes, nothing was stored");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Unread {
        Unread::new(Body::from(text.to_owned()), &HeaderMap::new())
    }

    #[tokio::test]
    async fn bodies_share_a_room_and_give_it_back() {
        let room = Room::new(PIECE_BYTES, Duration::from_secs(1));
        let text = "x".repeat(PIECE_BYTES);
        let mut kept = Vec::new();
        for _ in 0..LARGEST_BODIES {
            kept.push(body(&text).read(&room).await.unwrap());
        }
        assert!(format!("{:?}", body(&text).read(&room).await).contains("503"));

        kept.pop();
        assert_eq!(body(&text).read(&room).await.unwrap().bytes, text);
        let over = body(&format!("{text}x")).read(&room).await;
        assert!(format!("{over:?}").contains("413"));
    }
}
