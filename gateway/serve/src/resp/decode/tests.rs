//! What one request is, against `redis-protocol` and under any split of the input.

use proptest::{collection::vec, prelude::*};
use redis_protocol::resp2::{decode::decode as decode_frame, types::OwnedFrame};

use super::*;

const LIMITS: &Limits = &Limits::AUTHENTICATED;

/// A request as clients write it.
fn request(args: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", args.len()).into_bytes();
    for arg in args {
        bytes.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
        bytes.extend_from_slice(arg);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// The arguments of each request in `bytes`, which come in packets of the given sizes in turn.
fn requests(bytes: &[u8], packets: &[usize]) -> Result<Vec<Vec<Vec<u8>>>, ProtocolError> {
    let mut decoder = Decoder::new();
    let mut found = Vec::new();
    let (mut start, mut end) = (0, 0);
    let mut packets = packets.iter().cycle();
    while end < bytes.len() {
        end = bytes.len().min(end + packets.next().map_or(bytes.len(), |&n| n.max(1)));
        loop {
            let buffer = &bytes[start..end];
            match decoder.scan(buffer, LIMITS)? {
                Scan::Incomplete { needed } => {
                    assert!(needed > buffer.len());
                    break;
                }
                Scan::Empty { consumed } => start += consumed,
                Scan::Complete { consumed } => {
                    found.push(decoder.args(buffer).iter().map(<[u8]>::to_vec).collect());
                    start += consumed;
                }
            }
        }
    }
    Ok(found)
}

fn oracle(mut bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    while let Ok(Some((OwnedFrame::Array(frames), consumed))) = decode_frame(bytes) {
        let args = frames.into_iter().map(|frame| match frame {
            OwnedFrame::BulkString(arg) => arg,
            other => panic!("{other:?} is not an argument"),
        });
        found.push(args.collect());
        bytes = &bytes[consumed..];
    }
    found
}

fn any_args() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let arg = prop_oneof![
        8 => vec(any::<u8>(), 0..24),
        1 => vec(prop::sample::select(&b"\r\n$*0"[..]), 0..12),
        1 => vec(any::<u8>(), 90..1100),
    ];
    vec(arg, 1..12)
}

/// Bytes that look like the protocol for a while.
fn any_noise() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        vec(any::<u8>(), 0..8),
        vec(prop::sample::select(&b"*$\r\n0123456789-\"'\\x "[..]), 0..16),
        (0..12_i64).prop_map(|n| format!("*{n}\r\n").into_bytes()),
        (-2..40_i64).prop_map(|n| format!("${n}\r\n").into_bytes()),
        any_args().prop_map(|args| request(&args)),
    ];
    vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn requests_are_what_redis_protocol_finds_however_they_are_split(
        pipeline in vec(any_args(), 1..5),
        packets in vec(1..200_usize, 1..8),
    ) {
        let bytes = pipeline.iter().flat_map(|args| request(args)).collect::<Vec<u8>>();

        prop_assert_eq!(requests(&bytes, &packets), Ok(pipeline.clone()));
        prop_assert_eq!(requests(&bytes, &[1]), Ok(pipeline.clone()));
        prop_assert_eq!(oracle(&bytes), pipeline);
    }

    #[test]
    fn any_bytes_mean_the_same_however_they_are_split(
        bytes in any_noise(),
        packets in vec(1..40_usize, 1..8),
    ) {
        let whole = requests(&bytes, &[]);

        prop_assert_eq!(requests(&bytes, &packets), whole.clone());
        prop_assert_eq!(requests(&bytes, &[1]), whole);
    }

    #[test]
    fn quoted_words_come_back_as_they_were(words in vec(vec(any::<u8>(), 0..20), 1..8)) {
        let mut line = Vec::new();
        for word in &words {
            line.extend_from_slice(b" \"");
            line.extend(word.iter().flat_map(|b| format!("\\x{b:02x}").into_bytes()));
            line.push(b'"');
        }
        line.extend_from_slice(b"\r\n");

        prop_assert_eq!(requests(&line, &[]), Ok(vec![words]));
    }
}

#[test]
fn an_argument_is_a_range_of_the_read_buffer_unless_it_was_quoted() {
    let mut decoder = Decoder::new();

    let buffer = b"*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\nmore";
    assert_eq!(decoder.scan(buffer, LIMITS), Ok(Scan::Complete { consumed: 22 }));
    assert_eq!((decoder.range(0), decoder.range(1)), (Some(8..12), Some(18..20)));
    assert_eq!(&decoder.args(buffer)[1], b"hi");
    assert_eq!(decoder.args(buffer).get(2), None);

    let buffer = b"ECHO hi\r\n";
    assert_eq!(decoder.scan(buffer, LIMITS), Ok(Scan::Complete { consumed: 9 }));
    assert_eq!(decoder.range(1), Some(5..7));

    let buffer = b"ECHO \"hi\"\r\n";
    assert_eq!(decoder.scan(buffer, LIMITS), Ok(Scan::Complete { consumed: 11 }));
    assert_eq!(decoder.range(1), None);
    assert_eq!(&decoder.args(buffer)[1], b"hi");
}

#[test]
fn what_is_needed_is_the_end_of_the_argument_once_its_length_is_known() {
    let mut decoder = Decoder::new();

    assert_eq!(decoder.scan(b"", LIMITS), Ok(Scan::Incomplete { needed: 1 }));
    assert_eq!(decoder.scan(b"*1\r\n", LIMITS), Ok(Scan::Incomplete { needed: 5 }));
    assert_eq!(decoder.scan(b"*1\r\n$1000\r\n", LIMITS), Ok(Scan::Incomplete { needed: 1013 }));
}

#[test]
fn a_request_is_bounded_as_a_whole_before_its_bytes_come() {
    let bytes = request(&vec![vec![b'x'; 10]; 2]);
    let announced = &bytes[..bytes.len() - 12];
    let limits = |request_bytes_max| Limits { request_bytes_max, ..*LIMITS };

    let fits = Decoder::new().scan(announced, &limits(38));
    let too_big = Decoder::new().scan(announced, &limits(37));

    assert_eq!(bytes.len(), 38);
    assert_eq!(fits, Ok(Scan::Incomplete { needed: 38 }));
    assert_eq!(too_big, Err(ProtocolError::TooBigRequest));
    assert_eq!(
        Decoder::new().scan(&request(&vec![Vec::new(); 6]), &limits(38)),
        Err(ProtocolError::TooBigRequest),
        "lengths and line ends count too",
    );
}

#[test]
fn room_for_many_arguments_is_given_back_with_the_next_request() {
    let mut decoder = Decoder::new();
    let many = request(&vec![Vec::new(); 100_000]);

    assert!(matches!(decoder.scan(&many, LIMITS), Ok(Scan::Complete { .. })));
    assert!(decoder.spans.capacity() >= 100_000);
    assert!(matches!(decoder.scan(b"PING\r\n", LIMITS), Ok(Scan::Complete { .. })));
    assert!(decoder.spans.capacity() <= SPANS_KEPT_MAX);
}

#[test]
fn quoted_words_are_not_kept_beyond_their_request() {
    let mut decoder = Decoder::new();
    for _ in 0..100 {
        assert!(matches!(decoder.scan(b"ECHO \"hi\"\n", LIMITS), Ok(Scan::Complete { .. })));
    }

    assert_eq!(decoder.words, b"ECHOhi");
}

#[test]
fn an_announced_count_reserves_nothing() {
    let mut decoder = Decoder::new();

    assert!(matches!(decoder.scan(b"*1048576\r\n", LIMITS), Ok(Scan::Incomplete { needed: 11 })));
    assert_eq!(decoder.spans.capacity(), 0);
}
