//! Databus messages as protobuf: `timestamp`, field 6, is when they were published.

/// Sets the time to 0, in a text that is such a message.
pub(super) fn forget_time(text: &mut Vec<u8>) {
    if let Some((from, to)) = time_of(text) {
        text.splice(from..to, [0]);
    }
}

/// Where the value of field 6 stands, if all of `bytes` are fields.
fn time_of(bytes: &[u8]) -> Option<(usize, usize)> {
    let (mut at, mut found) = (0, None);
    while at < bytes.len() {
        let (tag, behind) = number(bytes, at)?;
        let end = match tag & 7 {
            0 => number(bytes, behind)?.1,
            2 => {
                let (length, begin) = number(bytes, behind)?;
                begin.checked_add(usize::try_from(length).ok()?)?
            }
            _ => return None,
        };
        if end > bytes.len() {
            return None;
        }
        if tag == 6 << 3 {
            found = Some((behind, end));
        }
        at = end;
    }
    found
}

/// The number at `at`, and where it ends.
fn number(bytes: &[u8], mut at: usize) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(at)?;
        at += 1;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some((number, at));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_forgotten_and_nothing_else() {
        // key, topic, partition, timestamp, metadata
        let mut message = b"\x0a\x01x\x1a\x01t\x20\x01\x30\x93\xbf\xa5\xf0\x05\x3a\x00".to_vec();
        forget_time(&mut message);
        assert_eq!(message, b"\x0a\x01x\x1a\x01t\x20\x01\x30\x00\x3a\x00");
        for other in [&b"+OK"[..], b"\x30", b"\x0a\x7fabc", b""] {
            let mut text = other.to_vec();
            forget_time(&mut text);
            assert_eq!(text, other);
        }
    }
}
