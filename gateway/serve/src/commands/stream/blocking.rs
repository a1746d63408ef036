//! Blocking reads: what XREAD and XREADGROUP share.

use std::time::Duration;

use futures_util::future::select_all;
use tokio::sync::watch;

use super::fetch::FETCH_BYTES;
use crate::{commands::arguments::integer, message::Rejection};

/// Most entries of one stream in one reply; a reader goes on from the last id it got.
pub(crate) const READ_RECORDS_MAX: usize = 10_000;
/// Payload bytes of all streams of one reply; the streams after it show nothing this time.
pub(crate) const READ_BYTES_MAX: usize = 8 * FETCH_BYTES;
/// Longest wait that the clock can hold; `BLOCK 0` waits for so long.
const BLOCK_MAX: Duration = Duration::from_hours(24 * 365);
/// A reader that waits for at least so long is notified of entries stored a moment ago. A reader
/// that waits less asks the broker for them.
pub(crate) const NOTIFIED_WAIT_MIN: Duration = Duration::from_millis(100);

/// How recent the entries are that a reader looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// What this gateway was notified of; the reader is woken when there is more.
    Notified,
    /// All that was stored before: the broker is asked.
    Latest,
}

/// Reads the milliseconds behind BLOCK.
///
/// # Errors
/// Redis' words.
pub(crate) fn block_time(bytes: &[u8]) -> Result<Duration, Rejection> {
    let number =
        integer(bytes).map_err(|_| Rejection::err("timeout is not an integer or out of range"))?;
    let number = u64::try_from(number).map_err(|_| Rejection::err("timeout is negative"))?;
    Ok(Duration::from_millis(number))
}

/// How long a reader waits, by what it says behind BLOCK; `None` not at all.
pub(crate) fn wait_time(block: Option<Duration>) -> Option<Duration> {
    block.map(|block| if block.is_zero() { BLOCK_MAX } else { block })
}

/// Returns when one of the topics has changed.
pub(crate) async fn changed(watches: &mut [watch::Receiver<u64>]) {
    let waits = watches.iter_mut().map(|watch| Box::pin(watch.changed()));
    // A topic that is closed for good ends the wait too; the next read reports why.
    let _ = select_all(waits).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_time_is_a_whole_number_of_milliseconds() {
        assert_eq!(block_time(b"1500").unwrap(), Duration::from_millis(1500));
        assert_eq!(block_time(b"0").unwrap(), Duration::ZERO);
        for (text, error) in [
            ("", "timeout is not an integer or out of range"),
            ("1.5", "timeout is not an integer or out of range"),
            ("-1", "timeout is negative"),
        ] {
            assert!(block_time(text.as_bytes()).unwrap_err().to_string().contains(error), "{text}");
        }
    }
}
