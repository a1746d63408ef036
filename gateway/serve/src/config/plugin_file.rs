//! `NAME.toml` beside `NAME.wasm`.

use std::{path::Path, time::Duration};

use super::{
    Problems, Variables,
    file::{Section, Source},
    stores::{stores, tables},
};
use crate::{
    message::TopicPattern,
    plugin::{OnFailure, PluginLimits, PluginSettings, RecycleMark},
};

/// Checks the text of a plugin's settings file; an empty text gives the defaults. `variables` are
/// what `${NAME}` in it stands for.
///
/// # Errors
/// All problems of the text at once.
pub fn plugin_settings(
    path: &Path,
    text: &str,
    name: &str,
    variables: Variables,
) -> Result<PluginSettings, Problems> {
    let lookup = |name: &str| variables.look_up(name);
    let source = Source::new(path, text, &lookup);
    let mut root = Section::root(&source);
    let words = [
        ("reject", OnFailure::Reject),
        ("bypass", OnFailure::Bypass),
        ("last-good", OnFailure::LastGood),
    ];
    let topics = root.strings("topics").unwrap_or_else(|| vec!["*".to_owned()]);
    let settings = PluginSettings {
        name: name.to_owned(),
        order: root.signed("order", 0),
        topics: topics.into_iter().map(TopicPattern::new).collect(),
        settings_json: root
            .json("settings")
            .map_or_else(|| "{}".to_owned(), |json| json.to_string()),
        limits: limits(root.section("limits")),
        reach: stores(&mut root),
        on_failure: root.choice("on_failure", OnFailure::Reject, &words),
    };
    if let Some(value) = root.take("files") {
        let hint = format!("this version grants {}; remove the section", tables());
        root.wrong("files", &value, "`files` cannot be granted", &hint);
    }
    root.finish();
    let problems = source.problems.into_inner();
    if problems.is_empty() { Ok(settings) } else { Err(Problems(problems)) }
}

fn limits(mut section: Section<'_, '_>) -> PluginLimits {
    let d = PluginLimits::default();
    let mut milliseconds = |key, default: Duration| {
        let default = u64::try_from(default.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(section.integer(key, default, 20..=60_000))
    };
    let call_deadline = milliseconds("call_deadline_ms", d.call_deadline);
    let authenticate_deadline = milliseconds("authenticate_deadline_ms", d.authenticate_deadline);
    let start_deadline = milliseconds("start_deadline_ms", d.start_deadline);
    let last_good = section.integer("last_good_secs", d.last_good.as_secs(), 0..=31_536_000);
    let mut count = |key, default: u32, most: u64| {
        u32::try_from(section.integer(key, u64::from(default), 1..=most)).unwrap_or(default)
    };
    let instances_max = count("instances_max", d.instances_max, 1_000);
    let instances_idle_max = count("instances_idle_max", d.instances_idle_max, 1_000);
    let failures_in_a_row_max = count("failures_in_a_row_max", d.failures_in_a_row_max, 1_000_000);
    let mut number = |key, default: usize, most: u64| {
        usize::try_from(section.integer(key, default as u64, 0..=most)).unwrap_or(default)
    };
    let table_elements_max = number("table_elements_max", d.table_elements_max, 10_000_000);
    let memory_bytes_max = number("memory_bytes_max", d.memory_bytes_max, 1 << 32);
    let result_bytes_max = number("result_bytes_max", d.result_bytes_max, 1 << 30);
    let recycle_after_calls =
        Some(section.integer("recycle_after_calls", 0, 0..=u64::MAX)).filter(|n| *n > 0);
    let recycle_above_bytes = recycle_mark(&mut section);
    section.finish();
    PluginLimits {
        memory_bytes_max,
        table_elements_max,
        call_deadline,
        authenticate_deadline,
        last_good: Duration::from_secs(last_good),
        start_deadline,
        result_bytes_max,
        instances_max,
        instances_idle_max,
        recycle_after_calls,
        recycle_above_bytes,
        failures_in_a_row_max,
    }
}

/// `recycle_above_bytes`: half way to the limit where nothing is said, never for 0.
fn recycle_mark(section: &mut Section<'_, '_>) -> RecycleMark {
    let is_set = section.contains("recycle_above_bytes");
    match usize::try_from(section.integer("recycle_above_bytes", 0, 0..=1 << 32)) {
        _ if !is_set => RecycleMark::HalfWay,
        Ok(0) | Err(_) => RecycleMark::Never,
        Ok(bytes) => RecycleMark::Bytes(bytes),
    }
}
