//! Pairs of values, and the lines between them.

use super::*;

fn between(before: &[u8], after: &[u8]) -> Vec<String> {
    lines(Some(before), Some(after))
}

#[test]
fn json_is_told_edit_by_edit() {
    for (before, after, told) in [
        (
            r#"{"card": "4111", "x": 1}"#,
            r#"{"card": "***", "seen": true}"#,
            &[" /card: \"4111\" → \"***\"", " /seen: added true", " /x: removed 1"][..],
        ),
        (r#"{"a": [1, 2, 3]}"#, r#"{"a": [1]}"#, &[" /a/1: removed 2", " /a/1: removed 3"]),
        (r#"{"a": {"b/c": 1}}"#, r#"{"a": {"b/c": {}}}"#, &[" /a/b~1c: 1 → {}"]),
        ("{}", "[]", &[": {} → []"]),
        (r#"{"": "a"}"#, r#"{"": "\u001b\u0085"}"#, &[r#" /: "a" → "\u001b\u{85}""#]),
        (r#"{"a": 1}"#, r#"{"a":1}"#, &[r#" - {"a": 1}"#, r#" + {"a":1}"#]),
    ] {
        assert_eq!(between(before.as_bytes(), after.as_bytes()), told);
    }
}

#[test]
fn text_is_told_line_by_line() {
    assert_eq!(between(b"loud", b"LOUD"), [r#" - "loud""#, r#" + "LOUD""#]);
    assert_eq!(between(b"", b"a"), [r#" + "a""#]);
    assert_eq!(
        between(b"0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", b"0\n1\n2\nx\n4\n5\n6\n7\n8\n9"),
        [
            "   … 1 lines are the same",
            r#"   "1\n""#,
            r#"   "2\n""#,
            r#" - "3\n""#,
            r#" + "x\n""#,
            r#"   "4\n""#,
            r#"   "5\n""#,
            "   … 1 lines are the same",
            r#"   "7\n""#,
            r#"   "8\n""#,
            r#" - "9\n""#,
            r#" + "9""#,
        ]
    );
}

#[test]
fn bytes_are_told_row_by_row() {
    let before: Vec<_> = (0x80..0xe0).collect();
    let mut after = before.clone();
    after[0x50] = 0;
    let told = between(&before, &after);
    assert_eq!(told.len(), 5);
    assert_eq!(told[0], "   … 3 lines are the same");
    assert!(told[1].starts_with("   00000030  b0 b1"), "{told:?}");
    assert!(told[3].starts_with(" - 00000050  d0 d1"), "{told:?}");
    assert!(told[4].starts_with(" + 00000050  00 d1"), "{told:?}");
}

#[test]
fn other_forms_are_told_whole() {
    let told = between(b"{\"a\":1}", b"\x08\x01");
    assert_eq!(told[0], " - {\"a\":1}");
    assert!(told[1].starts_with(" + 00000000  08 01 "), "{told:?}");
    assert_eq!(lines(None, Some(b"x")), [" - (null)", r#" + "x""#]);
    assert_eq!(between(b"{}", b"none"), [" - {}", r#" + "none""#]);
}

#[test]
fn a_change_far_behind_is_seen_and_a_long_one_is_cut() {
    let line = "0123456789\n";
    let long = line.repeat(100_000);
    let told = between(long.as_bytes(), format!("{long}end").as_bytes());
    assert_eq!(told.first().unwrap(), "   … 99998 lines are the same");
    assert_eq!(told.last().unwrap(), " + \"end\"");
    let told = between(long.as_bytes(), "x\n".repeat(100_000).as_bytes());
    let tail = &told[told.len() - 2..];
    assert_eq!(tail, [" - … 1097184 bytes more", " + … 199488 bytes more"]);
    let one = "0123456789".repeat(1000);
    let told = between(one.as_bytes(), format!("{one}!").as_bytes());
    assert_eq!((told.len(), told[0].as_str()), (5, "   … 7 lines are the same"));
    assert!(told[4].starts_with(" + \"") && told[4].ends_with("789!\""), "{told:?}");
    let many: Vec<_> = (0..1000).collect();
    let told = between(b"[]", serde_json::to_string(&many).unwrap().as_bytes());
    assert_eq!(told.last().unwrap(), " … 744 changes more");
}
