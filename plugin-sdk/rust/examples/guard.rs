//! A filter that lets only JSON objects in, without a forbidden field, and blots a secret one out.

use sluicegate_plugin::{AnySettings, Filter, Message, Plugin, Verdict, export, json::Object};

/// What stands in place of a secret, as JSON.
const BLOT: &str = "\"***\"";

/// The names of the two fields.
#[derive(Debug)]
pub struct Guard {
    redact: String,
    forbid: String,
}

impl Plugin for Guard {
    type Settings = AnySettings;

    fn configure(settings: AnySettings) -> Result<Self, String> {
        let redact = settings.text("redact", "card")?;
        let forbid = settings.text("forbid", "password")?;
        Ok(Self { redact, forbid })
    }
}

impl Filter for Guard {
    fn on_produce(&mut self, message: &mut Message) -> Verdict {
        // A tombstone deletes a key: it has no fields to look at.
        let Some(value) = message.take_value() else { return Verdict::Forward };
        let Some(object) = Object::read(&value) else {
            return Verdict::reject("not-object", "the value is not a JSON object");
        };
        if object.has(&self.forbid) {
            let problem = format!("the field `{}` must not be sent", self.forbid);
            return Verdict::reject("forbidden-field", problem);
        }
        message.set_header("checked-by", message.principal());
        match object.replace(&self.redact, BLOT) {
            Some(redacted) => Verdict::Replace(redacted),
            None => Verdict::Forward,
        }
    }
}

export!(Guard: Filter);

#[cfg(test)]
mod tests {
    use sluicegate_plugin::{serde_json::json, testing};

    use super::*;

    fn produced(value: &str) -> testing::Outcome {
        let mut guard: Guard = testing::configure(json!({})).unwrap();
        testing::Call::new("t").principal("ann").value(value).produce(&mut guard)
    }

    #[test]
    fn a_card_is_blotted_out_and_all_else_stays() {
        let outcome = produced(r#"{"n": 1.00, "card" :[4,1], "c\u0061rd":"x"}"#);
        let stored = br#"{"n": 1.00, "card" :"***", "c\u0061rd":"***"}"#;
        assert_eq!(outcome.verdict, Verdict::Replace(stored.to_vec()));
        assert_eq!(outcome.header("checked-by"), Some(&b"ann"[..]));
    }

    #[test]
    fn what_must_not_be_sent_is_refused() {
        assert_eq!(produced("[]").rejected(), Some("not-object"));
        assert_eq!(produced(r#"{"password":null}"#).rejected(), Some("forbidden-field"));
        assert_eq!(produced(r#"{"a":{"password":1}}"#).verdict, Verdict::Forward);
    }

    #[test]
    fn a_name_is_a_text() {
        let refused = testing::configure::<Guard>(json!({"redact": 1})).unwrap_err();
        assert_eq!(refused, "`redact` must be a text");
    }
}
