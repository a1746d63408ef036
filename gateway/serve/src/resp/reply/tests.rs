use redis_protocol::resp3::{decode::complete::decode as oracle, types::OwnedFrame};

use super::*;
use crate::resp::{Protocol, Replies};

fn replies(protocol: Protocol, write: impl Fn(&mut Replies)) -> Replies {
    let mut replies = Replies::new();
    replies.set_protocol(protocol);
    write(&mut replies);
    replies
}

fn shown(protocol: Protocol, write: impl Fn(&mut Replies)) -> String {
    let replies = replies(protocol, write);
    let (reply, len) = Reply::decode(replies.as_bytes()).unwrap().unwrap();
    assert_eq!(len, replies.len());
    for cut in 0..len {
        assert_eq!(Reply::decode(&replies.as_bytes()[..cut]), Ok(None), "{cut} bytes");
    }
    reply.to_string()
}

fn stream(replies: &mut Replies) {
    replies.map(1);
    replies.bulk(b"orders");
    replies.array(10);
    for at in 0..10 {
        replies.array(2);
        replies.bulk(format!("{at}-0").as_bytes());
        if at > 0 {
            replies.null_array();
            continue;
        }
        replies.array(2);
        replies.bulk(b"value");
        replies.bulk(b"a \"b\"\n\xff");
    }
}

#[test]
fn lists_are_printed_as_in_redis_cli() {
    let two = shown(Protocol::Resp2, stream);
    let lines: Vec<_> = two.lines().take(5).collect();
    assert_eq!(
        lines,
        [
            r#"1) "orders""#,
            r#"2)  1) 1) "0-0""#,
            r#"       2) 1) "value""#,
            r#"          2) "a \"b\"\n\xff""#,
            r#"    2) 1) "1-0""#,
        ]
    );
    assert!(two.ends_with("\n   10) 1) \"9-0\"\n       2) (nil)"), "{two}");
    let three = shown(Protocol::Resp3, stream);
    assert!(three.starts_with("1# \"orders\" =>  1) 1) \"0-0\"\n"), "{three}");
}

#[test]
fn single_values_are_printed_as_in_redis_cli() {
    let both = [Protocol::Resp2, Protocol::Resp3];
    for (write, texts) in [
        (Replies::ok as fn(&mut Replies), ["OK", "OK"]),
        (|r| r.error("NOAUTH log in"), ["(error) NOAUTH log in"; 2]),
        (|r| r.integer(-3), ["(integer) -3"; 2]),
        (Replies::null, ["(nil)"; 2]),
        (Replies::null_array, ["(nil)"; 2]),
        (|r| r.boolean(true), ["(integer) 1", "(true)"]),
        (|r| r.double(1.5), ["\"1.5\"", "(double) 1.5"]),
        (|r| r.array(0), ["(empty array)"; 2]),
        (|r| r.map(0), ["(empty array)", "(empty hash)"]),
        (|r| r.set(0), ["(empty array)", "(empty set)"]),
        (|r| r.push(0), ["(empty array)", "(empty push)"]),
        (|r| r.bulk(b""), ["\"\""; 2]),
        (|r| r.verbatim("a\r\nb\n"), ["\"a\\r\\nb\\n\"", "a\nb"]),
    ] {
        assert_eq!(both.map(|protocol| shown(protocol, write)), texts);
    }
}

#[test]
fn messages_are_told_from_answers() {
    let message = |words: &[&[u8]]| {
        let words = words.iter().map(|word| Reply::Bulk(word.to_vec())).collect::<Vec<_>>();
        [Reply::Array(words.clone()).is_message(), Reply::Push(words).is_message()]
    };
    assert_eq!(message(&[b"message", b"orders", b"x"]), [true; 2]);
    assert_eq!(message(&[b"pmessage", b"o*", b"orders", b"x"]), [true; 2]);
    assert_eq!(message(&[b"subscribe", b"orders", b"1"]), [false; 2]);
    assert_eq!(message(&[b"message"]), [false; 2]);
}

#[test]
fn what_is_no_reply_is_refused() {
    for bytes in [&b"x\r\n"[..], b":x\r\n", b"$-2\r\n", b"$1\r\nabc", b"%-1\r\n", b"+\xff\r\n"] {
        assert!(Reply::decode(bytes).is_err(), "{bytes:?}");
    }
    assert!(Reply::decode(&b"*1\r\n".repeat(40)).is_err());
}

#[test]
fn lengths_are_the_librarys() {
    for bytes in [&b"*2\r\n:1\r\n$3\r\nabc\r\n+OK\r\n"[..], b">1\r\n#f\r\n", b"(123\r\n:1\r\n"] {
        let (_, len) = Reply::decode(bytes).unwrap().unwrap();
        let (_, same): (OwnedFrame, _) = oracle(bytes).unwrap().unwrap();
        assert_eq!(len, same);
    }
}
