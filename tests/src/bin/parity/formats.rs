//! What one program writes, and what the other makes of it.
//!
//! Each comparison is one line, `same: …` or `differs: …`, the latter with the lines that differ.

use std::path::Path;

use super::arguments::Programs;

mod data; //      the folder of the embedded log
mod plugins; //   plugin folder, compiled code, what is told about plugins
mod projects; //  what `plugin new` makes
mod report; //    the lines
mod snapshots; // conversations of `sluicegate test`
mod texts; //     what the programs print

use report::Report;

/// Either program, and what it is called here.
#[derive(Clone, Copy, Debug)]
struct Program<'a> {
    name: &'static str,
    path: &'a Path,
}

/// Compares everything; true if nothing differs.
pub(crate) async fn run(programs: &Programs) -> bool {
    let old = Program { name: "old", path: &programs.old };
    let new = Program { name: "new", path: &programs.new };
    let mut report = Report::default();
    texts::compare(&mut report, [old, new]).await;
    texts::compare_configurations(&mut report, [old, new]).await;
    plugins::compare_checks(&mut report, [old, new], &programs.plugins).await;
    plugins::compare_gateways(&mut report, [old, new], &programs.plugins).await;
    projects::compare(&mut report, [old, new]).await;
    snapshots::compare(&mut report, [old, new], &programs.plugins).await;
    data::compare(&mut report, [old, new]).await;
    report.conclude()
}
