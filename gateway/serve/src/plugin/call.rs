//! A call of a guest: which function, and how long it may take.

use std::time::Duration;

use super::limits::EPOCH_TICK;

/// The guest's start function for errors.
pub(super) const START: &str = "its start";
/// `lifecycle.describe` for errors.
pub(super) const DESCRIBE: &str = "lifecycle.describe";
/// `lifecycle.configure` for errors.
pub(super) const CONFIGURE: &str = "lifecycle.configure";

/// The functions of the roles, for errors and traces.
pub(super) const AUTHENTICATE: &str = "authenticator.authenticate";
pub(super) const ON_PRODUCE: &str = "filter.on-produce";
pub(super) const ON_CONSUME: &str = "filter.on-consume";
pub(super) const ROUTE: &str = "router.route";
pub(super) const PARTITION_MANY: &str = "partitioner.partition-many";
pub(super) const ENCODE: &str = "transcoder.encode";
pub(super) const DECODE: &str = "transcoder.decode";

/// Name and time limit of one call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    /// `interface.function`, for errors.
    pub(super) name: &'static str,
    pub(super) limit: Duration,
}

impl Call {
    /// Ticks of the epoch clock after which the call is stopped: never before the limit, and at
    /// most one tick after it.
    pub(super) fn ticks(self) -> u64 {
        let ticks = self.limit.as_millis().div_ceil(EPOCH_TICK.as_millis());
        u64::try_from(ticks).unwrap_or(u64::MAX / 2) + 1
    }
}
