//! What plugin authors get from the program: a project to begin with, and a component out of it.
//!
//! The whole of `plugin-sdk` is inside the program, so that it is the only tool of ours that they
//! need. Nothing here serves messages.

mod build;
mod component;
mod contract;
mod language;
mod manifest;
mod project;
mod template;
mod toolchain;
mod world;

pub use build::{Built, write_atomically};
pub use component::{componentise, noop_component};
pub use contract::contract_page;
pub use language::Language;
pub use manifest::{MANIFEST, Manifest};
pub use project::Project;
pub use template::Template;
pub use world::{CONTRACT_WIT, Roles};

use include_dir::{Dir, include_dir};

/// `plugin-sdk`, as it was when the program was built.
static SDK: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../plugin-sdk");

#[cfg(test)]
mod tests {
    use super::*;
    use sluicegate::plugin::limits::{self, PluginLimits};

    #[test]
    fn the_page_about_running_plugins_has_the_limits_that_are_in_force() {
        let page = SDK.get_file("how-plugins-run.md").and_then(include_dir::File::contents_utf8);
        let page = page.expect("it is a page of the SDK");
        let d = PluginLimits::default();
        for (key, default) in [
            ("call_deadline_ms", d.call_deadline.as_millis()),
            ("authenticate_deadline_ms", d.authenticate_deadline.as_millis()),
            ("start_deadline_ms", d.start_deadline.as_millis()),
            ("memory_bytes_max", d.memory_bytes_max as u128),
            ("table_elements_max", d.table_elements_max as u128),
            ("result_bytes_max", d.result_bytes_max as u128),
            ("instances_max", d.instances_max.into()),
            ("instances_idle_max", d.instances_idle_max.into()),
            ("failures_in_a_row_max", d.failures_in_a_row_max.into()),
            ("last_good_secs", d.last_good.as_secs().into()),
        ] {
            assert!(page.contains(&format!("| `{key}` | {default} ")), "{key} = {default}");
        }
        for line in [
            format!("| plugin file | {} MiB |", limits::WASM_BYTES_MAX >> 20),
            format!("| stack of a call | {} KiB |", limits::STACK_BYTES >> 10),
            format!("in one plugin | {} of each |", limits::PARTS_MAX),
            format!("| instances of all plugins together | {} |", limits::INSTANCES_TOTAL_MAX),
            format!("is noticed | {} ms |", limits::EPOCH_TICK.as_millis()),
            format!("| {} characters of a-z, 0-9 and `-`;", limits::WORD_BYTES_MAX),
            format!("| message of a rejection | {} bytes, cut |", limits::REJECTION_BYTES_MAX),
            format!(
                "| {} KiB, cut; {}, the",
                limits::LOG_LINE_BYTES_MAX >> 10,
                limits::LOG_LINES_A_SECOND
            ),
            format!("| {} of at most {} char", limits::COUNTERS_MAX, limits::WORD_BYTES_MAX),
            format!("has changed | {}; one more traps |", limits::HEADERS_MAX),
            format!("in one login | {}, then", limits::HOST_CALLS_MAX),
            format!("one answer of a store | {} s;", limits::REACH_TIMEOUT.as_secs()),
            format!("| {} to a Redis, {} to a", limits::REDIS_CONNECTIONS, limits::SQL_CONNECTIONS),
            format!(
                "own query | {}; {} KiB |",
                limits::SQL_ROWS_MAX,
                limits::SQL_TEXT_BYTES_MAX >> 10
            ),
            format!("of a grant | {} bytes each |", limits::GRANT_WORD_BYTES_MAX),
            format!("list of a grant | {} |", limits::GRANT_PATTERNS_MAX),
            format!("not called for {} s.", limits::QUARANTINE_FIRST.as_secs()),
            format!("up to {} minute", limits::QUARANTINE_LONGEST.as_secs() / 60),
        ] {
            assert!(page.contains(&line), "{line}");
        }
    }
}
