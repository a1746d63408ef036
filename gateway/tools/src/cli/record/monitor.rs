//! The running gateway, as one who watches it with MONITOR.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, bail};
use sluicegate::resp;
use tokio::{
    io::{
        AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
        BufReader,
    },
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// Longest wait for a connection, and for the answer to a question.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest line: each byte of the largest request (64 MiB) may be shown as four.
const LINE_BYTES_MAX: u64 = 256 << 20;

/// Both kinds of socket.
trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

/// One connection to the gateway.
pub(super) struct MonitorConnection {
    stream: BufReader<Box<dyn Stream>>,
    /// As the gateway sees it, where nothing between translates addresses.
    own_address: Option<String>,
    from: String,
}

/// What to log in with.
pub(super) struct Login {
    /// `default` where it is missing.
    pub(super) user: Option<String>,
    pub(super) password: String,
}

/// What was known about a client when the recording began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ClientInfo {
    pub(super) name: String,
    pub(super) user: String,
}

impl MonitorConnection {
    /// Connects, and logs in where there is a login.
    pub(super) async fn open(from: &str, login: Option<Login>) -> anyhow::Result<Self> {
        let connected = timeout(PATIENCE, connect(from)).await;
        let connected = connected.map_err(anyhow::Error::from).and_then(|connected| connected);
        let (stream, own_address) = connected.with_context(|| {
            format!("connecting to `{from}`\n  hint:  name a running gateway with `--from`")
        })?;
        let stream = BufReader::new(stream);
        let mut monitor = Self { stream, own_address, from: from.to_owned() };
        if let Some(Login { user, password }) = login {
            let words: Vec<_> =
                ["AUTH".to_owned()].into_iter().chain(user).chain([password]).collect();
            monitor.ask(&words).await?;
        }
        Ok(monitor)
    }

    pub(super) fn own_address(&self) -> Option<String> {
        self.own_address.clone()
    }

    /// The clients that are connected now, by address.
    pub(super) async fn clients(&mut self) -> anyhow::Result<BTreeMap<String, ClientInfo>> {
        let list = self.ask(&["CLIENT".to_owned(), "LIST".to_owned()]).await?;
        Ok(list.lines().filter_map(known).collect())
    }

    /// Begins to watch.
    pub(super) async fn start(&mut self) -> anyhow::Result<()> {
        self.ask(&["MONITOR".to_owned()]).await.map(|_| ())
    }

    /// The next line; `None` once the gateway has closed the connection.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = (&mut self.stream).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await;
        match read {
            Ok(_) if line.ends_with(b"\r\n") => {
                line.truncate(line.len() - 2);
                Ok(Some(line))
            }
            Ok(_) => Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => Ok(None),
            Err(error) => Err(error).with_context(|| format!("reading from `{}`", self.from)),
        }
    }

    /// Sends a command and waits for its answer of one text.
    async fn ask(&mut self, words: &[String]) -> anyhow::Result<String> {
        let name = words[0].clone();
        let answered = timeout(PATIENCE, self.answer(words)).await.context("no answer in time");
        let answer = answered.and_then(|answer| answer);
        let answer = answer.with_context(|| format!("asking `{}` for {name}", self.from))?;
        match answer.strip_prefix('-') {
            Some(refusal) => bail!(
                "`{}` refuses {name}: {refusal}\n  hint:  log in as an administrator with `--user` \
                 and `--password-env`",
                self.from
            ),
            None => Ok(answer[1..].to_owned()),
        }
    }

    async fn answer(&mut self, words: &[String]) -> anyhow::Result<String> {
        let mut request = format!("*{}\r\n", words.len());
        for word in words {
            request.push_str(&format!("${}\r\n{word}\r\n", word.len()));
        }
        self.stream.write_all(request.as_bytes()).await?;
        self.stream.flush().await?;
        let line = self.next().await?.context("the connection was closed")?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let Some(length) = line.strip_prefix('$') else { return Ok(line) };
        let length: u64 = length.parse().context("an answer of another kind was expected")?;
        let mut text = Vec::new();
        (&mut self.stream).take((length + 2).min(LINE_BYTES_MAX)).read_to_end(&mut text).await?;
        Ok(format!("${}", String::from_utf8_lossy(&text).trim_end_matches("\r\n")))
    }
}

async fn connect(from: &str) -> anyhow::Result<(Box<dyn Stream>, Option<String>)> {
    if from.contains('/') {
        let path = from.strip_prefix("unix:").unwrap_or(from);
        return Ok((Box::new(UnixStream::connect(path).await?), None));
    }
    let stream = TcpStream::connect(from).await?;
    let own_address = stream.local_addr()?.to_string();
    Ok((Box::new(stream), Some(own_address)))
}

/// Address, name and user in a line of CLIENT LIST.
fn known(line: &str) -> Option<(String, ClientInfo)> {
    let field = |name: &str| {
        line.split(' ')
            .find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
            .map(str::to_owned)
    };
    Some((field("addr")?, ClientInfo { name: field("name")?, user: field("user")? }))
}

/// A command that a client has sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MonitorLine {
    /// When, since 1970.
    pub(super) at: Duration,
    /// The client's address.
    pub(super) client: String,
    /// Name and arguments; what lets a client in is [`REDACTED`].
    pub(super) args: Vec<Vec<u8>>,
}

/// What MONITOR shows in place of a user or password.
pub(super) const REDACTED: &[u8] = b"(redacted)";

impl MonitorLine {
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
        let shown = MonitorLine::parse(line).unwrap();
        assert_eq!(shown.at, Duration::from_micros(1_700_000_000_000_012));
        assert_eq!(shown.client, "unix:/a b/s");
        let args: [&[u8]; 5] = [b"XADD", b"s", b"*", b"f] \"", b"\0\xff\n\\"];
        assert_eq!(shown.args, args);
    }

    #[test]
    fn what_shows_no_command_is_none() {
        for line in ["+OK", "", "-ERR x", "+1.2 [0 a] PING", "+x.2 [0 a] \"PING\""] {
            assert_eq!(MonitorLine::parse(line.as_bytes()), None, "{line}");
        }
    }
}
