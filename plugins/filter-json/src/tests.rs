//! Messages that pass, that do not, and that look different afterwards.

use sluicegate_plugin::{
    Verdict,
    serde_json::{Value, json},
    testing::{Call, configure},
};

use crate::FilterJson;

fn filter(settings: Value) -> FilterJson {
    configure(settings).unwrap()
}

fn produced(settings: Value, value: &str) -> Verdict {
    Call::new("t").value(value).produce(&mut filter(settings)).verdict
}

fn consumed(settings: Value, value: &str) -> String {
    let outcome = Call::new("t").value(value).consume(&mut filter(settings));
    String::from_utf8(outcome.value.unwrap()).unwrap()
}

#[test]
fn only_json_is_let_in() {
    for json in ["{}", " [1, 2.50e3]\n", "\"x\"", "null", "{\"a\": 1, \"a\": 2}"] {
        assert_eq!(produced(json!({}), json), Verdict::Forward, "{json}");
    }
    for other in ["", "x", "{", "{}{}", "{'a':1}", "01", "\"\t\"", "nan"] {
        let rejection = Verdict::reject("not-json", "the value is not JSON");
        assert_eq!(produced(json!({}), other), rejection, "{other}");
    }
    let not_utf8 = Call::new("t").value(b"\"\xff\"").produce(&mut filter(json!({})));
    assert_eq!(not_utf8.rejected(), Some("not-json"));
}

#[test]
fn tombstones_pass_both_ways() {
    let mut filter = filter(json!({ "required": ["id"], "redact": ["id"] }));
    assert_eq!(Call::new("t").produce(&mut filter).verdict, Verdict::Forward);
    assert_eq!(Call::new("t").consume(&mut filter).verdict, Verdict::Forward);
}

#[test]
fn the_first_missing_field_is_named() {
    let settings = json!({ "required": ["id", "/customer/name", "lines.*.sku"] });
    let whole = r#"{"id": null, "customer": {"name": "a"}, "lines": [{}, {"sku": 1}]}"#;
    assert_eq!(produced(settings.clone(), whole), Verdict::Forward);
    let nameless = r#"{"id": 1, "customer": "name"}"#;
    let rejection = Verdict::reject("missing-field", "the value has no field `/customer/name`");
    assert_eq!(produced(settings.clone(), nameless), rejection);
    assert!(matches!(produced(settings, "[]"), Verdict::Reject(r) if r.message.contains("`id`")));
}

#[test]
fn readers_do_not_see_redacted_fields_and_all_else_keeps_its_bytes() {
    let settings = json!({ "redact": ["card", "/lines/*/price", "a~b./c"] });
    let stored =
        r#"{ "z":1.00, "card" : {"no":"4111"}, "lines":[{"price":1e400,"q":2},{}], "card":1}"#;
    let seen = r#"{ "z":1.00, "card" : "[redacted]", "lines":[{"price":"[redacted]","q":2},{}], "card":"[redacted]"}"#;
    assert_eq!(consumed(settings, stored), seen);
}

#[test]
fn names_with_escapes_are_found() {
    let settings = json!({ "redact": ["/a~1b", "é"], "redact_with": null });
    assert_eq!(consumed(settings, r#"{"a/b":1,"\u00e9":[2]}"#), r#"{"a/b":null,"\u00e9":null}"#);
    // Half of a pair is a legal name, and no reason to show what lies beside it.
    let stored = r#"{"\ud800":1,"a":2}"#;
    assert_eq!(consumed(json!({ "redact": ["a"] }), stored).matches("redacted").count(), 1);
}

#[test]
fn the_outer_of_two_redacted_fields_wins() {
    let settings = json!({ "redact": ["a.b", "a", "/a/b"], "redact_with": 0 });
    assert_eq!(consumed(settings, r#"{"a":{"b":1},"c":2}"#), r#"{"a":0,"c":2}"#);
}

#[test]
fn what_is_not_json_is_shown_as_it_is_stored() {
    assert_eq!(consumed(json!({ "redact": ["a"] }), "{\"a\":1"), "{\"a\":1");
}

#[test]
fn an_empty_name_is_refused() {
    let error = configure::<FilterJson>(json!({ "redact": ["a..b"] })).unwrap_err();
    assert_eq!(error, "settings: `a..b` is not the name of a field: a part of it is empty");
}
