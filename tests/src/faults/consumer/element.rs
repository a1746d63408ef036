//! One element of an MGET's answer: a `MessagePB`, read without the gateway's code.

use crate::faults::history::{MessageId, Place};

/// Field numbers of `MessagePB`.
const PARTITION: u64 = 4;
const OFFSET: u64 = 5;

/// Where the record lies, and the message in it.
///
/// # Panics
/// If the bytes are no such message, or hold none of ours.
pub(super) fn read(bytes: &[u8]) -> (Place, MessageId) {
    let numbers = numbers(bytes).unwrap_or_else(|| panic!("no protobuf: {}", bytes.escape_ascii()));
    let value = |wanted| numbers.iter().find(|(field, _)| *field == wanted);
    // A field that is zero is left out.
    let number = |wanted| value(wanted).map_or(0, |(_, value)| *value);
    let partition = u32::try_from(number(PARTITION)).expect("partitions are few");
    let id = MessageId::find(bytes);
    let id = id.unwrap_or_else(|| panic!("no message of ours: {}", bytes.escape_ascii()));
    (Place { partition, offset: number(OFFSET) }, id)
}

/// The fields that are numbers; `None` if the bytes are no protobuf.
fn numbers(mut bytes: &[u8]) -> Option<Vec<(u64, u64)>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        let value = varint(&mut bytes)?;
        match tag & 7 {
            0 => found.push((tag >> 3, value)),
            2 => bytes = bytes.get(usize::try_from(value).ok()?..)?,
            _ => return None,
        }
    }
    Some(found)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let length = bytes.iter().position(|byte| byte & 0x80 == 0)? + 1;
    let (number, rest) = bytes.split_at(length);
    *bytes = rest;
    Some(number.iter().rev().fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7f)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_and_name_are_read() {
        let id = MessageId { writer: 1, key: 2, number: 3 };
        let value = id.to_string();
        let length = u8::try_from(value.len()).unwrap();
        let key = [0x0a, 1, b'x', 0x12, length];
        let bytes = [&key[..], value.as_bytes(), &[0x20, 1, 0x28, 0xac, 0x02, 0x30, 7]].concat();
        assert_eq!(read(&bytes), (Place { partition: 1, offset: 300 }, id));
    }

    #[test]
    fn bytes_that_break_off_are_none() {
        assert_eq!(numbers(&[0x20, 1, 0x28, 0x80]), None);
        assert_eq!(numbers(&[0x0a, 9, 1]), None);
    }
}
