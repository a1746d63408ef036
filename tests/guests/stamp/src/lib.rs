//! Sets the header `stamp` to the text of its settings: shows which version was in force.
//!
//! Settings: `text` (required), `header` (default `stamp`).

use serde::Deserialize;
use sluicegate_plugin::{Filter, Message, Plugin, Verdict};

/// What is set, and where; as in the settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    text: String,
    #[serde(default = "default_header")]
    header: String,
}

fn default_header() -> String {
    "stamp".to_owned()
}

impl Plugin for Stamp {
    type Settings = Self;

    fn configure(settings: Self) -> Result<Self, String> {
        Ok(settings)
    }
}

impl Filter for Stamp {
    fn on_produce(&mut self, message: &mut Message) -> Verdict {
        message.set_header(&self.header, &self.text);
        Verdict::Forward
    }
}

sluicegate_plugin::export!(Stamp: Filter);

#[cfg(test)]
mod tests {
    use sluicegate_plugin::{
        serde_json::json,
        testing::{Call, configure},
    };

    use super::Stamp;

    #[test]
    fn the_header_is_set() {
        let mut stamp: Stamp = configure(json!({ "text": "v2" })).unwrap();
        let outcome = Call::new("t").header("stamp", "v1").produce(&mut stamp);
        assert_eq!(outcome.header("stamp"), Some(&b"v2"[..]));
        assert_eq!(outcome.headers.len(), 1);
    }

    #[test]
    fn a_missing_text_is_named() {
        let refused = configure::<Stamp>(json!({})).unwrap_err();
        assert_eq!(refused, "settings: missing field `text`");
    }
}
