//! How much a plugin may use: every number with its unit, its default and its reason.

use std::time::Duration;

const MIB: usize = 1024 * 1024;

/// How often the epoch clock ticks.
///
/// A call past its deadline is stopped at the next tick; 10 ms keeps the ticking thread invisible
/// in a profile (100 wake-ups a second).
pub const EPOCH_TICK: Duration = Duration::from_millis(10);

/// Largest linear memory of one instance, in bytes.
///
/// Guests without a garbage collector need 1 MiB, Python 22 MiB, JavaScript 55 MiB after many
/// calls (measured).
pub const MEMORY_BYTES_MAX: usize = 64 * MIB;

/// Most elements of one table of an instance. JavaScript, the largest guest measured, has some
/// thousands; an element takes 8 bytes of the host.
pub const TABLE_ELEMENTS_MAX: usize = 100_000;

/// Most core instances, memories and tables in one component instance. Adapters and language
/// runtimes bring some of their own; nobody was seen to need ten.
pub const PARTS_MAX: usize = 64;

/// Stack of one call, in bytes; a deeper recursion traps. wasmtime's own default, a quarter of the
/// smallest worker stack in use.
pub const STACK_BYTES: usize = 512 * 1024;

/// Longest time of one call.
///
/// Ten ticks: a healthy call ends within one, and a client that gives up after 2.5 s still hears
/// a reason.
pub const CALL_DEADLINE: Duration = Duration::from_millis(100);

/// Longest time of one login, its waits for stores included: two waits of [`REACH_TIMEOUT`], or a
/// slow password hash.
pub const AUTHENTICATE_DEADLINE: Duration = Duration::from_secs(2);

/// How long the last good grant serves while its authenticator cannot answer
/// (`on_failure = "last-good"`): an hour is enough to mend a store, and bounds how long a revoked
/// login works when nobody can say that it was.
pub const LAST_GOOD: Duration = Duration::from_hours(1);

/// Longest wait for one reply of a store, connecting included. A store on the same network answers
/// within milliseconds.
pub const REACH_TIMEOUT: Duration = Duration::from_secs(1);

/// What a login keeps of its time when it waits for a store, so that the plugin can still say that
/// the store is away.
pub const REACH_ANSWER_MARGIN: Duration = Duration::from_millis(100);

/// Most calls to stores in one login. A login that looks into two tables
/// by their indices takes four.
pub const HOST_CALLS_MAX: u32 = 64;

/// Connections to one Redis server; each carries many commands at once.
pub const REDIS_CONNECTIONS: usize = 2;

/// Most connections to one database; each carries one statement at a time. Logins are cached, so
/// few run at once.
pub const SQL_CONNECTIONS: usize = 4;

/// Most connections to one store that may be set.
pub const REACH_CONNECTIONS_MAX: usize = 64;

/// Most rows of one SQL answer: a login is about a few.
pub const SQL_ROWS_MAX: usize = 1000;

/// Longest text of a plugin's own query, in bytes; values belong into parameters.
pub const SQL_TEXT_BYTES_MAX: usize = 64 * 1024;

/// Longest time to make an instance ready: its start, and `configure`.
pub const START_DEADLINE: Duration = Duration::from_secs(1);

/// Most bytes that one call may hand to the gateway, as a result or as an argument of a host
/// function. Above what a Kafka topic takes by default (1 MiB), far below the memory limit.
pub const RESULT_BYTES_MAX: usize = 16 * MIB;

/// Most instances of one plugin that are in use at once. A burst uses one and does not wait
/// inside, so one for each worker thread is enough; the rest is for authenticators.
pub const INSTANCES_MAX: u32 = 64;

/// Most instances of one plugin that wait for work; more are dropped after their burst.
pub const INSTANCES_IDLE_MAX: u32 = 32;

/// Most instances of all plugins together: 1,024 flat guests are about 1 GiB at worst.
pub const INSTANCES_TOTAL_MAX: u32 = 1024;

/// Failures in a row after which a plugin is quarantined. One bad message must not be enough.
pub const FAILURES_IN_A_ROW_MAX: u32 = 5;

/// The first quarantine; each failed probe doubles it up to [`QUARANTINE_LONGEST`].
pub const QUARANTINE_FIRST: Duration = Duration::from_secs(1);

/// The longest quarantine: a plugin that was mended is back within a minute.
pub const QUARANTINE_LONGEST: Duration = Duration::from_mins(1);

/// Largest plugin file, in bytes. Python makes 18 MiB, JavaScript 12 MiB.
pub const WASM_BYTES_MAX: usize = 128 * MIB;

/// Longest message of a rejection, in bytes; the contract says so.
pub const REJECTION_BYTES_MAX: usize = 512;

/// Longest code of a rejection, and longest name of a counter, in bytes; the contract says so.
pub const WORD_BYTES_MAX: usize = 64;

/// Longest text of a guest that an error or `PLUGIN LIST` repeats, in bytes.
pub const GUEST_TEXT_BYTES_MAX: usize = 1024;

/// Error lines of a guest in one call that the call's failure repeats, in bytes together: a message,
/// a place and the innermost of its stack.
pub const SAID_BYTES_MAX: usize = 512;

/// Longest log line of a guest, in bytes; the contract says so.
pub const LOG_LINE_BYTES_MAX: usize = 4096;

/// Log lines of one plugin in a second; the contract says so.
pub const LOG_LINES_A_SECOND: u32 = 100;

/// Lines about one plugin that `PLUGIN LOG` shows: a second at its highest rate.
pub const LOGBOOK_LINES_MAX: usize = 100;

/// The bytes of those lines: sixteen of the longest.
pub const LOGBOOK_BYTES_MAX: usize = 64 * 1024;

/// Counters of one plugin; the contract says so.
pub const COUNTERS_MAX: usize = 64;

/// Most headers of a message after a plugin changed it: an endless `set-header` must not fill the
/// memory of the gateway.
pub const HEADERS_MAX: usize = 1024;

/// Longest principal, group, cluster or colour of a grant, in bytes. Kafka's longest topic name:
/// the group becomes part of keys there.
pub const GRANT_WORD_BYTES_MAX: usize = 249;

/// Most topic patterns of one list of a grant; every command of the client looks through them.
pub const GRANT_PATTERNS_MAX: usize = 1000;

/// Bytes of the compiled-code cache; the entries used least recently go first. JavaScript takes
/// 30 MiB an entry, Rust 0.1.
pub const CACHE_BYTES_MAX: u64 = 1024 * MIB as u64;

const _: () = assert!(2 * EPOCH_TICK.as_millis() <= CALL_DEADLINE.as_millis());
const _: () = assert!(REACH_TIMEOUT.as_millis() < AUTHENTICATE_DEADLINE.as_millis());
const _: () = assert!(RESULT_BYTES_MAX < MEMORY_BYTES_MAX);
const _: () = assert!(INSTANCES_IDLE_MAX <= INSTANCES_MAX && INSTANCES_MAX <= INSTANCES_TOTAL_MAX);

/// The limits of one plugin, as `[limits]` of its settings file sets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginLimits {
    /// Default [`MEMORY_BYTES_MAX`].
    pub memory_bytes_max: usize,
    /// Default [`TABLE_ELEMENTS_MAX`].
    pub table_elements_max: usize,
    /// Default [`CALL_DEADLINE`].
    pub call_deadline: Duration,
    /// Default [`AUTHENTICATE_DEADLINE`].
    pub authenticate_deadline: Duration,
    /// Default [`LAST_GOOD`].
    pub last_good: Duration,
    /// Default [`START_DEADLINE`].
    pub start_deadline: Duration,
    /// Default [`RESULT_BYTES_MAX`].
    pub result_bytes_max: usize,
    /// Default [`INSTANCES_MAX`].
    pub instances_max: u32,
    /// Default [`INSTANCES_IDLE_MAX`].
    pub instances_idle_max: u32,
    /// Drop an instance after so many calls; `None` never does, and is the default: growth is
    /// what matters, and `recycle_above_bytes` sees it.
    pub recycle_after_calls: Option<u64>,
    /// Drop an instance after a call that left its memory this large. Default
    /// [`RecycleMark::HalfWay`].
    pub recycle_above_bytes: RecycleMark,
    /// Default [`FAILURES_IN_A_ROW_MAX`].
    pub failures_in_a_row_max: u32,
}

/// The size of its memory at which an instance is replaced before its next call.
///
/// Language runtimes grow: JavaScript from 9 to 55 MiB, Python by 75 bytes a call (measured). A
/// new instance is much cheaper than a call that fails for want of memory. One that has not grown
/// since it was configured stays, whatever the mark: its successor would be as large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecycleMark {
    /// Half way from what it had when it was configured to `memory_bytes_max`: a flat guest never
    /// gets there, and half of the room is left for the call in hand.
    HalfWay,
    /// So many bytes.
    Bytes(usize),
    /// Never.
    Never,
}

impl RecycleMark {
    /// The mark of an instance that has `configured` bytes when it begins to work and may have
    /// `limit`.
    pub(super) fn of(self, configured: usize, limit: usize) -> Option<usize> {
        match self {
            Self::HalfWay => Some(configured + limit.saturating_sub(configured) / 2),
            Self::Bytes(bytes) => Some(bytes),
            Self::Never => None,
        }
    }
}

impl Default for PluginLimits {
    fn default() -> Self {
        Self {
            memory_bytes_max: MEMORY_BYTES_MAX,
            table_elements_max: TABLE_ELEMENTS_MAX,
            call_deadline: CALL_DEADLINE,
            authenticate_deadline: AUTHENTICATE_DEADLINE,
            last_good: LAST_GOOD,
            start_deadline: START_DEADLINE,
            result_bytes_max: RESULT_BYTES_MAX,
            instances_max: INSTANCES_MAX,
            instances_idle_max: INSTANCES_IDLE_MAX,
            recycle_after_calls: None,
            recycle_above_bytes: RecycleMark::HalfWay,
            failures_in_a_row_max: FAILURES_IN_A_ROW_MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_lies_half_way_to_the_limit() {
        assert_eq!(RecycleMark::HalfWay.of(10, 60), Some(35));
        assert_eq!(RecycleMark::HalfWay.of(60, 60), Some(60));
        assert_eq!(RecycleMark::Bytes(20).of(10, 60), Some(20));
        assert_eq!(RecycleMark::Never.of(10, 60), None);
    }
}
