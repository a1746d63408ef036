//! What is an object, what its fields are called, and which bytes stay.

use super::{DEPTH_MAX, Object};

fn is_object(text: &str) -> bool {
    Object::read(text.as_bytes()).is_some()
}

fn nested(levels: usize) -> String {
    format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1))
}

#[test]
fn only_one_whole_object_is_one() {
    for object in ["{}", " \t\r\n{ } ", r#"{"a":[1e5,-0.0,"\ud800\/"]}"#, r#"{"\ud800":1}"#] {
        assert!(is_object(object), "{object}");
    }
    for other in [
        "",
        "[]",
        "\"{}\"",
        "{}{}",
        "{} x",
        r#"{"a":1,}"#,
        r#"{"a":01}"#,
        r#"{"a":+1}"#,
        r#"{"a":.5}"#,
        r#"{"a":1.}"#,
        r#"{"a":NaN}"#,
        r#"{"a":"\x"}"#,
        "{\"a\":\"\t\"}",
        "{'a':1}",
        "{a:1}",
        "\u{feff}{}",
        "{\u{a0}}",
    ] {
        assert!(!is_object(other), "{other}");
    }
    assert!(Object::read(b"{\"a\":\"\xff\"}").is_none());
}

#[test]
fn it_may_nest_as_deep_as_it_says_and_no_deeper() {
    assert!(is_object(&nested(DEPTH_MAX)));
    assert!(!is_object(&nested(DEPTH_MAX + 1)));
    assert!(!is_object(&nested(100_000)));
    assert!(is_object(&format!("{{\"a\":\"{}\\\"[\"}}", "[".repeat(1_000))));
}

#[test]
fn names_are_compared_without_their_escapes() {
    let text = r#"{"c\u0061rd":1,"\ud83d\ude00":2,"\ud800":3,"":4}"#;
    let object = Object::read(text.as_bytes()).unwrap();
    let names: Vec<_> = object.fields().iter().map(super::Field::name).collect();
    assert_eq!(names, [Some("card"), Some("😀"), None, Some("")]);
    assert!(object.has("card") && object.has("") && !object.has("\u{fffd}"));
}

#[test]
fn all_bytes_but_the_values_replaced_stay() {
    let text =
        r#" {"n": 12345678901234567890 , "card" : {"card":[1]}, "x":{"card":2},"c\u0061rd":"a"}  "#;
    let object = Object::read(text.as_bytes()).unwrap();
    let replaced = String::from_utf8(object.replace("card", "\"***\"").unwrap()).unwrap();
    let wanted =
        r#" {"n": 12345678901234567890 , "card" : "***", "x":{"card":2},"c\u0061rd":"***"}  "#;
    assert_eq!(replaced, wanted);
    assert_eq!(object.replace("none", "0"), None);
}
