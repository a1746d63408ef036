//! Kafka's framing: four bytes of length, then the header.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Keys of requests. Source: Kafka's protocol guide.
const PRODUCE: i16 = 0;
const FETCH: i16 = 1;

/// Longest frame that is taken for one; more is a client that does not speak Kafka.
const LENGTH_MAX: u32 = 200 << 20;

/// One request or answer, with its length before it.
pub(super) struct Frame(Vec<u8>);

impl Frame {
    /// The next frame, or `None` at the end of the connection.
    ///
    /// # Errors
    /// As the connection says, and for a length that is none.
    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let length = match from.read_u32().await {
            Ok(length) if length <= LENGTH_MAX => length,
            Ok(_) => return Err(io::ErrorKind::InvalidData.into()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.resize(4 + length as usize, 0);
        from.read_exact(&mut bytes[4..]).await?;
        Ok(Some(Self(bytes)))
    }

    /// As it came.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The correlation id, if this is a Produce request.
    pub(super) fn produce(&self) -> Option<i32> {
        (self.key()? == PRODUCE).then(|| self.number(8)).flatten()
    }

    /// The correlation id, if this is a Fetch request.
    pub(super) fn fetch(&self) -> Option<i32> {
        (self.key()? == FETCH).then(|| self.number(8)).flatten()
    }

    fn key(&self) -> Option<i16> {
        Some(i16::from_be_bytes(self.0.get(4..6)?.try_into().ok()?))
    }

    /// The correlation id, if this is an answer.
    pub(super) fn answered(&self) -> Option<i32> {
        self.number(4)
    }

    fn number(&self, at: usize) -> Option<i32> {
        Some(i32::from_be_bytes(self.0.get(at..at + 4)?.try_into().ok()?))
    }
}
