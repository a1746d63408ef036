use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{Proxy, Treatment};

const PRODUCE: u16 = 0;
const METADATA: u16 = 3;

#[tokio::test]
async fn everything_passes_until_it_is_told_otherwise() {
    let (proxy, mut client) = before_an_echo().await;
    for (key, id) in [(PRODUCE, 1), (METADATA, 2), (PRODUCE, 3)] {
        ask(&mut client, key, id).await;
        assert_eq!(answer(&mut client).await, Some(id));
    }
    assert_eq!((proxy.seen(), proxy.treated()), (2, 0));
}

#[tokio::test]
async fn a_dropped_answer_is_that_of_a_produce_alone() {
    let (proxy, mut client) = before_an_echo().await;
    proxy.treat(Treatment::Drop, 1);
    for (key, id) in [(METADATA, 1), (PRODUCE, 2), (METADATA, 3), (PRODUCE, 4)] {
        ask(&mut client, key, id).await;
    }
    let came = [answer(&mut client).await, answer(&mut client).await, answer(&mut client).await];
    assert_eq!(came, [Some(1), Some(3), Some(4)]);
    assert_eq!((proxy.seen(), proxy.treated()), (2, 1));
}

#[tokio::test]
async fn a_delayed_answer_comes_later_and_whole() {
    let (proxy, mut client) = before_an_echo().await;
    proxy.treat(Treatment::Delay(Duration::from_millis(200)), 1);
    let began = Instant::now();
    ask(&mut client, PRODUCE, 7).await;
    assert_eq!(answer(&mut client).await, Some(7));
    assert!(began.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_cut_ends_the_connection_in_place_of_the_answer() {
    let (proxy, mut client) = before_an_echo().await;
    proxy.treat(Treatment::Cut, 1);
    ask(&mut client, PRODUCE, 7).await;
    assert_eq!(answer(&mut client).await, None);
    let mut next = TcpStream::connect(proxy.address()).await.unwrap();
    ask(&mut next, PRODUCE, 8).await;
    assert_eq!(answer(&mut next).await, Some(8), "only one was to be cut");
}

#[tokio::test]
async fn connections_end_with_the_proxy() {
    let (proxy, mut client) = before_an_echo().await;
    ask(&mut client, METADATA, 1).await;
    assert_eq!(answer(&mut client).await, Some(1));
    drop(proxy);
    assert_eq!(answer(&mut client).await, None);
}

/// A proxy before a "broker" that answers each request with its correlation id and some bytes.
async fn before_an_echo() -> (Proxy, TcpStream) {
    let proxy = Proxy::start().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    proxy.lead_to(&listener.local_addr().unwrap().to_string());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(echo(stream));
        }
    });
    let client = TcpStream::connect(proxy.address()).await.unwrap();
    (proxy, client)
}

async fn echo(mut stream: TcpStream) -> std::io::Result<()> {
    loop {
        let length = stream.read_u32().await?;
        let mut request = vec![0; length as usize];
        stream.read_exact(&mut request).await?;
        let answer = [&8_u32.to_be_bytes()[..], &request[4..8], b"body"].concat();
        stream.write_all(&answer).await?;
    }
}

async fn ask(stream: &mut TcpStream, key: u16, id: u32) {
    let body = [&key.to_be_bytes()[..], &[0, 9], &id.to_be_bytes(), b"any body"].concat();
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length[..], &body].concat()).await.unwrap();
}

/// The correlation id of the next answer, `None` at the end of the connection.
async fn answer(stream: &mut TcpStream) -> Option<u32> {
    let mut frame = [0; 12];
    let read = timeout(Duration::from_secs(5), stream.read_exact(&mut frame)).await.unwrap();
    read.ok()?;
    assert_eq!(&frame[8..], b"body");
    Some(u32::from_be_bytes(frame[4..8].try_into().unwrap()))
}
