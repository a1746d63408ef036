//! Replies against `redis-protocol`, as bytes of its encoder and as frames of its decoder.

use proptest::{collection::vec, prelude::*};
use redis_protocol::{
    resp2::{
        decode::decode as decode2, encode::encode as encode2, types::OwnedFrame as Frame2,
        types::Resp2Frame as _,
    },
    resp3::{
        decode::complete::decode as decode3,
        encode::complete::encode as encode3,
        types::{OwnedFrame as Frame3, Resp3Frame as _},
    },
};

use super::*;

/// Anything that can be answered.
#[derive(Clone, Debug)]
enum Reply {
    Ok,
    Pong,
    Simple(String),
    Error(String),
    Integer(i64),
    Bulk(Vec<u8>),
    Verbatim(String),
    Null,
    Boolean(bool),
    Double(f64),
    Array(Vec<Reply>),
    Map(Vec<(String, Reply)>),
    Set(Vec<i64>),
    Push(Vec<Reply>),
}

fn write(replies: &mut Replies, reply: &Reply) {
    match reply {
        Reply::Ok => replies.ok(),
        Reply::Pong => replies.pong(),
        Reply::Simple(text) => replies.simple(text),
        Reply::Error(text) => replies.error(text),
        Reply::Integer(value) => replies.integer(*value),
        Reply::Bulk(bytes) => replies.bulk(bytes),
        Reply::Verbatim(text) => replies.verbatim(text),
        Reply::Null => replies.null(),
        Reply::Boolean(value) => replies.boolean(*value),
        Reply::Double(value) => replies.double(*value),
        Reply::Array(items) | Reply::Push(items) => {
            match reply {
                Reply::Push(_) => replies.push(items.len()),
                _ => replies.array(items.len()),
            }
            for item in items {
                write(replies, item);
            }
        }
        Reply::Map(pairs) => {
            replies.map(pairs.len());
            for (key, value) in pairs {
                replies.bulk(key.as_bytes());
                write(replies, value);
            }
        }
        Reply::Set(items) => {
            replies.set(items.len());
            for &item in items {
                replies.integer(item);
            }
        }
    }
}

fn frame2(reply: &Reply) -> Frame2 {
    match reply {
        Reply::Ok => Frame2::SimpleString(b"OK".to_vec()),
        Reply::Pong => Frame2::SimpleString(b"PONG".to_vec()),
        Reply::Simple(text) => Frame2::SimpleString(text.as_bytes().to_vec()),
        Reply::Error(text) => Frame2::Error(text.clone()),
        Reply::Integer(value) => Frame2::Integer(*value),
        Reply::Bulk(bytes) => Frame2::BulkString(bytes.clone()),
        Reply::Verbatim(text) => Frame2::BulkString(text.as_bytes().to_vec()),
        Reply::Null => Frame2::Null,
        Reply::Boolean(value) => Frame2::Integer(i64::from(*value)),
        Reply::Double(value) => Frame2::BulkString(Digits::of(*value).as_bytes().to_vec()),
        Reply::Array(items) | Reply::Push(items) => {
            Frame2::Array(items.iter().map(frame2).collect())
        }
        Reply::Map(pairs) => {
            let flat = |(key, value): &(String, Reply)| {
                [Frame2::BulkString(key.as_bytes().to_vec()), frame2(value)]
            };
            Frame2::Array(pairs.iter().flat_map(flat).collect())
        }
        Reply::Set(items) => Frame2::Array(items.iter().map(|&n| Frame2::Integer(n)).collect()),
    }
}

fn frame3(reply: &Reply) -> Frame3 {
    let attributes = None;
    let bulk = |bytes: &[u8]| Frame3::BlobString { data: bytes.to_vec(), attributes: None };
    let simple = |text: &str| Frame3::SimpleString { data: text.into(), attributes: None };
    let number = |data: i64| Frame3::Number { data, attributes: None };
    match reply {
        Reply::Ok => simple("OK"),
        Reply::Pong => simple("PONG"),
        Reply::Simple(text) => simple(text),
        Reply::Error(text) => Frame3::SimpleError { data: text.clone(), attributes },
        Reply::Integer(value) => number(*value),
        Reply::Bulk(bytes) => bulk(bytes),
        Reply::Verbatim(text) => Frame3::VerbatimString {
            data: text.as_bytes().to_vec(),
            format: VerbatimStringFormat::Text,
            attributes,
        },
        Reply::Null => Frame3::Null,
        Reply::Boolean(data) => Frame3::Boolean { data: *data, attributes },
        Reply::Double(data) => Frame3::Double { data: *data, attributes },
        Reply::Array(items) => {
            Frame3::Array { data: items.iter().map(frame3).collect(), attributes }
        }
        Reply::Push(items) => Frame3::Push { data: items.iter().map(frame3).collect(), attributes },
        Reply::Map(pairs) => {
            let pair = |(key, value): &(String, Reply)| (bulk(key.as_bytes()), frame3(value));
            Frame3::Map { data: pairs.iter().map(pair).collect(), attributes }
        }
        Reply::Set(items) => {
            Frame3::Set { data: items.iter().map(|&n| number(n)).collect(), attributes }
        }
    }
}

fn any_reply() -> impl Strategy<Value = Reply> {
    let leaf = prop_oneof![
        Just(Reply::Ok),
        Just(Reply::Pong),
        "[ -~]{0,20}".prop_map(Reply::Simple),
        "[A-Z]{1,9}( [a-zä' ]{1,9}){0,3}".prop_map(Reply::Error),
        any::<i64>().prop_map(Reply::Integer),
        vec(any::<u8>(), 0..200).prop_map(Reply::Bulk),
        "[ -~\r\n]{0,40}".prop_map(Reply::Verbatim),
        Just(Reply::Null),
        any::<bool>().prop_map(Reply::Boolean),
        (-1e9..1e9_f64).prop_map(Reply::Double),
    ];
    // `redis-protocol` gives maps and sets no order of their own, so one pair and one item must do.
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Reply::Array),
            vec(inner.clone(), 1..5).prop_map(Reply::Push),
            vec(("[a-z]{1,8}", inner), 0..=1).prop_map(Reply::Map),
            vec(any::<i64>(), 0..=1).prop_map(Reply::Set),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn a_reply_is_what_redis_protocol_writes_and_reads_in_resp2(reply in any_reply()) {
        let frame = frame2(&reply);
        let mut expected = vec![0; frame.encode_len(false)];
        encode2(&mut expected, &frame, false).unwrap();
        let mut replies = Replies::new();

        write(&mut replies, &reply);

        prop_assert_eq!(replies.as_bytes(), &expected[..]);
        prop_assert_eq!(decode2(replies.as_bytes()).unwrap(), Some((frame, expected.len())));
    }

    #[test]
    fn a_reply_is_what_redis_protocol_writes_and_reads_in_resp3(reply in any_reply()) {
        let frame = frame3(&reply);
        let mut expected = vec![0; frame.encode_len(false)];
        encode3(&mut expected, &frame, false).unwrap();
        let mut replies = Replies::new();
        replies.set_protocol(Protocol::Resp3);

        write(&mut replies, &reply);

        prop_assert_eq!(replies.as_bytes(), &expected[..]);
        prop_assert_eq!(decode3(replies.as_bytes()).unwrap(), Some((frame, expected.len())));
    }

    #[test]
    fn a_double_reads_back_the_same(bits in any::<u64>()) {
        let value = f64::from_bits(bits);
        let digits = Digits::of(value);
        let back = std::str::from_utf8(digits.as_bytes()).unwrap().parse::<f64>().unwrap();

        prop_assert!(back.to_bits() == bits || (back.is_nan() && value.is_nan()));
    }

    #[test]
    fn no_text_ends_its_line_early(text in "[a\r\nä]{0,20}") {
        let error = |replies: &mut Replies, text: &str| replies.error(text);
        let simple = |replies: &mut Replies, text: &str| replies.simple(text);
        for write in [error as fn(&mut Replies, &str), simple] {
            let mut replies = Replies::new();

            write(&mut replies, &text);

            let line = replies.as_bytes().strip_suffix(b"\r\n").unwrap();
            let one_line = text.replace(['\r', '\n'], " ");
            prop_assert_eq!(&line[1..], one_line.as_bytes());
        }
    }
}

#[test]
fn fixed_replies_are_what_the_protocol_says() {
    for (protocol, null, null_array) in
        [(Protocol::Resp2, "$-1\r\n", "*-1\r\n"), (Protocol::Resp3, "_\r\n", "_\r\n")]
    {
        let mut replies = Replies::new();
        replies.set_protocol(protocol);
        replies.null();
        assert_eq!(replies.as_bytes(), null.as_bytes());
        replies.clear();
        replies.null_array();
        assert_eq!(replies.as_bytes(), null_array.as_bytes());
    }
}

#[test]
fn doubles_are_short_whatever_their_size() {
    for (value, text) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.5, "1.5"),
        (1e300, "1e300"),
        (5e-324, "5e-324"),
        (f64::MIN, "-1.7976931348623157e308"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "nan"),
    ] {
        assert_eq!(Digits::of(value).as_bytes(), text.as_bytes());
    }
}

#[test]
fn a_reply_begun_can_be_taken_back_and_one_written_is_forgotten() {
    let mut replies = Replies::new();
    replies.ok();
    let begun = replies.len();
    replies.array(3);
    replies.bulk(b"one");

    replies.truncate(begun);
    replies.error("ERR no");
    replies.advance(5);

    assert_eq!(replies.as_bytes(), b"-ERR no\r\n");
    replies.bulk(&vec![b'x'; 2 * ROOM_KEPT_MAX]);
    replies.clear();
    assert!(replies.is_empty() && replies.out.capacity() <= ROOM_KEPT_MAX);
}
