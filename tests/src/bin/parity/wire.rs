//! One connection: bytes go out as they are, replies come back one by one as they came.

use std::{future::Future, io, time::Duration};

use memchr::memmem;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::frame::Frame;

/// What is spoken on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    Resp,
    Http,
}

/// What came next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// A whole reply, byte for byte.
    Reply(Vec<u8>),
    /// The end of the connection.
    End,
    /// Nothing, for too long.
    Nothing,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    speech: Speech,
    buffer: Vec<u8>,
    is_ended: bool,
    /// Its own end, `ip:port`.
    pub(crate) address: String,
    /// Longest wait for anything.
    patience: Duration,
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// As the system says.
    pub(crate) async fn connect(
        address: &str,
        speech: Speech,
        patience: Duration,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let address = stream.local_addr()?.to_string();
        Ok(Self { stream, speech, buffer: Vec::new(), is_ended: false, address, patience })
    }

    /// Sends bytes. A connection that is closed shows when replies are read.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        let written = timeout(self.patience, self.stream.write_all(bytes)).await;
        if !matches!(written, Ok(Ok(()))) && self.buffer.is_empty() {
            // What the gateway has sent before it closed is still there to be read.
            self.fill().await;
        }
    }

    /// The next reply.
    pub(crate) async fn next(&mut self) -> Came {
        let patience = self.patience;
        timeout(patience, self.read()).await.unwrap_or(Came::Nothing)
    }

    async fn read(&mut self) -> Came {
        loop {
            if let Some(length) = self.whole() {
                return Came::Reply(self.buffer.drain(..length).collect());
            }
            if self.is_ended && self.buffer.is_empty() {
                return Came::End;
            }
            if self.is_ended {
                // Half a reply: shown as it is.
                return Came::Reply(std::mem::take(&mut self.buffer));
            }
            self.fill().await;
        }
    }

    /// Waits until bytes have come, or the end.
    pub(crate) async fn fill(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await;
        self.is_ended |= matches!(read, Ok(0) | Err(_));
    }

    /// Is there anything to be read?
    pub(crate) fn has_come(&self) -> bool {
        self.is_ended || !self.buffer.is_empty()
    }

    /// Sends nothing any more, and reads everything up to the end.
    pub(crate) async fn close(mut self) -> Vec<Came> {
        let _ = self.stream.shutdown().await;
        let mut all = Vec::new();
        loop {
            match self.next().await {
                Came::End => return all,
                Came::Nothing => {
                    all.push(Came::Nothing);
                    return all;
                }
                reply @ Came::Reply(_) => all.push(reply),
            }
        }
    }

    /// Length of the reply that begins the buffer, if it is complete. Bytes that are no reply are
    /// one of their own.
    fn whole(&self) -> Option<usize> {
        match self.speech {
            Speech::Http => answer(&self.buffer),
            Speech::Resp => match Frame::read(&self.buffer) {
                Ok(read) => read.map(|(_, length)| length),
                Err(_) => Some(self.buffer.len()),
            },
        }
    }
}

/// Length of the HTTP answer at the beginning of `bytes`.
fn answer(bytes: &[u8]) -> Option<usize> {
    let end = memmem::find(bytes, b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.and_then(|text| text.trim().parse().ok()).unwrap_or_default();
    (bytes.len() >= end + length).then_some(end + length)
}

/// Waits for `work` unless `other` is done first; true if `other` was.
pub(crate) async fn unless(
    work: impl Future<Output = ()>,
    other: impl Future<Output = ()>,
) -> bool {
    tokio::select! {
        () = work => false,
        () = other => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_complete_with_its_body() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP";
        assert_eq!(answer(bytes), Some(bytes.len() - 4));
        assert_eq!(answer(&bytes[..bytes.len() - 5]), None);
    }
}
