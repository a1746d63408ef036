//! Lets only JSON in, asks for fields, and hides others from whoever reads.

mod path;
mod splice;

use path::Path;
use serde::{Deserialize, de::IgnoredAny};
use sluicegate_plugin::{Filter, Message, Plugin, Verdict};

/// What the TOML file says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    required: Vec<Path>,
    redact: Vec<Path>,
    redact_with: serde_json::Value,
}

impl Default for Settings {
    fn default() -> Self {
        Self { required: Vec::new(), redact: Vec::new(), redact_with: "[redacted]".into() }
    }
}

/// A filter with its fields.
#[derive(Debug)]
pub struct FilterJson {
    required: Vec<Path>,
    redact: Vec<Path>,
    /// As JSON text.
    redact_with: String,
}

impl Plugin for FilterJson {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let Settings { required, redact, redact_with } = settings;
        Ok(Self { required, redact, redact_with: redact_with.to_string() })
    }
}

impl Filter for FilterJson {
    /// Tombstones pass: they delete a key and have nothing that could be JSON.
    fn on_produce(&mut self, message: &mut Message) -> Verdict {
        let Some(value) = message.value() else { return Verdict::Forward };
        let Some(json) = as_json(value) else {
            return Verdict::reject("not-json", "the value is not JSON");
        };
        match self.required.iter().find(|path| path.find_all(json).is_empty()) {
            Some(path) => {
                Verdict::reject("missing-field", format!("the value has no field `{path}`"))
            }
            None => Verdict::Forward,
        }
    }

    /// What was stored before this filter was there may not be JSON; it has no fields to hide.
    fn on_consume(&mut self, message: &mut Message) -> Verdict {
        let json = message.value().filter(|_| !self.redact.is_empty()).and_then(as_json);
        let Some(json) = json else { return Verdict::Forward };
        let found = self.redact.iter().flat_map(|path| path.find_all(json)).collect();
        match splice::replace_all(json, found, &self.redact_with) {
            Some(redacted) => Verdict::Replace(redacted.into_bytes()),
            None => Verdict::Forward,
        }
    }
}

fn as_json(value: &[u8]) -> Option<&str> {
    let text = str::from_utf8(value).ok()?;
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    Some(text)
}

sluicegate_plugin::export!(FilterJson: Filter);

#[cfg(test)]
mod tests;
