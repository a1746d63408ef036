//! Are all copies of all partitions in step again? Asked over Kafka's protocol by hand: a Java
//! tool takes two seconds for it, and the outside client does not tell.

use std::time::Duration;

use tokio::{
    io::{self, AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Longest wait for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// A Metadata request, version 1, correlation id 1, no client id, for all topics.
const REQUEST: &[u8] = &[0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

/// True if each partition has a leader and all its copies are in step, as the broker at `address`
/// knows; false as well if it does not answer.
pub async fn are_in_step(address: &str) -> bool {
    let answer = timeout(ANSWER_MAX, ask(address)).await;
    answer.is_ok_and(|answer| answer.is_ok_and(|bytes| in_step(&bytes).unwrap_or(false)))
}

async fn ask(address: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(REQUEST).await?;
    let length = stream.read_u32().await?;
    let mut answer = vec![0; usize::try_from(length).expect("it is a usize")];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// `None` if the bytes are no answer to [`REQUEST`].
fn in_step(answer: &[u8]) -> Option<bool> {
    let mut fields = Fields(answer);
    fields.number()?; // the correlation id
    for _ in 0..fields.number()? {
        fields.number()?; // the broker's id, host, port and rack
        fields.text()?;
        fields.number()?;
        fields.text()?;
    }
    fields.number()?; // the controller
    let mut is_in_step = true;
    for _ in 0..fields.number()? {
        fields.bytes(2)?; // an error
        fields.text()?;
        fields.bytes(1)?; // is it internal?
        for _ in 0..fields.number()? {
            fields.bytes(2)?;
            fields.number()?;
            let leader = fields.number()?;
            let replicas = fields.list()?;
            let in_sync = fields.list()?;
            is_in_step &= leader >= 0 && in_sync == replicas;
        }
    }
    Some(is_in_step)
}

/// Bytes that are read field by field.
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn bytes(&mut self, count: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn number(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.bytes(4)?.try_into().ok()?))
    }

    /// A list of numbers; its length.
    fn list(&mut self) -> Option<i32> {
        let count = self.number()?;
        self.bytes(usize::try_from(count).ok()? * 4)?;
        Some(count)
    }

    /// A text with two bytes of length, which is -1 for none.
    fn text(&mut self) -> Option<&'b [u8]> {
        let length = i16::from_be_bytes(self.bytes(2)?.try_into().ok()?);
        self.bytes(usize::try_from(length).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_lags_is_seen() {
        assert_eq!(in_step(&answer(1, &[1, 2, 3])), Some(true));
        assert_eq!(in_step(&answer(1, &[1, 3])), Some(false));
        assert_eq!(in_step(&answer(-1, &[1, 2, 3])), Some(false));
        assert_eq!(in_step(&answer(1, &[1])[..30]), None);
    }

    /// One broker, one topic with one partition of three replicas.
    fn answer(leader: i32, in_sync: &[i32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let numbers = |bytes: &mut Vec<u8>, numbers: &[i32]| {
            numbers.iter().for_each(|number| bytes.extend(number.to_be_bytes()));
        };
        numbers(&mut bytes, &[1, 1, 1]);
        bytes.extend(b"\x00\x01h");
        numbers(&mut bytes, &[9092]);
        bytes.extend(b"\xff\xff");
        numbers(&mut bytes, &[1, 1]);
        bytes.extend(b"\x00\x00\x00\x01t\x00");
        numbers(&mut bytes, &[1]);
        bytes.extend(b"\x00\x00");
        numbers(&mut bytes, &[0, leader, 3, 1, 2, 3]);
        numbers(&mut bytes, &[i32::try_from(in_sync.len()).unwrap()]);
        numbers(&mut bytes, in_sync);
        bytes
    }
}
