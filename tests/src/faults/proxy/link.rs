//! One connection through the proxy.

use std::{collections::HashSet, io, sync::Mutex};

use tokio::{
    io::{AsyncWriteExt as _, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::sleep,
};

use super::{Shared, Treatment, frames::Frame};

/// Correlation ids of requests without an answer yet.
#[derive(Default)]
struct Open {
    produces: Mutex<HashSet<i32>>,
    fetches: Mutex<HashSet<i32>>,
}

/// Passes requests and answers until one side ends or an answer is cut.
pub(super) async fn pass(client: TcpStream, broker: TcpStream, shared: &Shared) {
    // A connection that fails here is one that its client sees fail.
    let _ = client.set_nodelay(true);
    let (from_client, to_client) = client.into_split();
    let (from_broker, to_broker) = broker.into_split();
    let open = Open::default();
    tokio::select! {
        _ = requests(from_client, to_broker, &open, shared) => {}
        _ = answers(from_broker, to_client, &open, shared) => {}
    }
}

async fn requests(
    from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    open: &Open,
    shared: &Shared,
) -> io::Result<()> {
    let mut from = BufReader::new(from);
    let mut fetches_before = false;
    while let Some(request) = Frame::read(&mut from).await? {
        if let Some(id) = request.produce() {
            open.produces.lock().expect("no holder panics").insert(id);
        }
        if let Some(id) = request.fetch() {
            open.fetches.lock().expect("no holder panics").insert(id);
            shared.fetch_asked(!fetches_before);
            fetches_before = true;
        }
        to.write_all(request.bytes()).await?;
    }
    Ok(())
}

async fn answers(
    from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    open: &Open,
    shared: &Shared,
) -> io::Result<()> {
    let mut from = BufReader::new(from);
    while let Some(answer) = Frame::read(&mut from).await? {
        let id = answer.answered();
        let was_open = |open: &Mutex<HashSet<i32>>| {
            id.is_some_and(|id| open.lock().expect("no holder panics").remove(&id))
        };
        let is_produce = was_open(&open.produces);
        if was_open(&open.fetches) {
            shared.fetch_answered();
        }
        match if is_produce { shared.next() } else { Treatment::Pass } {
            Treatment::Pass => {}
            Treatment::Drop => continue,
            Treatment::Delay(time) => sleep(time).await,
            Treatment::Cut => return Ok(()),
        }
        to.write_all(answer.bytes()).await?;
    }
    Ok(())
}
