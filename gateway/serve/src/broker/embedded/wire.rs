//! Small pieces that journal entries and checkpoints share.

use bytes::Buf;

/// Appends a string with its length before it.
pub(super) fn put_str(out: &mut Vec<u8>, text: &str) {
    let length = u32::try_from(text.len()).expect("names and metadata are limited");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// Reads what [`put_str`] wrote; `None` if it is not that.
pub(super) fn get_str<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = bytes.try_get_u32_le().ok()? as usize;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}
