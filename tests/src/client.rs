//! A client that can send any bytes and shows what comes back.

use std::{
    fmt,
    future::Future,
    io,
    path::Path,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
    time::{sleep, timeout},
};

use crate::{Reply, process::PATIENCE};

/// One connection. Methods wait at most [`PATIENCE`].
pub struct Client {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
}

/// Both kinds of socket.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Client {
    /// Connects over TCP.
    ///
    /// # Errors
    /// As the system says.
    pub async fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: Box::new(stream), buffer: Vec::new() })
    }

    /// Connects over a unix socket.
    ///
    /// # Errors
    /// As the system says.
    pub async fn connect_unix(path: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(path).await?;
        Ok(Self { stream: Box::new(stream), buffer: Vec::new() })
    }

    /// Sends one command, written as in redis-cli, and waits for its reply.
    pub async fn send(&mut self, line: &str) -> Reply {
        self.send_args(&split(line)).await
    }

    /// Sends one command of any bytes and waits for its reply.
    pub async fn send_args<A: AsRef<[u8]>>(&mut self, args: &[A]) -> Reply {
        self.write(&encode(args)).await.expect("the connection takes a command");
        self.reply().await
    }

    /// Sends one publish, and again while the answer says that nothing was stored: a busy broker may
    /// miss the publish deadline. Returns the last reply, after at most [`PATIENCE`] of tries.
    pub async fn publish(&mut self, line: &str) -> Reply {
        const PAUSE: Duration = Duration::from_millis(100);
        let began = Instant::now();
        loop {
            let reply = self.send(line).await;
            let is_safe = reply.error().is_some_and(|text| text.ends_with(", nothing was stored"));
            if !is_safe || began.elapsed() > PATIENCE {
                return reply;
            }
            sleep(PAUSE).await;
        }
    }

    /// Sends commands in one write, then waits for all replies.
    pub async fn pipeline(&mut self, lines: &[&str]) -> Vec<Reply> {
        let bytes: Vec<u8> = lines.iter().flat_map(|line| encode(&split(line))).collect();
        self.write(&bytes).await.expect("the connection takes commands");
        let mut replies = Vec::new();
        for _ in lines {
            replies.push(self.reply().await);
        }
        replies
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// If the gateway has closed the connection.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        in_time(self.stream.write_all(bytes)).await?;
        self.stream.flush().await
    }

    /// The next reply.
    ///
    /// # Panics
    /// If the connection ends instead.
    pub async fn reply(&mut self) -> Reply {
        self.next().await.expect("the connection is whole").expect("the connection stays open")
    }

    /// The next reply, or `None` at the end of the connection.
    ///
    /// # Errors
    /// If the connection broke in another way than an orderly end.
    pub async fn next(&mut self) -> io::Result<Option<Reply>> {
        in_time(async {
            loop {
                if let Some((reply, used)) = Reply::parse(&self.buffer) {
                    self.buffer.drain(..used);
                    return Ok(Some(reply));
                }
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    return Ok(None);
                }
            }
        })
        .await
    }

    /// Whatever else arrives until the gateway closes the connection, as bytes.
    ///
    /// # Errors
    /// If it is not closed in time.
    pub async fn rest(&mut self) -> io::Result<Vec<u8>> {
        in_time(async {
            loop {
                match self.stream.read_buf(&mut self.buffer).await {
                    Ok(0) => break,
                    Ok(_) => {}
                    // Closed while it still had bytes of ours unread.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionReset => break,
                    Err(error) => return Err(error),
                }
            }
            Ok(std::mem::take(&mut self.buffer))
        })
        .await
    }

    /// Waits for exactly `count` bytes and shows them as they came.
    pub async fn raw(&mut self, count: usize) -> String {
        let filled = in_time(async {
            while self.buffer.len() < count {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    break;
                }
            }
            Ok(())
        });
        filled.await.expect("bytes arrive");
        let count = count.min(self.buffer.len());
        String::from_utf8_lossy(&self.buffer.drain(..count).collect::<Vec<_>>()).into_owned()
    }

    /// True if nothing arrives for `wait`.
    pub async fn is_silent_for(&mut self, wait: Duration) -> bool {
        self.buffer.is_empty()
            && timeout(wait, self.stream.read_buf(&mut self.buffer)).await.is_err()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("unread", &self.buffer.len()).finish_non_exhaustive()
    }
}

/// A command as clients write it: an array of bulk strings.
pub fn encode<A: AsRef<[u8]>>(args: &[A]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", args.len()).into_bytes();
    for arg in args.iter().map(AsRef::as_ref) {
        bytes.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
        bytes.extend_from_slice(arg);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// Words of a line; single or double quotes keep blanks together, nothing is escaped.
pub fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = if first == '"' || first == '\'' {
            rest[1..].split_once(first).expect("quotes come in pairs")
        } else {
            rest.split_once(' ').unwrap_or((rest, ""))
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, "nothing happened for too long");
    timeout(PATIENCE, work).await.map_err(|_| late())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_blanks_together() {
        assert_eq!(split("XADD  t * f 'a b' \"\""), ["XADD", "t", "*", "f", "a b", ""]);
    }

    #[test]
    fn a_command_is_an_array_of_bulk_strings() {
        assert_eq!(encode(&["GET", "a"]), b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n");
    }
}
