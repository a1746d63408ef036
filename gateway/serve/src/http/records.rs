//! The body of a publish.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// Most records of one request: their list must not take far more memory than the body.
pub(super) const RECORDS_MAX: usize = 100_000;

/// `{"records":[{"key":"k","value":<any JSON>}]}`; further keys are ignored, as ever.
#[derive(Debug, Deserialize)]
pub(super) struct Records<'a> {
    #[serde(borrow, deserialize_with = "bounded")]
    pub(super) records: Vec<RecordText<'a>>,
}

/// One record, as sent.
#[derive(Debug, Deserialize)]
pub(super) struct RecordText<'a> {
    /// Empty where there is none, as the original had it.
    #[serde(borrow, default)]
    key: Option<Cow<'a, str>>,
    /// The text as sent, byte for byte.
    #[serde(borrow)]
    value: &'a RawValue,
}

impl RecordText<'_> {
    pub(super) fn key(&self) -> Bytes {
        Bytes::copy_from_slice(self.key.as_deref().unwrap_or_default().as_bytes())
    }

    pub(super) fn value(&self) -> &str {
        self.value.get()
    }
}

impl<'a> Records<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// What is wrong with it, and where; without any of its text.
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, String> {
        serde_json::from_slice(body).map_err(|error| {
            format!("the body must be {{\"records\":[{{\"key\":\"k\",\"value\":…}}]}}: {error}")
        })
    }
}

/// A list of at most [`RECORDS_MAX`] records.
fn bounded<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<RecordText<'de>>, D::Error> {
    struct Bounded;

    impl<'de> Visitor<'de> for Bounded {
        type Value = Vec<RecordText<'de>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {RECORDS_MAX} records")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            let mut records = Vec::new();
            while let Some(record) = items.next_element()? {
                if records.len() == RECORDS_MAX {
                    return Err(A::Error::custom(format!("more than {RECORDS_MAX} records")));
                }
                records.push(record);
            }
            Ok(records)
        }
    }

    from.deserialize_seq(Bounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<(Bytes, String)>, String> {
        let records = Records::parse(body.as_bytes())?.records;
        Ok(records.iter().map(|record| (record.key(), record.value().to_owned())).collect())
    }

    #[test]
    fn values_are_taken_as_they_were_sent() {
        let body = r#" {"x":1,"records":[{"key":"\u0061\"","value": {"a" : [1.50, "é"]} ,"y":{}},
            {"value":null},{"key":null,"value":"t"}]} "#;
        let expected = [("a\"", r#"{"a" : [1.50, "é"]}"#), ("", "null"), ("", r#""t""#)];
        let expected = expected.map(|(key, value)| (Bytes::from(key), value.to_owned()));
        assert_eq!(read(body).unwrap(), expected);
        assert_eq!(read(r#"{"records":[]}"#).unwrap(), []);
    }

    #[test]
    fn malformed_bodies_are_refused_with_the_place() {
        let deep = format!("{{\"records\":[{{\"value\":{}", "[".repeat(200_000));
        for bad in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"records":{}}"#,
            r#"{"records":[1]}"#,
            &deep,
            r#"{"records":[{"key":"k"}]}"#,
            r#"{"records":[{"key":1,"value":1}]}"#,
            r#"{"records":[{"value":1}]} x"#,
            r#"{"records":[{"value":tru}]}"#,
        ] {
            assert!(read(bad).is_err(), "{}", &bad[..bad.len().min(60)]);
        }
        assert!(Records::parse(b"{\"records\":[{\"value\":\"\xff\"}]}").is_err());
        let many = "{\"value\":1},".repeat(RECORDS_MAX + 1);
        let many = format!("{{\"records\":[{}]}}", many.trim_end_matches(','));
        assert!(read(&many).unwrap_err().contains("more than 100000"));
    }
}
