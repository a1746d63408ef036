//! The running gateway, as one who watches it with MONITOR.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, bail};
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
pub(super) struct Source {
    stream: BufReader<Box<dyn Stream>>,
    /// As the gateway sees it, where nothing between translates addresses.
    own_address: Option<String>,
    from: String,
}

/// What was known about a client when the recording began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) name: String,
    pub(super) user: String,
}

impl Source {
    /// Connects, and logs in where there is a login: user and password.
    pub(super) async fn open(
        from: &str,
        login: Option<(Option<String>, String)>,
    ) -> anyhow::Result<Self> {
        let connected = timeout(PATIENCE, connect(from)).await;
        let connected = connected.map_err(anyhow::Error::from).and_then(|connected| connected);
        let (stream, own_address) = connected.with_context(|| {
            format!("connecting to `{from}`\n  hint:  name a running gateway with `--from`")
        })?;
        let stream = BufReader::new(stream);
        let mut source = Self { stream, own_address, from: from.to_owned() };
        if let Some((user, password)) = login {
            let words: Vec<_> =
                ["AUTH".to_owned()].into_iter().chain(user).chain([password]).collect();
            source.ask(&words).await?;
        }
        Ok(source)
    }

    pub(super) fn own_address(&self) -> Option<String> {
        self.own_address.clone()
    }

    /// The clients that are connected now, by address.
    pub(super) async fn clients(&mut self) -> anyhow::Result<BTreeMap<String, Known>> {
        let list = self.ask(&["CLIENT".to_owned(), "LIST".to_owned()]).await?;
        Ok(list.lines().filter_map(known).collect())
    }

    /// Begins to watch.
    pub(super) async fn monitor(&mut self) -> anyhow::Result<()> {
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
fn known(line: &str) -> Option<(String, Known)> {
    let field = |name: &str| {
        line.split(' ')
            .find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
            .map(str::to_owned)
    };
    Some((field("addr")?, Known { name: field("name")?, user: field("user")? }))
}
