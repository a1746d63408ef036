//! Reading bodies: within a time limit, up to a size, and within a shared memory limit.

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

use super::response::HttpError;

/// Bodies of the largest size that fit into the memory at once.
const LARGEST_BODIES: usize = 16;
/// One permit of the semaphore stands for so many bytes.
const BLOCK_BYTES: usize = 1024;
/// Bytes that are read and discarded after a refusal, before the connection is closed: a client
/// that writes its whole request before it reads would otherwise lose the response.
const DISCARD_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Time limit for discarding.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(1);

/// Memory that all bodies share, and the limits of each of them.
#[derive(Debug)]
pub(super) struct BodyMemory {
    blocks: Arc<Semaphore>,
    bytes_max: usize,
    timeout: Duration,
}

impl BodyMemory {
    /// Memory for bodies of at most `bytes_max` bytes, each of which must be complete within
    /// `timeout`.
    pub(super) fn new(bytes_max: usize, timeout: Duration) -> Self {
        let blocks = blocks(bytes_max) * LARGEST_BODIES;
        Self { blocks: Arc::new(Semaphore::new(blocks)), bytes_max, timeout }
    }

    fn acquire(&self, blocks: usize) -> Result<OwnedSemaphorePermit, HttpError> {
        let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
        Arc::clone(&self.blocks).try_acquire_many_owned(blocks).map_err(|_| {
            let words = "too many bodies are on their way, nothing was taken: try again later";
            HttpError::new(StatusCode::SERVICE_UNAVAILABLE, words)
        })
    }
}

fn blocks(bytes: usize) -> usize {
    bytes.div_ceil(BLOCK_BYTES)
}

/// A complete body. Dropping it frees its share of the memory.
#[derive(Debug)]
pub(super) struct BufferedBody {
    pub(super) bytes: Bytes,
    _memory: OwnedSemaphorePermit,
}

/// The body of one request, before it has been read.
#[derive(Debug)]
pub(super) struct RequestBody {
    stream: BodyDataStream,
    /// Bytes that the head announces, if it does.
    content_length: Option<u64>,
    /// The client sends the body only when asked for it: `Expect: 100-continue`.
    awaits_continue: bool,
}

impl RequestBody {
    pub(super) fn new(body: Body, headers: &HeaderMap) -> Self {
        let content_length = body.size_hint().upper();
        let awaits_continue = headers.contains_key(header::EXPECT);
        Self { stream: body.into_data_stream(), content_length, awaits_continue }
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// 413 if it is too large, 408 if it takes too long, 503 if there is no memory, 400 if it ends
    /// early.
    pub(super) async fn read(&mut self, memory: &BodyMemory) -> Result<BufferedBody, HttpError> {
        let most = memory.bytes_max;
        if self.content_length.is_some_and(|bytes| bytes > most as u64) {
            return Err(too_large(most));
        }
        self.awaits_continue = false;
        timeout(memory.timeout, self.collect(memory)).await.map_err(|_| {
            HttpError::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time")
        })?
    }

    /// Takes memory for what was received, not for what was announced: a slow body must not block
    /// others.
    async fn collect(&mut self, memory: &BodyMemory) -> Result<BufferedBody, HttpError> {
        let most = memory.bytes_max;
        let mut bytes = BytesMut::new();
        let mut permit = memory.acquire(0)?;
        while let Some(data) = self.stream.next().await {
            let data = data.map_err(|_| {
                HttpError::new(StatusCode::BAD_REQUEST, "the body broke off or is malformed")
            })?;
            if bytes.len() + data.len() > most {
                return Err(too_large(most));
            }
            let needed = blocks(bytes.len() + data.len());
            permit.merge(memory.acquire(needed - permit.num_permits())?);
            bytes.extend_from_slice(&data);
        }
        Ok(BufferedBody { bytes: bytes.freeze(), _memory: permit })
    }

    /// Reads and discards what a refused client still sends, so that it reads the response.
    pub(super) async fn discard(mut self) {
        if self.awaits_continue {
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
        let _ = timeout(DISCARD_TIMEOUT, all).await;
    }
}

fn too_large(most: usize) -> HttpError {
    let words = format!("the body is over the limit of {most} bytes, nothing was stored");
    HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> RequestBody {
        RequestBody::new(Body::from(text.to_owned()), &HeaderMap::new())
    }

    #[tokio::test]
    async fn bodies_share_memory_and_free_it() {
        let memory = BodyMemory::new(BLOCK_BYTES, Duration::from_secs(1));
        let text = "x".repeat(BLOCK_BYTES);
        let mut kept = Vec::new();
        for _ in 0..LARGEST_BODIES {
            kept.push(body(&text).read(&memory).await.unwrap());
        }
        assert!(format!("{:?}", body(&text).read(&memory).await).contains("503"));

        kept.pop();
        assert_eq!(body(&text).read(&memory).await.unwrap().bytes, text);
        let over = body(&format!("{text}x")).read(&memory).await;
        assert!(format!("{over:?}").contains("413"));
    }
}
