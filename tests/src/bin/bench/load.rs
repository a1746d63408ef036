//! The load: connections that keep a number of commands in flight.

use std::{
    io,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

/// What the clients do.
#[derive(Clone)]
pub(crate) struct Work {
    /// Connections at once.
    pub(crate) connections: usize,
    /// Commands in flight on each.
    pub(crate) depth: usize,
    /// Sent once on each connection; its reply is one line. Empty: nothing.
    pub(crate) hello: Vec<u8>,
    /// The command.
    pub(crate) command: Vec<u8>,
    /// Lines of one reply.
    pub(crate) reply_lines: usize,
}

/// Keeps the server busy for `time`; answers the number of commands and how long it took.
pub(crate) async fn run(address: &str, work: &Work, time: Duration) -> (u64, Duration) {
    let mut clients = JoinSet::new();
    let began = Instant::now();
    for _ in 0..work.connections {
        clients.spawn(client(address.to_owned(), work.clone(), began + time));
    }
    let counts = clients.join_all().await;
    let count = |count: io::Result<u64>| count.unwrap_or_else(|error| panic!("a client: {error}"));
    (counts.into_iter().map(count).sum(), began.elapsed())
}

async fn client(address: String, work: Work, end: Instant) -> io::Result<u64> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(64 << 10);
    if !work.hello.is_empty() {
        stream.write_all(&work.hello).await?;
        replies(&mut stream, &mut buffer, 1).await?;
    }
    let burst = work.command.repeat(work.depth);
    let mut count = 0;
    while Instant::now() < end {
        stream.write_all(&burst).await?;
        replies(&mut stream, &mut buffer, work.depth * work.reply_lines).await?;
        count += work.depth as u64;
    }
    Ok(count)
}

/// Reads until so many lines have come; the first of them must not be an error.
async fn replies(stream: &mut TcpStream, buffer: &mut Vec<u8>, lines: usize) -> io::Result<()> {
    let mut left = lines;
    let mut is_first = true;
    while left > 0 {
        buffer.clear();
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if is_first && buffer[0] == b'-' {
            return Err(io::Error::other(String::from_utf8_lossy(buffer).into_owned()));
        }
        is_first = false;
        left = left.saturating_sub(buffer.split(|byte| *byte == b'\n').count() - 1);
    }
    Ok(())
}
