//! Where a call may block.

use std::thread;

use tokio::runtime::{Handle, RuntimeFlavor};

/// Runs `call` where host functions may wait for a future, as WASI's do.
///
/// Waiting inside a task panics, so the worker thread is given up for that long. Only plugins that
/// import the parts of WASI that wait pay for it.
pub(super) fn may_block<T: Send>(call: impl FnOnce() -> T + Send) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Err(_) => call(),
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(call),
        Ok(_) => thread::scope(|scope| {
            scope.spawn(call).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    }
}
