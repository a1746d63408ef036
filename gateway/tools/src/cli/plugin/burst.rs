//! The keys of a burst in the form in which a partitioner gets them.

use bytes::Bytes;
use sluicegate::plugin::{Burst, NO_KEY};

use super::input::Input;

/// The lists that a [`Burst`] borrows.
#[derive(Debug)]
pub(super) struct Keys {
    flat: Vec<u8>,
    ends: Vec<u32>,
    sizes: Vec<u32>,
    placed_bytes: Vec<u64>,
}

impl Keys {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lie_without_gaps_and_no_key_is_not_an_empty_one() {
        let json = r#"{"keys": ["ab", null, "", "c"], "value": "1234", "partitions": 3}"#;
        let input = Input::parse(json).unwrap();
        let keys = Keys::of(&input);
        let burst = keys.burst(&input);
        assert_eq!(burst.keys, b"abc");
        assert_eq!(burst.ends, [2, NO_KEY, 2, 3]);
        assert_eq!(burst.sizes, [6, 4, 4, 5]);
        assert_eq!(burst.placed_bytes.len(), 3);
    }
}
