//! What the gateways of a pair said in their logs: not how often, but which lines there are.

use std::collections::BTreeSet;

use sluicegate_tests::Gateway;

use crate::parity::pair::Pair;

/// The lines that only one of both has; `None` if there are none.
pub(super) fn differing(pair: &Pair) -> Option<String> {
    let (old, new) = (kinds(&pair.old.gateway), kinds(&pair.new.gateway));
    let only = |sign: char, one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
        one.difference(other).map(|line| format!("{sign}{line}")).collect()
    };
    let lines = [only('-', &old, &new), only('+', &new, &old)].concat();
    let story = || format!("log lines that only one of both has:\n{}", lines.join("\n"));
    (!lines.is_empty()).then(story)
}

/// Level, message and names of fields of each line. Targets are the names of modules, and values
/// say who and when.
fn kinds(gateway: &Gateway) -> BTreeSet<String> {
    let log = gateway.log();
    log.lines().map(kind).collect()
}

fn kind(line: &str) -> String {
    let Ok(event) = serde_json::from_str::<serde_json::Value>(line) else { return line.to_owned() };
    let text = |name: &str| event.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let fields = event.get("fields").unwrap_or(&event).as_object();
    let names: Vec<_> =
        fields.iter().flat_map(|fields| fields.keys()).map(String::as_str).collect();
    let message = fields.and_then(|fields| fields.get("message"));
    let message = message.and_then(serde_json::Value::as_str).unwrap_or_else(|| text("message"));
    format!("{} {message} {}", text("level"), names.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_its_level_its_message_and_the_names_of_its_fields() {
        let line = r#"{"timestamp":"x","level":"INFO","fields":{"message":"topic made","topic":"a"},"target":"t"}"#;
        assert_eq!(kind(line), "INFO topic made message,topic");
        assert_eq!(kind("thread panicked"), "thread panicked");
    }
}
