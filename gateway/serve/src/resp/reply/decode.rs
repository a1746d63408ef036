//! Bytes to a reply, of either version of the protocol.

use super::value::Reply;

/// Deepest nesting; the gateway's own replies have five levels.
const DEPTH_MAX: usize = 32;

/// Bytes that are no reply: this program has written what it must not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at} of the reply: {what}")]
pub struct Malformed {
    /// Where, from the beginning of the reply.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}

/// Why there is no reply.
enum Missing {
    /// More bytes have to come.
    Bytes,
    /// None will come of these.
    Malformed(Malformed),
}

/// What was read of the bytes so far.
struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reply {
    /// Reads the reply that `bytes` begin with, and how long it is; `None` as long as it is not
    /// complete.
    ///
    /// # Errors
    /// They begin with no reply, or with one that is too deep.
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed> {
        let mut cursor = Cursor { bytes, at: 0 };
        match cursor.reply(0) {
            Ok(reply) => Ok(Some((reply, cursor.at))),
            Err(Missing::Bytes) => Ok(None),
            Err(Missing::Malformed(malformed)) => Err(malformed),
        }
    }
}

impl Cursor<'_> {
    fn reply(&mut self, depth: usize) -> Result<Reply, Missing> {
        if depth > DEPTH_MAX {
            return Err(self.malformed("it is nested too deeply"));
        }
        let kind = *self.bytes.get(self.at).ok_or(Missing::Bytes)?;
        self.at += 1;
        Ok(match kind {
            b'+' => Reply::Status(self.text()?),
            b'-' => Reply::Error(self.text()?),
            b':' => Reply::Integer(self.number()?),
            b'$' => self.len()?.map_or(Ok(Reply::Null), |len| self.bulk(len).map(Reply::Bulk))?,
            b'_' => self.text().map(|_| Reply::Null)?,
            b'#' => Reply::Boolean(self.text()? == "t"),
            b',' => Reply::Double(self.text()?),
            b'(' => Reply::BigNumber(self.text()?),
            b'!' => {
                let len = self.needed_len()?;
                Reply::Error(String::from_utf8_lossy(&self.bulk(len)?).into_owned())
            }
            b'=' => {
                let len = self.needed_len()?;
                // `txt:` or another word of three letters comes first.
                let text = self.bulk(len)?;
                Reply::Verbatim(String::from_utf8_lossy(text.get(4..).unwrap_or(&[])).into_owned())
            }
            b'*' => match self.len()? {
                Some(len) => Reply::Array(self.items(len, depth)?),
                None => Reply::Null,
            },
            b'~' => self.needed_len().and_then(|len| self.items(len, depth)).map(Reply::Set)?,
            b'>' => self.needed_len().and_then(|len| self.items(len, depth)).map(Reply::Push)?,
            b'%' => Reply::Map(self.pairs(depth)?),
            _ => {
                self.at -= 1;
                return Err(self.malformed("no reply begins so"));
            }
        })
    }

    /// The rest of the line.
    fn line(&mut self) -> Result<&str, Missing> {
        let rest = &self.bytes[self.at..];
        let len = rest.windows(2).position(|end| end == b"\r\n").ok_or(Missing::Bytes)?;
        let at = self.at;
        self.at += len + 2;
        let what = "a line is not UTF-8";
        str::from_utf8(&rest[..len]).map_err(|_| Missing::Malformed(Malformed { at, what }))
    }

    fn text(&mut self) -> Result<String, Missing> {
        self.line().map(ToOwned::to_owned)
    }

    fn number(&mut self) -> Result<i64, Missing> {
        let at = self.at;
        let what = "a number was expected";
        self.line()?.parse().map_err(|_| Missing::Malformed(Malformed { at, what }))
    }

    /// A length; `None` for that of nothing.
    fn len(&mut self) -> Result<Option<usize>, Missing> {
        match self.number()? {
            -1 => Ok(None),
            len => usize::try_from(len).map(Some).map_err(|_| self.malformed("a length below 0")),
        }
    }

    fn needed_len(&mut self) -> Result<usize, Missing> {
        self.len()?.ok_or_else(|| self.malformed("a length was expected"))
    }

    fn bulk(&mut self, len: usize) -> Result<Vec<u8>, Missing> {
        let end = self.at.saturating_add(len);
        let bytes = self.bytes.get(self.at..end).ok_or(Missing::Bytes)?;
        if self.bytes.get(end..end + 2).ok_or(Missing::Bytes)? != b"\r\n" {
            return Err(self.malformed("a string is longer than it says"));
        }
        self.at = end + 2;
        Ok(bytes.to_vec())
    }

    fn items(&mut self, len: usize, depth: usize) -> Result<Vec<Reply>, Missing> {
        (0..len).map(|_| self.reply(depth + 1)).collect()
    }

    fn pairs(&mut self, depth: usize) -> Result<Vec<(Reply, Reply)>, Missing> {
        let len = self.needed_len()?;
        (0..len).map(|_| Ok((self.reply(depth + 1)?, self.reply(depth + 1)?))).collect()
    }

    fn malformed(&self, what: &'static str) -> Missing {
        Missing::Malformed(Malformed { at: self.at, what })
    }
}
