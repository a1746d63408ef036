//! The original's `databus.toml`, said in this gateway's words.
//!
//! Keys are read whatever their case, as the original did. Secrets are never repeated: where one
//! stood, the result names a variable of the environment.

use std::path::Path;

use super::{Problems, file::Source};

mod address;
mod duration;
mod keys;
mod mysql;
mod old;
mod stores;
mod toml_text;

pub use old::TranslatedKey;

use address::address;
use old::Old;
use toml_text::TomlText;

/// Shortest and longest time-outs over HTTP, in seconds.
const HTTP_SECS: std::ops::RangeInclusive<u64> = 1..=3_600;

/// What an old file means here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// Text of the gateway's configuration file.
    pub gateway: String,
    /// Name of the authenticator, and text of the settings file beside it.
    pub plugin: Option<(&'static str, String)>,
    /// What each key means here, in the file's order.
    pub keys: Vec<TranslatedKey>,
}

/// Reads the text of an old file.
///
/// # Errors
/// All values that cannot be understood at once. Unknown keys are none of them: the original
/// ignored them, and they are among the keys of the result.
pub fn translate_databus(path: &Path, text: &str) -> Result<Translation, Problems> {
    let lookup = |_: &str| None;
    let source = Source::new(path, text, &lookup);
    let mut old = Old::new(&source);
    let auth_type = old.text("authtype").map(|word| word.to_ascii_lowercase());
    let keys = old.keys(auth_type.as_deref());
    let plugin = match auth_type.as_deref() {
        None => None,
        Some("redis") => Some(("auth-redis", stores::redis(&mut old))),
        Some("mysql") => stores::mysql(&mut old).map(|text| ("auth-mysql", text)),
        Some(other) => {
            let cause = format!("`{other}` is neither `mysql` nor `redis`");
            old.wrong("authtype", &cause, "");
            None
        }
    };
    let gateway = gateway(&mut old);
    let problems = source.problems.into_inner();
    if problems.is_empty() {
        Ok(Translation { gateway, plugin, keys })
    } else {
        Err(Problems(problems))
    }
}

fn gateway(old: &mut Old<'_, '_>) -> String {
    let mut text = TomlText::default();
    text.comment("Made from a databus.toml: what stands nowhere here is at its default.");
    if let Some(address) = address(old, "addr") {
        text.table(&["listen"]);
        text.comment("Beyond loopback an authenticator must lie in the plugin folder.");
        text.string("address", &address);
    }
    http(old, &mut text);
    clusters(old, &mut text);
    text.finish()
}

fn http(old: &mut Old<'_, '_>, text: &mut TomlText) {
    let timeout = old.duration("httpserver.readtimeout");
    let Some(address) = address(old, "httpserver.addr") else { return };
    text.table(&["http"]);
    text.string("address", &address);
    if let Some(timeout) = timeout {
        let secs = timeout.as_millis().div_ceil(1_000);
        let secs = u64::try_from(secs).unwrap_or(u64::MAX);
        let secs = secs.clamp(*HTTP_SECS.start(), *HTTP_SECS.end());
        text.integer("header_timeout_secs", secs);
        text.integer("body_timeout_secs", secs);
    }
}

fn clusters(old: &mut Old<'_, '_>, text: &mut TomlText) {
    let names = old.names_in("clusters");
    let Some(first) = names.first() else { return };
    text.table(&["broker"]);
    text.string("kind", "kafka");
    if names.len() > 1 {
        text.comment("For logins whose row names no cluster; rows of databus always name one.");
        text.string("cluster", first);
    }
    for name in &names {
        let brokers = old.strings(&format!("clusters.{name}.brokers"));
        if brokers.is_empty() {
            old.incomplete(&format!("clusters.{name}"), "it names no `brokers`");
        }
        text.table(&["broker", "clusters", name]);
        text.strings("bootstrap", &brokers);
    }
}

#[cfg(test)]
mod tests;
