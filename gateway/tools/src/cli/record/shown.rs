//! One line of MONITOR, read.

use std::time::Duration;

use sluicegate::resp;

/// A command that a client has sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// When, since 1970.
    pub(super) at: Duration,
    /// The client's address.
    pub(super) client: String,
    /// Name and arguments; what lets a client in is [`REDACTED`].
    pub(super) args: Vec<Vec<u8>>,
}

/// What MONITOR shows in place of a user or password.
pub(super) const REDACTED: &[u8] = b"(redacted)";

impl Shown {
    /// `None` for a line that shows no command.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let place = line.windows(3).position(|bytes| bytes == b"] \"")?;
        let head = std::str::from_utf8(line[..place].strip_prefix(b"+")?).ok()?;
        let (at, client) = head.split_once(" [")?;
        let (secs, micros) = at.split_once('.')?;
        let at = Duration::from_secs(secs.parse().ok()?)
            .checked_add(Duration::from_micros(micros.parse().ok()?))?;
        // Behind the number of the database.
        let (_, client) = client.split_once(' ')?;
        let args = resp::words(&line[place + 2..]).ok()?;
        Some(Self { at, client: client.to_owned(), args })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_becomes_the_bytes_that_were_sent() {
        let line = br#"+1700000000.000012 [0 unix:/a b/s] "XADD" "s" "*" "f] \"" "\x00\xff\n\\""#;
        let shown = Shown::parse(line).unwrap();
        assert_eq!(shown.at, Duration::from_micros(1_700_000_000_000_012));
        assert_eq!(shown.client, "unix:/a b/s");
        let args: [&[u8]; 5] = [b"XADD", b"s", b"*", b"f] \"", b"\0\xff\n\\"];
        assert_eq!(shown.args, args);
    }

    #[test]
    fn what_shows_no_command_is_none() {
        for line in ["+OK", "", "-ERR x", "+1.2 [0 a] PING", "+x.2 [0 a] \"PING\""] {
            assert_eq!(Shown::parse(line.as_bytes()), None, "{line}");
        }
    }
}
