//! How entries of a topic lie in its records, as its settings say.
//!
//! Whatever the layout, what XADD wrote comes back exactly: [`StreamSettings::restore_all`] turns a
//! record of another layout into one of the layout `fields`. A record that is none of its topic's
//! layout is left as it is, so that records from before a change of settings are shown as before,
//! and those of other programs as `value`, `key` and `header:<name>`.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};

use super::{encode_entry, encode_fields, json};
use crate::message::{Record, Rejection, StoredRecord, TopicName, TopicPattern, is_mark};

/// Header of the layout `value` that says before which of the headers the value's field stood.
const PLACE_HEADER: &[u8] = b"sluicegate.value";

/// The form of records in a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// A list of all fields and values, or the bare value of the single field `value`.
    #[default]
    Fields,
    /// One JSON object, whose members are text.
    Json,
    /// This field is the record's value, the others are headers.
    Value(Bytes),
}

/// Settings of a topic that is used as a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamSettings {
    /// The form of its records.
    pub layout: Layout,
    /// Field whose value is the record's key too.
    pub key_field: Option<Bytes>,
    /// Approximate trimming deletes records, also where that is more than dropping files.
    pub trims: bool,
    /// How long the ids that producers give their messages are remembered.
    pub idmp_duration: Duration,
    /// How many of each producer.
    pub idmp_ids_max: usize,
}

impl Default for StreamSettings {
    /// Source for the window: Redis 8.6.
    fn default() -> Self {
        let (idmp_duration, idmp_ids_max) = (Duration::from_secs(100), 100);
        Self { layout: Layout::Fields, key_field: None, trims: false, idmp_duration, idmp_ids_max }
    }
}

/// Settings of all topics.
#[derive(Clone, Debug, Default)]
pub struct Streams {
    /// The most literal patterns first.
    patterns: Vec<(TopicPattern, Arc<StreamSettings>)>,
    other: Arc<StreamSettings>,
}

impl Streams {
    /// Of several patterns that fit a topic, the one with the most characters that are not `*`
    /// wins, then the first in the order of the alphabet.
    pub fn new(mut patterns: Vec<(TopicPattern, StreamSettings)>) -> Self {
        let literals = |pattern: &str| pattern.bytes().filter(|byte| *byte != b'*').count();
        patterns.sort_by(|(a, _), (b, _)| {
            let (a, b) = (a.as_str(), b.as_str());
            literals(b).cmp(&literals(a)).then_with(|| a.cmp(b))
        });
        let shared = |(pattern, settings)| (pattern, Arc::new(settings));
        Self { patterns: patterns.into_iter().map(shared).collect(), other: Arc::default() }
    }

    /// The settings of a topic.
    pub fn of(&self, topic: &TopicName) -> &Arc<StreamSettings> {
        let found = self.patterns.iter().find(|(pattern, _)| pattern.matches(topic.as_str()));
        found.map_or(&self.other, |(_, settings)| settings)
    }
}

impl StreamSettings {
    /// The record of an entry of `count` fields and values.
    ///
    /// # Errors
    /// The layout cannot hold the entry.
    pub fn record<'a>(
        &self,
        arena: &mut BytesMut,
        count: usize,
        fields: impl Iterator<Item = &'a [u8]> + Clone,
    ) -> Result<Record, Rejection> {
        let key = self.key_field.as_deref().and_then(|wanted| {
            let found = pairs(fields.clone()).find(|(name, _)| *name == wanted);
            found.map(|(_, value)| Bytes::copy_from_slice(value))
        });
        let (value, headers) = match &self.layout {
            // A bare value with a key would be shown with it.
            Layout::Fields if key.is_some() => (encode_fields(arena, count, fields), Vec::new()),
            Layout::Fields => (encode_entry(arena, count, fields), Vec::new()),
            Layout::Json => (json::encode(pairs(fields))?, Vec::new()),
            Layout::Value(name) => value_and_headers(name, pairs(fields))?,
        };
        Ok(Record { key, value: Some(value), headers, ..Record::default() })
    }

    /// Turns records of this layout into those of the layout `fields`.
    pub fn restore_all(&self, records: &mut [StoredRecord]) {
        if self.layout != Layout::Fields {
            records.iter_mut().for_each(|stored| self.restore(&mut stored.record));
        }
    }

    fn restore(&self, record: &mut Record) {
        let fields = match &self.layout {
            Layout::Fields => return,
            Layout::Json => record.value.as_deref().and_then(json::decode),
            Layout::Value(name) => fields_of_headers(name, record),
        };
        if let Some(fields) = fields {
            let parts = fields.iter().map(AsRef::as_ref);
            let value = encode_fields(&mut BytesMut::new(), fields.len(), parts);
            *record = Record {
                value: Some(value),
                timestamp_ms: record.timestamp_ms,
                ..Record::default()
            };
        }
    }
}

/// Fields with their values.
fn pairs<'a>(
    mut fields: impl Iterator<Item = &'a [u8]> + Clone,
) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone {
    std::iter::from_fn(move || Some((fields.next()?, fields.next()?)))
}

type Headers = Vec<(Bytes, Option<Bytes>)>;

fn value_and_headers<'a>(
    value_field: &[u8],
    pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>,
) -> Result<(Bytes, Headers), Rejection> {
    let (mut found, mut headers) = (None, Headers::new());
    for (name, value) in pairs {
        let value = Bytes::copy_from_slice(value);
        if name == value_field && found.is_none() {
            found = Some((value, headers.len()));
            continue;
        }
        if std::str::from_utf8(name).is_err() {
            return Err(Rejection::err(
                "the layout of this topic makes fields headers, whose names are UTF-8 text: a \
                 field's name is not",
            ));
        }
        headers.push((Bytes::copy_from_slice(name), Some(value)));
    }
    let Some((value, place)) = found else {
        let field = String::from_utf8_lossy(value_field);
        let words = format!("the layout of this topic needs the field `{field}` in every entry");
        return Err(Rejection::err(words));
    };
    headers.push((Bytes::from_static(PLACE_HEADER), Some(place.to_string().into())));
    Ok((value, headers))
}

/// What [`value_and_headers`] was given; `None` for a record that it did not make.
fn fields_of_headers(value_field: &Bytes, record: &Record) -> Option<Vec<Bytes>> {
    let mark = record.headers.iter().rposition(|(name, _)| name == PLACE_HEADER)?;
    let place = std::str::from_utf8(record.headers[mark].1.as_deref()?).ok()?;
    let place: usize = place.parse().ok().filter(|place| *place < record.headers.len())?;
    let headers = record.headers.iter().enumerate();
    let headers = headers.filter(|(at, (name, _))| *at != mark && !is_mark(name));
    let mut fields = Vec::with_capacity(2 * record.headers.len());
    for (_, (name, value)) in headers {
        fields.push(name.clone());
        fields.push(value.clone()?);
    }
    let value = [value_field.clone(), record.value.clone()?];
    fields.splice(2 * place..2 * place, value);
    Some(fields)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entry::{Entry, entry_of};

    fn shown(record: &Record) -> Vec<Vec<u8>> {
        match entry_of(record) {
            Entry::Fields(value, ranges) => {
                ranges.into_iter().map(|range| value[range].to_vec()).collect()
            }
            Entry::Record(pairs) => {
                pairs.into_iter().flat_map(|(a, b)| [a.to_vec(), b.to_vec()]).collect()
            }
        }
    }

    /// The entry as it is read back, or the refusal.
    fn round_trip(settings: &StreamSettings, fields: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, String> {
        let parts = fields.iter().map(Vec::as_slice);
        let record = settings.record(&mut BytesMut::new(), fields.len(), parts);
        let mut record = record.map_err(|refusal| refusal.to_string())?;
        settings.restore(&mut record);
        Ok(shown(&record))
    }

    fn settings(layout: Layout) -> StreamSettings {
        StreamSettings { layout, key_field: Some("k".into()), ..StreamSettings::default() }
    }

    fn words(words: &[&str]) -> Vec<Vec<u8>> {
        words.iter().map(|word| word.as_bytes().to_vec()).collect()
    }

    fn any_fields(name: &'static str) -> impl Strategy<Value = Vec<Vec<u8>>> {
        let known = prop::sample::select(vec!["value", "k", "a", "sluicegate.value", ""]);
        let name = prop_oneof![
            known.prop_map(|n| n.as_bytes().to_vec()),
            prop::string::bytes_regex(name).unwrap()
        ];
        let value = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..20),
            Just(b"*2\r\n$1\r\na\r\n$1\r\nb\r\n".to_vec()),
            Just(b"{\"a\":\"1\"}".to_vec()),
        ];
        let pairs = prop::collection::vec((name, value), 1..6);
        pairs.prop_map(|pairs| pairs.into_iter().flat_map(|(a, b)| [a, b]).collect())
    }

    proptest! {
        #[test]
        fn fields_hold_every_entry(fields in any_fields("(?s-u:.{0,4})")) {
            prop_assert_eq!(round_trip(&settings(Layout::Fields), &fields), Ok(fields));
        }

        #[test]
        fn a_value_with_headers_holds_every_entry_that_it_takes(
            fields in any_fields("(?s-u:.{0,4})"),
        ) {
            let back = round_trip(&settings(Layout::Value("value".into())), &fields);
            let has_value = fields.chunks(2).any(|pair| pair[0] == b"value");
            let is_text = fields.chunks(2).all(|pair| std::str::from_utf8(&pair[0]).is_ok());
            match back {
                Ok(back) => prop_assert_eq!(back, fields),
                Err(_) => prop_assert!(!has_value || !is_text),
            }
        }

        #[test]
        fn json_holds_every_entry_that_it_takes(
            fields in any_fields("\\PC{0,4}"),
            as_text in any::<bool>(),
        ) {
            let text = |part: &Vec<u8>| String::from_utf8_lossy(part).into_owned().into_bytes();
            let fields: Vec<_> = if as_text { fields.iter().map(text).collect() } else { fields };
            let is_text = fields.iter().all(|part| std::str::from_utf8(part).is_ok());
            let names: std::collections::HashSet<_> = fields.chunks(2).map(|p| &p[0]).collect();
            match round_trip(&settings(Layout::Json), &fields) {
                Ok(back) => prop_assert_eq!(back, fields),
                Err(_) => prop_assert!(!is_text || names.len() < fields.len() / 2),
            }
        }
    }

    #[test]
    fn other_programs_find_what_the_layout_says() {
        let record = |layout, fields: &[&str]| {
            let parts = fields.iter().map(|part| part.as_bytes());
            settings(layout).record(&mut BytesMut::new(), fields.len(), parts).unwrap()
        };
        let json = record(Layout::Json, &["k", "7", "b", "ä\"\n"]);
        assert_eq!(json.value.unwrap(), "{\"k\":\"7\",\"b\":\"ä\\\"\\n\"}");
        assert_eq!(json.key.unwrap(), "7");
        let value = record(Layout::Value("v".into()), &["a", "1", "v", "payload", "b", "2"]);
        assert_eq!((value.key, value.value.unwrap()), (None, Bytes::from("payload")));
        let header = |name: &'static str, value: &'static str| (name.into(), Some(value.into()));
        let place = header("sluicegate.value", "1");
        assert_eq!(value.headers, [header("a", "1"), header("b", "2"), place]);
        assert_eq!(record(Layout::Fields, &["value", "x"]).value.unwrap(), "x");
    }

    #[test]
    fn a_record_of_another_layout_is_shown_as_it_is() {
        let value = |text: &'static str| Record { value: Some(text.into()), ..Record::default() };
        for layout in [Layout::Json, Layout::Value("value".into())] {
            for text in
                ["{\"a\":1}", "{\"a\":\"1\",\"a\":\"2\"}", "[1]", "", "{}", "text", "{\"a\"}"]
            {
                let mut record = value(text);
                settings(layout.clone()).restore(&mut record);
                assert_eq!(shown(&record), words(&["value", text]), "{layout:?}");
            }
            let mut earlier = value("*2\r\n$1\r\na\r\n$1\r\nb\r\n");
            settings(layout).restore(&mut earlier);
            assert_eq!(shown(&earlier), words(&["a", "b"]));
        }
    }

    #[test]
    fn the_pattern_with_the_most_literal_characters_wins() {
        let of = |key: &'static str| StreamSettings {
            key_field: Some(key.into()),
            ..StreamSettings::default()
        };
        let patterns =
            ["*", "o*", "orders-*", "*s-eu"].map(|key| (TopicPattern::new(key), of(key)));
        let streams = Streams::new(patterns.to_vec());
        for (topic, pattern) in
            [("orders-eu", "orders-*"), ("carts-eu", "*s-eu"), ("o", "o*"), ("x", "*")]
        {
            let found = streams.of(&TopicName::new(topic).unwrap());
            assert_eq!(found.key_field.as_deref(), Some(pattern.as_bytes()), "{topic}");
        }
        let none = Streams::default();
        assert_eq!(none.of(&TopicName::new("x").unwrap()).layout, Layout::Fields);
    }
}
