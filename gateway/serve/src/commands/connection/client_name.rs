//! Names of clients: CLIENT SETNAME, CLIENT SETINFO and HELLO.

use crate::message::Rejection;

/// Longest client name, in bytes: it stands in lists and logs.
const BYTES_MAX: usize = 256;

/// Reads a client name.
///
/// # Errors
/// If it is too long, or has bytes that are not printable ASCII.
pub(super) fn parse(bytes: &[u8]) -> Result<String, Rejection> {
    let printable = bytes.iter().all(|byte| (b'!'..=b'~').contains(byte));
    if printable && bytes.len() <= BYTES_MAX {
        return Ok(String::from_utf8_lossy(bytes).into_owned());
    }
    Err(Rejection::err("Client names cannot contain spaces, newlines or special characters."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_printable_and_short() {
        for name in ["", "billing-1", "!~"] {
            assert_eq!(parse(name.as_bytes()).unwrap(), name);
        }
        for name in ["a b", "a\n", "\u{e9}", &"n".repeat(BYTES_MAX + 1)] {
            assert!(parse(name.as_bytes()).is_err(), "{name}");
        }
    }
}
