//! redis-rs against the gateway: publish, read by cursor, share the work of a group, take over from
//! a dead consumer, publish and subscribe, go on after a restart.
//!
//! Options are the default ones, but for address, password, and the longest wait for a reply: half
//! a second is too short for reads that block.
//!
//! usage: `client-redis-rs ADDRESS [PASSWORD]`

use std::{
    collections::BTreeMap,
    env,
    io::{self, Write as _},
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use redis::{
    AsyncCommands as _, Client, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
    streams::{
        StreamAutoClaimOptions, StreamAutoClaimReply, StreamClaimReply, StreamId,
        StreamPendingReply, StreamRangeReply, StreamReadOptions, StreamReadReply,
    },
};
use tokio::time::{sleep, timeout};

const PUBLISHED: usize = 1000;
const ABANDONED: usize = 10;
const MESSAGES: usize = 100;
const GROUP: &str = "readers";
/// Entries of one reply.
const PAGE: usize = 100;
const BLOCK_MS: usize = 2000;
/// Longest wait for anything, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main(flavor = "current_thread")]
async fn main() -> RedisResult<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let login = arguments.get(1).map(|password| format!(":{password}@")).unwrap_or_default();
    let client = Client::open(format!("redis://{login}{}", arguments[0]))?;
    let mut scene = Scene { connection: connect(&client).await?, stream: "redis-rs".to_owned() };
    let cursor = scene.publish_and_read().await?;
    scene.share().await?;
    scene.take_over(connect(&client).await?).await?;
    scene.subscribe(&client).await?;
    scene.restart(cursor).await?;
    say(&format!(
        "redis-rs: {PUBLISHED} published, {PUBLISHED} read, {PUBLISHED} shared by two, \
         {ABANDONED} claimed, {MESSAGES} received, {} read after a restart, ok",
        2 * ABANDONED
    ));
    Ok(())
}

async fn connect(client: &Client) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new().set_response_timeout(Some(PATIENCE));
    client.get_connection_manager_with_config(config).await
}

/// Ids of entries and their numbers.
type Seen = BTreeMap<String, usize>;

struct Scene {
    connection: ConnectionManager,
    stream: String,
}

impl Scene {
    async fn publish_and_read(&mut self) -> RedisResult<String> {
        let ids = self.publish(0, PUBLISHED).await?;
        let (mut seen, mut cursor) = (Seen::new(), "0".to_owned());
        while seen.len() < PUBLISHED {
            let entries = self.read(&cursor).await?;
            assert!(!entries.is_empty(), "the stream ends after {} entries", seen.len());
            cursor = note(&mut seen, &entries);
        }
        assert_eq!(seen, ids.into_iter().zip(0..).collect());
        assert_eq!(self.read(&cursor).await?, []);
        Ok(cursor)
    }

    async fn share(&mut self) -> RedisResult<()> {
        let () = self.connection.xgroup_create_mkstream(&self.stream, GROUP, "0").await?;
        let (mut seen, end) = (Seen::new(), Instant::now() + PATIENCE);
        for consumer in ["alice", "bob"].into_iter().cycle() {
            assert!(Instant::now() < end, "the group has delivered only {}", seen.len());
            let entries = read_group(&mut self.connection, &self.stream, consumer).await?;
            note(&mut seen, &entries);
            self.acknowledge(&entries).await?;
            if seen.len() == PUBLISHED {
                break;
            }
        }
        assert_eq!(self.pending().await?, []);
        Ok(())
    }

    async fn take_over(&mut self, mut carol: ConnectionManager) -> RedisResult<()> {
        self.publish(PUBLISHED, ABANDONED).await?;
        let (mut seen, end) = (Vec::new(), Instant::now() + PATIENCE);
        while seen.len() < ABANDONED && Instant::now() < end {
            let entries = read_group(&mut carol, &self.stream, "carol").await?;
            seen.extend(entries.into_iter().map(|entry| entry.id));
        }
        drop(carol);
        assert_eq!(self.pending().await?, [("carol".to_owned(), ABANDONED)]);

        let (some, others) = seen.split_at(ABANDONED / 2);
        let claimed: StreamClaimReply =
            self.connection.xclaim(&self.stream, GROUP, "alice", 0, some).await?;
        assert_eq!(ids(&claimed.ids), some);
        self.acknowledge(&claimed.ids).await?;
        let options = StreamAutoClaimOptions::default();
        let claimed: StreamAutoClaimReply =
            self.connection.xautoclaim_options(&self.stream, GROUP, "bob", 0, "0", options).await?;
        assert_eq!(ids(&claimed.claimed), others);
        self.acknowledge(&claimed.claimed).await?;
        assert_eq!(self.pending().await?, []);
        Ok(())
    }

    async fn subscribe(&mut self, client: &Client) -> RedisResult<()> {
        let channel = format!("{}-channel", self.stream);
        let mut subscription = client.get_async_pubsub().await?;
        subscription.subscribe(&channel).await?;
        for number in 0..MESSAGES {
            let receivers: usize = self.connection.publish(&channel, number).await?;
            assert_eq!(receivers, 1);
        }
        let mut messages = subscription.on_message();
        for number in 0..MESSAGES {
            let message = timeout(PATIENCE, messages.next()).await.expect("a message comes");
            let payload: usize = message.expect("the connection lives").get_payload()?;
            assert_eq!(payload, number);
        }
        Ok(())
    }

    /// Has the server restarted by whoever started this, and reads on with the connection it had,
    /// which repairs itself after the error that shows it broken.
    async fn restart(&mut self, cursor: String) -> RedisResult<()> {
        say("restart");
        io::stdin().read_line(&mut String::new())?;
        let end = Instant::now() + PATIENCE;
        let entries = loop {
            match self.read(&cursor).await {
                Err(error) if Instant::now() > end => return Err(error),
                Err(_) => sleep(Duration::from_millis(50)).await,
                Ok(entries) => break entries,
            }
        };
        assert_eq!(entries.len(), ABANDONED, "from before the restart");
        let last = note(&mut Seen::new(), &entries);
        self.publish(PUBLISHED + ABANDONED, ABANDONED).await?;
        assert_eq!(self.read(&last).await?.len(), ABANDONED, "from after the restart");
        let all: StreamRangeReply = self.connection.xrange_all(&self.stream).await?;
        assert_eq!(all.ids.len(), PUBLISHED + 2 * ABANDONED);
        Ok(())
    }

    async fn publish(&mut self, first: usize, count: usize) -> RedisResult<Vec<String>> {
        let mut pipe = redis::pipe();
        for number in first..first + count {
            pipe.xadd(&self.stream, "*", &[("n", number)]);
        }
        pipe.query_async(&mut self.connection).await
    }

    async fn read(&mut self, after: &str) -> RedisResult<Vec<StreamId>> {
        let options = StreamReadOptions::default().count(PAGE);
        let reply = self.connection.xread_options(&[&self.stream], &[after], &options).await?;
        Ok(first_of(reply))
    }

    async fn acknowledge(&mut self, entries: &[StreamId]) -> RedisResult<()> {
        if !entries.is_empty() {
            let count: usize = self.connection.xack(&self.stream, GROUP, &ids(entries)).await?;
            assert_eq!(count, entries.len());
        }
        Ok(())
    }

    async fn pending(&mut self) -> RedisResult<Vec<(String, usize)>> {
        let reply: StreamPendingReply = self.connection.xpending(&self.stream, GROUP).await?;
        Ok(match reply {
            StreamPendingReply::Data(data) => data
                .consumers
                .into_iter()
                .map(|consumer| (consumer.name, consumer.pending))
                .collect(),
            _ => Vec::new(),
        })
    }
}

async fn read_group(
    connection: &mut ConnectionManager,
    stream: &str,
    consumer: &str,
) -> RedisResult<Vec<StreamId>> {
    let options = StreamReadOptions::default().group(GROUP, consumer).count(PAGE).block(BLOCK_MS);
    let reply = connection.xread_options(&[stream], &[">"], &options).await?;
    Ok(first_of(reply))
}

fn first_of(reply: Option<StreamReadReply>) -> Vec<StreamId> {
    let streams = reply.map(|reply| reply.keys).unwrap_or_default();
    streams.into_iter().flat_map(|stream| stream.ids).collect()
}

fn ids(entries: &[StreamId]) -> Vec<String> {
    entries.iter().map(|entry| entry.id.clone()).collect()
}

/// Adds entries to those that were seen, each once; returns the last id.
fn note(seen: &mut Seen, entries: &[StreamId]) -> String {
    for entry in entries {
        let number = entry.get("n").expect("entries have a number");
        assert_eq!(seen.insert(entry.id.clone(), number), None, "{} came twice", entry.id);
    }
    entries.last().map(|entry| entry.id.clone()).unwrap_or_default()
}

fn say(line: &str) {
    writeln!(io::stdout(), "{line}").expect("somebody listens");
}
