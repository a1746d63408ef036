//! Settings that are read by name.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

/// Settings of any names, each read when it is wanted.
///
/// For a plugin with a few settings. One with many is better served by a type of its own that
/// derives `Deserialize`: it finds misspelled names, too.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct AnySettings(Map<String, Value>);

impl AnySettings {
    /// The text of this name, or `default` if it is not set.
    ///
    /// # Errors
    /// It is set and no text; a sentence for the operator.
    pub fn text(&self, name: &str, default: &str) -> Result<String, String> {
        match self.get(name) {
            None => Ok(default.to_owned()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(_) => Err(format!("`{name}` must be a text")),
        }
    }

    /// The setting of this name, whatever it is; `None` if it is not set.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

/// The names alone: a value may be a secret.
impl fmt::Debug for AnySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::AnySettings;

    #[test]
    fn a_text_is_a_text_or_is_not_set() {
        let settings: AnySettings = serde_json::from_value(json!({"a": "b", "c": null})).unwrap();
        assert_eq!(settings.text("a", "x"), Ok("b".to_owned()));
        assert_eq!(settings.text("b", "x"), Ok("x".to_owned()));
        assert_eq!(settings.text("c", "x"), Err("`c` must be a text".to_owned()));
        assert_eq!(format!("{settings:?}"), r#"{"a", "c"}"#);
    }
}
