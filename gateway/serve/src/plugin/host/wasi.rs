//! An empty world for guests whose language runtime imports WASI: no arguments, environment,
//! files, network or input; output goes nowhere, the clock stands still, and sleeping traps.
//! Random numbers are real, for runtimes seed their hash tables with them.

use std::time::Duration;

use wasmtime::component::{Linker, Resource, ResourceTable};
use wasmtime_wasi::{
    HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxView, WasiView,
    p2::{DynPollable, add_to_linker_sync},
};

/// Packages of WASI 0.2 that are satisfied. `wasi:http`, for one, is not.
const PACKAGES: [&str; 6] =
    ["wasi:cli", "wasi:clocks", "wasi:filesystem", "wasi:io", "wasi:random", "wasi:sockets"];

/// The interface whose sleep is replaced, under the version of the WASI implementation in use.
const MONOTONIC_CLOCK: &str = "wasi:clocks/monotonic-clock@0.2.12";

/// 2020-01-01T00:00:00Z: the time it always is. Not zero, which some runtimes take for a fault.
const FROZEN_WALL_CLOCK: Duration = Duration::from_hours(438_288);

/// Nanoseconds that the other clock always shows. Go refuses to start at zero.
const FROZEN_MONOTONIC_CLOCK_NS: u64 = 1_000_000_000;

/// The world of one instance.
pub(in crate::plugin) struct Wasi {
    context: WasiCtx,
    table: ResourceTable,
}

impl Default for Wasi {
    fn default() -> Self {
        let mut context = WasiCtx::builder();
        context
            .wall_clock(Frozen)
            .monotonic_clock(Frozen)
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false);
        Self { context: context.build(), table: ResourceTable::new() }
    }
}

impl Wasi {
    /// What the functions of WASI work on.
    pub(super) fn view(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.context, table: &mut self.table }
    }
}

/// True if `package` (`wasi:io`) of this version is one that [`link`] offers.
pub(in crate::plugin) fn is_satisfied(package: &str, version: &str) -> bool {
    PACKAGES.contains(&package) && version.starts_with("0.2.")
}

/// True if functions of this interface may wait for a future on the host. Random numbers, the clock,
/// and what a program is told at its start are answered at once.
pub(in crate::plugin) fn may_block(package: &str, interface: &str) -> bool {
    !matches!(
        (package, interface),
        ("wasi:random" | "wasi:clocks", _) | ("wasi:cli", "environment" | "exit")
    )
}

/// Offers the empty world.
pub(in crate::plugin) fn link<T: WasiView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    add_to_linker_sync(linker)?;
    linker.allow_shadowing(true);
    let mut clock = linker.instance(MONOTONIC_CLOCK)?;
    // A real sleep would hold the worker thread in the host, where no deadline reaches it.
    for function in ["subscribe-duration", "subscribe-instant"] {
        clock.func_wrap(
            function,
            |_, (_,): (u64,)| -> wasmtime::Result<(Resource<DynPollable>,)> {
                Err(wasmtime::Error::msg("plugins cannot sleep: there is no clock"))
            },
        )?;
    }
    Ok(())
}

struct Frozen;

impl HostWallClock for Frozen {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        FROZEN_WALL_CLOCK
    }
}

impl HostMonotonicClock for Frozen {
    fn resolution(&self) -> u64 {
        FROZEN_MONOTONIC_CLOCK_NS
    }

    fn now(&self) -> u64 {
        FROZEN_MONOTONIC_CLOCK_NS
    }
}
