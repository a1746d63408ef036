//! The example filter: redacts a field, rejects by rule, adds a header.

use sluicegate_tests::{
    authoring::{Kind, Language, built},
    gateway,
    gateway::read,
};

use super::stored::{stored, without_plugin};

super::in_every_language!(gives_the_same_replies_and_stored_bytes);

/// What is sent, and what must be stored; or the words of the refusal.
struct Case {
    sent: Vec<u8>,
    stored: Result<Vec<u8>, &'static str>,
}

const NOT_AN_OBJECT: &str = "REJECTED guard not-object: the value is not a JSON object";
const FORBIDDEN: &str = "REJECTED guard forbidden-field: the field `password` must not be sent";

fn case(sent: impl Into<Vec<u8>>, stored: impl Into<Vec<u8>>) -> Case {
    Case { sent: sent.into(), stored: Ok(stored.into()) }
}

fn kept(sent: impl Into<Vec<u8>>) -> Case {
    let sent = sent.into();
    Case { stored: Ok(sent.clone()), sent }
}

fn refused(sent: impl Into<Vec<u8>>, words: &'static str) -> Case {
    Case { sent: sent.into(), stored: Err(words) }
}

/// Objects in objects, the outermost is level 1.
fn nested(levels: usize) -> Vec<u8> {
    let (open, close) = (r#"{"a":"#.repeat(levels - 1), "}".repeat(levels));
    format!("{open}{{{close}").into_bytes()
}

fn cases() -> Vec<Case> {
    let mut cases = passed();
    cases.extend(redacted());
    cases.extend(not_objects());
    cases.extend([
        refused(r#"{"password":"x"}"#, FORBIDDEN),
        refused(r#"{"a":1, "pass\u0077ord" : null}"#, FORBIDDEN),
        // The refusal comes before any redaction.
        refused(r#"{"card":1,"password":2}"#, FORBIDDEN),
        refused(nested(100_000), NOT_AN_OBJECT),
    ]);
    cases
}

fn passed() -> Vec<Case> {
    vec![
        kept("{}"),
        kept(" \t\r\n{ \"id\" :\n1 } \n"),
        kept(r#"{"big":12345678901234567890,"exact":0.10,"exp":-1E+2}"#),
        kept(r#"{"b":1,"a":2,"b":3}"#),
        kept(r#"{"text":"ä€😀 \u00e4 \ud83d\ude00 \ud800 \" \\ \/ \b\f\n\r\t"}"#),
        kept(r#"{"inner":{"card":"4111","password":"x"},"list":[{"card":1},[],{}]}"#),
        kept(r#"{"Card":1,"card ":2,"car":3,"cards":4,"":5}"#),
        kept(r#"{"a":true,"b":false,"c":null}"#),
        kept(nested(100)),
        kept(format!(r#"{{"long":"{}"}}"#, "x".repeat(100_000))),
    ]
}

fn redacted() -> Vec<Case> {
    vec![
        case(r#"{"card":"4111"}"#, r#"{"card":"***"}"#),
        case(r#"{"card":""}"#, r#"{"card":"***"}"#),
        case(r#"{ "id" : 1 , "card" : 4111 }"#, r#"{ "id" : 1 , "card" : "***" }"#),
        case(r#"{"card":{"a":["}","]"]},"n":1.50}"#, r#"{"card":"***","n":1.50}"#),
        case(r#"{"card":[1, 2],"card":null}"#, r#"{"card":"***","card":"***"}"#),
        case(r#"{"c\u0061rd":"4111","x":"\u0061"}"#, r#"{"c\u0061rd":"***","x":"\u0061"}"#),
        case(r#"{"ä":"ö","card":"ü","😀":1}"#, r#"{"ä":"ö","card":"***","😀":1}"#),
        case(r#"{"a":"\"card\":1","card":true}"#, r#"{"a":"\"card\":1","card":"***"}"#),
        case(
            r#"{"n":12345678901234567890,"card":-0.0e-0}"#,
            r#"{"n":12345678901234567890,"card":"***"}"#,
        ),
    ]
}

fn not_objects() -> Vec<Case> {
    let texts = [
        "",
        " ",
        "hello",
        "42",
        "null",
        "true",
        "[]",
        "[{}]",
        "\"{}\"",
        "{",
        "}",
        "{}}",
        "{} {}",
        "{}x",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":1e}",
        "{\"a\":-}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":tru}",
        "{\"a\":nulll}",
        "{\"a\":[1,]}",
        "{\"a\":[1 2]}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"",
        "{\"a\":\"\\\"}",
        "{\"a\":1/**/}",
        "\u{feff}{}",
        "{\"a\":\u{a0}1}",
        "{\"a\":0x1}",
        "{\"a\":1_000}",
        "{\"a\":[}",
        "{\"a\":{]}",
        "{\"a\"::1}",
        "{1:2}",
    ];
    let mut cases: Vec<_> = texts.iter().map(|text| refused(*text, NOT_AN_OBJECT)).collect();
    let bytes: [&[u8]; 6] = [
        b"{\"a\":\"\xff\"}",
        b"{\"\xc3\":1}",
        b"{\"a\":\"\xed\xa0\x80\"}",
        b"{\"a\":\"\xc0\xaf\"}",
        b"{\"a\":1}\0",
        b"{\"a\":\"\0\"}",
    ];
    cases.extend(bytes.into_iter().map(|bytes| refused(bytes, NOT_AN_OBJECT)));
    cases
}

async fn gives_the_same_replies_and_stored_bytes(language: Language) {
    let Some(component) = built(language, Kind::Guard).await else { return };
    let gateway = gateway().plugin_file("guard", &read(&component), "").start().await;
    let mut client = gateway.client().await;
    let mut wanted = Vec::new();

    for Case { sent, stored } in cases() {
        let reply = client.send_args(&[&b"XADD"[..], b"t", b"*", b"value", &sent]).await;
        let shown = String::from_utf8_lossy(&sent[..sent.len().min(80)]).into_owned();
        match stored {
            Ok(bytes) => {
                assert_eq!(reply.error(), None, "{shown}");
                wanted.push(bytes);
            }
            Err(words) => assert_eq!(reply.error(), Some(words), "{shown}"),
        }
    }
    without_plugin(&gateway, &mut client, "guard").await;

    let stored = stored(&mut client, "t").await;
    let values: Vec<_> = stored.iter().map(|record| record["value"].clone()).collect();
    assert_eq!(values, wanted);
    let is_checked = |record: &super::stored::Fields| record["header:checked-by"] == b"default";
    assert!(stored.iter().all(is_checked), "the header holds the principal: {stored:?}");
}

/// What it says about settings that cannot be meant, and what other settings do.
#[tokio::test]
async fn its_settings_are_the_same_in_every_language() {
    for language in sluicegate_tests::authoring::LANGUAGES {
        let Some(component) = built(language, Kind::Guard).await else { continue };
        let wasm = read(&component);
        let toml = "[settings]\nredact = 'pin'\nforbid = 'card'";
        let gateway = gateway().plugin_file("guard", &wasm, toml).start().await;
        let mut client = gateway.client().await;

        let reply = client.send("XADD t * value {\"card\":1}").await;
        let forbidden = "REJECTED guard forbidden-field: the field `card` must not be sent";
        assert_eq!(reply.error(), Some(forbidden), "{}", language.name);
        gateway.drop_in("guard", &wasm, "[settings]\nredact = 7");
        let refused = client.send("PLUGIN RELOAD").await.to_string();
        assert!(refused.contains("`redact` must be a text"), "{}: {refused}", language.name);
    }
}
