//! A databus connection to the gateway.

use sluicegate_tests::client::encode;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    PUBLISHED, VALUE,
    caller::{Caller, Shape},
};

/// What is asked of the gateway.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// `PING value`, which stores nothing: what the connections alone cost, on both sides.
    Ping,
    /// `SET key value`, to the topic of the login.
    Set,
    /// `XADD topic * value …`.
    Xadd,
}

/// One connection with its burst of commands.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    burst: Vec<u8>,
    /// Lines of all answers to the burst.
    lines: usize,
}

impl Connection {
    /// Connects and logs in.
    pub(crate) async fn open(address: &str, login: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the gateway takes a connection");
        stream.set_nodelay(true).expect("it is open");
        let (buffer, burst) = (Vec::with_capacity(64 << 10), encode(&["AUTH", login]));
        let mut connection = Self { stream, buffer, burst, lines: 1 };
        connection.burst().await;
        connection
    }

    /// A connection that publishes in the name of one caller.
    pub(crate) async fn publishing(address: &str, verb: Verb, shape: Shape, caller: usize) -> Self {
        let mut connection = Self::open(address, "k:s@g/topic=published&role=pub").await;
        let commands = shape.keys(caller).map(|key| match verb {
            Verb::Ping => encode(&["PING", VALUE]),
            Verb::Set => encode(&["SET", &key, VALUE]),
            Verb::Xadd => encode(&["XADD", PUBLISHED, "*", "value", VALUE]),
        });
        connection.burst = commands.collect::<Vec<_>>().concat();
        connection.lines = shape.depth * if verb == Verb::Set { 1 } else { 2 };
        connection
    }

    /// Sends a command so often, a thousand at once.
    pub(crate) async fn fill(&mut self, command: &[u8], reply_lines: usize, times: usize) {
        /// Commands in flight.
        const DEPTH: usize = 1000;
        self.burst = command.repeat(DEPTH);
        self.lines = DEPTH * reply_lines;
        for _ in 0..times / DEPTH {
            self.burst().await;
        }
    }

    /// Sends `command`, which is answered by an array of bulk strings; answers how many there are.
    pub(crate) async fn array(&mut self, command: &[u8]) -> usize {
        self.stream.write_all(command).await.expect("the gateway reads");
        self.buffer.clear();
        let mut at = 0;
        let count = self.header(&mut at, b'*').await;
        for _ in 0..count {
            let bytes = self.header(&mut at, b'$').await;
            at += bytes + 2;
        }
        while self.buffer.len() < at {
            self.more().await;
        }
        count
    }

    /// The number in the line at `at`, which begins with `mark`; `at` is moved behind it.
    async fn header(&mut self, at: &mut usize, mark: u8) -> usize {
        loop {
            let line = self.buffer.get(*at..).unwrap_or_default();
            if let Some(length) = line.iter().position(|byte| *byte == b'\n') {
                let line = String::from_utf8_lossy(&line[..length]);
                assert_eq!(line.as_bytes()[0], mark, "the gateway says {line}");
                *at += length + 1;
                return line[1..].trim_end().parse().expect("it is a number");
            }
            self.more().await;
        }
    }

    async fn more(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await;
        assert_ne!(read.expect("the gateway answers"), 0, "the gateway closed a connection");
    }
}

impl Caller for Connection {
    async fn burst(&mut self) {
        self.stream.write_all(&self.burst).await.expect("the gateway reads");
        let (mut left, mut is_line_new) = (self.lines, true);
        while left > 0 {
            self.buffer.clear();
            self.more().await;
            for (at, byte) in self.buffer.iter().enumerate() {
                // An error must not pass for an acknowledgement.
                let is_error = is_line_new && *byte == b'-';
                let said = || String::from_utf8_lossy(&self.buffer[at..]);
                assert!(!is_error, "the gateway says {}", said());
                is_line_new = *byte == b'\n';
                left -= usize::from(is_line_new);
            }
        }
    }
}
