//! What a call is about, from one JSON object on the command line.

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, anyhow, bail};
use bytes::Bytes;
use serde_json::value::RawValue;
use sluicegate::{
    message::{Credentials, DEFAULT_USER, Headers, Message, Record, TopicName},
    plugin::{Burst, NO_KEY},
};

/// Every key that the object may have.
const KEYS: [&str; 11] = [
    "topic",
    "key",
    "value",
    "headers",
    "principal",
    "timestamp_ms",
    "partitions",
    "keys",
    "username",
    "secret",
    "peer",
];
/// Most partitions of the topic that a call is about; each takes 8 bytes.
const PARTITIONS_MAX: u32 = 100_000;

/// Optional bytes, as keys, values and headers are.
pub(super) type Payload = Option<Bytes>;

/// Everything that a call of any role may be about.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) message: Message,
    pub(super) principal: String,
    /// Partitions of the topic.
    pub(super) partitions: u32,
    /// The keys of a burst; one if `key` gave it.
    pub(super) keys: Vec<Payload>,
    pub(super) credentials: Credentials,
}

impl Input {
    /// Reads the object; what it does not say has a default.
    ///
    /// # Errors
    /// It is not JSON, has a key that means nothing here, or a value of another kind.
    pub(super) fn parse(json: &str) -> anyhow::Result<Self> {
        let mut object = Object::parse(json)?;
        let topic = object.text("topic")?.unwrap_or_else(|| "demo".into());
        let timestamp_ms = object.number("timestamp_ms")?.unwrap_or_else(now_ms);
        let record = Record {
            key: object.payload("key")?,
            value: object.payload("value")?,
            headers: object.headers()?,
            timestamp_ms,
        };
        let topic = TopicName::new(&topic).with_context(|| format!("`topic` is `{topic}`"))?;
        let message = Message { topic, partition: None, record, expected_offset: None };
        let keys = match object.list("keys")? {
            Some(keys) => keys,
            None => vec![message.record.key.clone()],
        };
        let partitions = object.number("partitions")?.unwrap_or(8);
        let partitions =
            u32::try_from(partitions).ok().filter(|n| (1..=PARTITIONS_MAX).contains(n));
        let partitions = partitions
            .with_context(|| format!("`partitions` is a number from 1 to {PARTITIONS_MAX}"))?;
        Ok(Self {
            principal: object.text("principal")?.unwrap_or_else(|| "demo".into()),
            credentials: object.credentials()?,
            message,
            partitions,
            keys,
        })
    }
}

/// The lists that a [`Burst`] borrows.
#[derive(Debug)]
pub(super) struct BurstKeys {
    flat: Vec<u8>,
    ends: Vec<u32>,
    sizes: Vec<u32>,
    placed_bytes: Vec<u64>,
}

impl BurstKeys {
    /// Lays out the keys one after the other. Nothing was placed in the topic before.
    pub(super) fn of(input: &Input) -> Self {
        let length = |bytes: usize| u32::try_from(bytes).unwrap_or(NO_KEY - 1);
        let value = input.message.record.value.as_ref().map_or(0, Bytes::len);
        let (mut flat, mut ends, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
        for key in &input.keys {
            flat.extend_from_slice(key.as_deref().unwrap_or_default());
            ends.push(if key.is_some() { length(flat.len()) } else { NO_KEY });
            sizes.push(length(key.as_ref().map_or(0, Bytes::len) + value));
        }
        Self { flat, ends, sizes, placed_bytes: vec![0; input.partitions as usize] }
    }

    /// The burst of these keys.
    pub(super) fn burst<'a>(&'a self, input: &'a Input) -> Burst<'a> {
        Burst {
            topic: &input.message.topic,
            keys: &self.flat,
            ends: &self.ends,
            sizes: &self.sizes,
            partitions: input.partitions,
            placed_bytes: &self.placed_bytes,
            placed_messages: 0,
        }
    }
}

/// The object's values, each as it is written.
struct Object(BTreeMap<String, Box<RawValue>>);

impl Object {
    fn parse(json: &str) -> anyhow::Result<Self> {
        let object: BTreeMap<String, Box<RawValue>> = serde_json::from_str(json).map_err(|error| {
            anyhow!(
                "`--json` is not a JSON object\n  cause: {error}\n  \
                 hint:  for example --json '{{\"value\": \"hello\"}}'; in a shell, put it in single quotes"
            )
        })?;
        if let Some(unknown) = object.keys().find(|key| !KEYS.contains(&key.as_str())) {
            bail!(
                "`--json` has a key `{unknown}`, which means nothing\n  hint:  known are {}",
                KEYS.join(", ")
            );
        }
        Ok(Self(object))
    }

    fn text(&mut self, key: &str) -> anyhow::Result<Option<String>> {
        let Some(raw) = self.0.remove(key) else { return Ok(None) };
        let text = serde_json::from_str(raw.get());
        text.map(Some).map_err(|_| wrong(key, &raw, "a text"))
    }

    fn number(&mut self, key: &str) -> anyhow::Result<Option<i64>> {
        let Some(raw) = self.0.remove(key) else { return Ok(None) };
        let number = serde_json::from_str(raw.get());
        number.map(Some).map_err(|_| wrong(key, &raw, "a whole number"))
    }

    fn payload(&mut self, key: &str) -> anyhow::Result<Payload> {
        self.0.remove(key).map_or(Ok(None), |raw| payload(key, &raw))
    }

    fn list(&mut self, key: &str) -> anyhow::Result<Option<Vec<Payload>>> {
        let Some(raw) = self.0.remove(key) else { return Ok(None) };
        let items: Vec<Box<RawValue>> =
            serde_json::from_str(raw.get()).map_err(|_| wrong(key, &raw, "a list"))?;
        items.iter().map(|item| payload(key, item)).collect::<Result<_, _>>().map(Some)
    }

    /// In the order of their names: an object has no other.
    fn headers(&mut self) -> anyhow::Result<Headers> {
        let Some(raw) = self.0.remove("headers") else { return Ok(Headers::new()) };
        let headers: BTreeMap<String, Box<RawValue>> = serde_json::from_str(raw.get())
            .map_err(|_| wrong("headers", &raw, "an object: a name and a value for each header"))?;
        let header = |(name, raw): (String, Box<RawValue>)| {
            let value = payload(&format!("headers.{name}"), &raw)?;
            Ok((Bytes::from(name), value))
        };
        headers.into_iter().map(header).collect()
    }

    fn credentials(&mut self) -> anyhow::Result<Credentials> {
        Ok(Credentials {
            username: self.text("username")?.unwrap_or_else(|| DEFAULT_USER.into()),
            secret: self.text("secret")?.unwrap_or_default(),
            peer: self.text("peer")?.unwrap_or_else(|| "127.0.0.1:50000".into()),
        })
    }
}

/// A text stands for its bytes, `{"hex": "00ff"}` for those, `null` for nothing, and other JSON for
/// its own text.
fn payload(key: &str, raw: &RawValue) -> anyhow::Result<Payload> {
    if raw.get() == "null" {
        return Ok(None);
    }
    if let Ok(text) = serde_json::from_str::<String>(raw.get()) {
        return Ok(Some(Bytes::from(text)));
    }
    let object: Result<BTreeMap<String, String>, _> = serde_json::from_str(raw.get());
    match object.ok().filter(|object| object.len() == 1).and_then(|mut o| o.remove("hex")) {
        Some(digits) => {
            bytes(&digits).map(Some).ok_or_else(|| wrong(key, raw, "two hexadecimal digits a byte"))
        }
        None => Ok(Some(Bytes::copy_from_slice(raw.get().as_bytes()))),
    }
}

fn bytes(digits: &str) -> Option<Bytes> {
    if !digits.is_ascii() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    let byte = |pair: &str| u8::from_str_radix(pair, 16).ok().filter(|_| !pair.contains('+'));
    pairs.map(byte).collect()
}

fn wrong(key: &str, raw: &RawValue, wanted: &str) -> anyhow::Error {
    anyhow!("`{key}` is `{}`\n  hint:  it must be {wanted}", raw.get())
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Payload {
        Input::parse(&format!("{{\"value\": {json}}}")).unwrap().message.record.value
    }

    #[test]
    fn a_value_may_be_given_in_every_form() {
        assert_eq!(value("\"caf\\u00e9\"").as_deref(), Some("café".as_bytes()));
        assert_eq!(value("{\"n\": 1e0}").as_deref(), Some(&b"{\"n\": 1e0}"[..]), "as written");
        assert_eq!(value("[1]").as_deref(), Some(&b"[1]"[..]));
        assert_eq!(value("{\"hex\": \"00fF\"}").as_deref(), Some(&b"\x00\xff"[..]));
        assert_eq!(value("{\"hex\": 1}").as_deref(), Some(&b"{\"hex\": 1}"[..]), "not the form");
        assert_eq!(value("null"), None);
        assert_eq!(Input::parse("{}").unwrap().message.record.value, None);
    }

    #[test]
    fn the_rest_has_defaults_and_may_be_set() {
        let plain = Input::parse("{}").unwrap();
        assert_eq!(
            (plain.message.topic.as_str(), plain.partitions, plain.keys.len()),
            ("demo", 8, 1)
        );
        let json = r#"{"topic": "t", "key": "k", "headers": {"b": null, "a": "1"}, "timestamp_ms": 5,
            "keys": ["x", null], "username": "ann", "secret": "s", "peer": "unix"}"#;
        let full = Input::parse(json).unwrap();
        assert_eq!(full.message.record.headers[0], (Bytes::from("a"), Some(Bytes::from("1"))));
        assert_eq!(full.keys, [Some(Bytes::from("x")), None]);
        assert_eq!(full.message.record.timestamp_ms, 5);
        assert_eq!(full.credentials.username, "ann");
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        for (json, words) in [
            ("hello", "is not a JSON object"),
            ("{\"valeu\": 1}", "a key `valeu`"),
            ("{\"valeu\": 1}", "known are topic, key, value"),
            ("{\"topic\": 1}", "`topic` is `1`"),
            ("{\"topic\": \"a b\"}", "invalid topic name"),
            ("{\"partitions\": 0}", "from 1 to 100000"),
            ("{\"keys\": \"a\"}", "must be a list"),
            ("{\"headers\": [1]}", "a name and a value"),
            ("{\"value\": {\"hex\": \"0g\"}}", "two hexadecimal digits a byte"),
            ("{\"value\": {\"hex\": \"+1\"}}", "two hexadecimal digits a byte"),
        ] {
            let error = format!("{:#}", Input::parse(json).unwrap_err());
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn keys_lie_without_gaps_and_no_key_is_not_an_empty_one() {
        let json = r#"{"keys": ["ab", null, "", "c"], "value": "1234", "partitions": 3}"#;
        let input = Input::parse(json).unwrap();
        let keys = BurstKeys::of(&input);
        let burst = keys.burst(&input);
        assert_eq!(burst.keys, b"abc");
        assert_eq!(burst.ends, [2, NO_KEY, 2, 3]);
        assert_eq!(burst.sizes, [6, 4, 4, 5]);
        assert_eq!(burst.placed_bytes.len(), 3);
    }
}
