//! An HTTP client that can send any bytes, and the answers as they came.

use std::{io, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::process::PATIENCE;

/// One connection, kept open over requests. Methods wait at most [`PATIENCE`].
#[derive(Debug)]
pub struct HttpClient {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// One answer.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Status line and headers, as sent.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The value of a header; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.next().map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> serde_json::Value {
        let json = serde_json::from_str(&self.body);
        json.unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl HttpClient {
    /// Connects.
    ///
    /// # Panics
    /// If nobody listens.
    pub async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("it listens for HTTP");
        Self { stream, buffer: Vec::new() }
    }

    /// Sends a request with Basic authentication (`name:password`, none where empty) and waits for
    /// its answer.
    pub async fn send(&mut self, what: &str, login: &str, body: &str) -> Answer {
        self.write(request(what, login, body).as_bytes()).await;
        self.answer().await
    }

    /// Sends bytes as they are; a closed connection shows when the answer is read.
    pub async fn write(&mut self, bytes: &[u8]) {
        let _ = timeout(PATIENCE, self.stream.write_all(bytes)).await;
    }

    /// The next answer.
    ///
    /// # Panics
    /// If the connection ends instead.
    pub async fn answer(&mut self) -> Answer {
        self.next().await.expect("the connection is whole").expect("the connection stays open")
    }

    /// The next answer, or `None` at the end of the connection.
    ///
    /// # Errors
    /// If it breaks in another way, or nothing comes in time.
    pub async fn next(&mut self) -> io::Result<Option<Answer>> {
        let answer = async {
            loop {
                if let Some((answer, used)) = parse(&self.buffer) {
                    self.buffer.drain(..used);
                    return Ok(Some(answer));
                }
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    return Ok(None);
                }
            }
        };
        let late = || io::Error::new(io::ErrorKind::TimedOut, "no answer for too long");
        timeout(PATIENCE, answer).await.map_err(|_| late())?
    }

    /// True if nothing arrives for `wait`.
    pub async fn is_silent_for(&mut self, wait: Duration) -> bool {
        timeout(wait, self.next()).await.is_err()
    }

    /// The client's own address, as the gateway sees it.
    ///
    /// # Panics
    /// Never: it is connected.
    pub fn address(&self) -> String {
        self.stream.local_addr().expect("it is connected").to_string()
    }
}

/// A request as bytes; `what` is method and path.
pub fn request(what: &str, login: &str, body: &str) -> String {
    let login = match login {
        "" => String::new(),
        login => format!("authorization: Basic {}\r\n", STANDARD.encode(login)),
    };
    let length = body.len();
    format!("{what} HTTP/1.1\r\nhost: gateway\r\n{login}content-length: {length}\r\n\r\n{body}")
}

/// An answer at the beginning of `bytes`, and how many it takes.
fn parse(bytes: &[u8]) -> Option<(Answer, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
    let mut answer = Answer { status, head, body: String::new() };
    let length: usize = answer.header("content-length").parse().unwrap_or_default();
    let body = bytes.get(end..end + length)?;
    answer.body = String::from_utf8_lossy(body).into_owned();
    Some((answer, end + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_complete_with_its_body() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP";
        let (answer, used) = parse(bytes).expect("it is complete");
        assert_eq!((answer.status, answer.body.as_str(), used), (200, "hi", bytes.len() - 4));
        assert!(parse(&bytes[..used - 1]).is_none());
    }
}
