//! Answers of stand-ins, those of Redis as a real server gives them.

use std::sync::Arc;

use super::{Answer, Asked, Asks, Call, Cell, Fixtures, Held, Keyspace, Question, RowsOf, StandIn};
use crate::plugin::reach::ReachError;

fn keyspace() -> Keyspace {
    let texts = |words: &[&str]| words.iter().map(|word| word.as_bytes().to_vec()).collect();
    let pair = |field: &str, value: &str| (field.as_bytes().to_vec(), value.as_bytes().to_vec());
    let score = |member: &str, score| (member.as_bytes().to_vec(), score);
    Keyspace(
        [
            ("t", Held::Text(b"hello".to_vec())),
            ("h", Held::Hash(vec![pair("a", "1"), pair("b", "two")])),
            ("l", Held::List(texts(&["x", "y", "z"]))),
            ("s", Held::Set(texts(&["m"]))),
            ("z", Held::SortedSet(vec![score("two", 2.0), score("one", 1.0), score("half", 0.5)])),
        ]
        .into_iter()
        .map(|(key, held)| (key.as_bytes().to_vec(), held))
        .collect(),
    )
}

/// What redis-cli shows of it, on one line.
fn shown(answer: &Result<Answer, ReachError>) -> String {
    let cell = |cell: &Cell| match cell {
        Cell::Nil => "(nil)".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Bytes(bytes) => format!("{:?}", String::from_utf8_lossy(bytes)),
    };
    let cells = |cells: &[Cell]| cells.iter().map(cell).collect::<Vec<_>>().join(" ");
    match answer {
        Ok(Answer::Single(single)) => cell(single),
        Ok(Answer::Many(many)) => format!("[{}]", cells(many)),
        Ok(Answer::Rows(rows)) => {
            rows.iter().map(|row| format!("({})", cells(row))).collect::<Vec<_>>().join(" ")
        }
        Err(error) => error.words().to_owned(),
    }
}

fn command(line: &str) -> Question {
    let mut words = line.split(' ');
    let name = words.next().unwrap().to_owned();
    let arguments = words.map(|word| word.as_bytes().to_vec()).collect();
    let asked = Asked::Command { name, arguments };
    Question { plugin: "p".into(), connection: "users".into(), asked }
}

/// As a Redis 7 answered when it was asked these.
const ANSWERS: &[(&str, &str)] = &[
    ("GET t", "\"hello\""),
    ("GET none", "(nil)"),
    ("GET h", WRONG_TYPE),
    ("GET", WRONG_NUMBER),
    ("MGET t none h", "[\"hello\" (nil) (nil)]"),
    ("STRLEN t", "5"),
    ("STRLEN none", "0"),
    ("GETRANGE t 1 -2", "\"ell\""),
    ("GETRANGE t -3 -4", "\"\""),
    ("GETRANGE t 0 -9", "\"h\""),
    ("GETRANGE t 3 99", "\"lo\""),
    ("GETRANGE t a 1", "ERR value is not an integer or out of range"),
    ("GETRANGE none 0 -1", "\"\""),
    ("EXISTS t t none h", "3"),
    ("TYPE t", "\"string\""),
    ("TYPE h", "\"hash\""),
    ("TYPE l", "\"list\""),
    ("TYPE s", "\"set\""),
    ("TYPE z", "\"zset\""),
    ("TYPE none", "\"none\""),
    ("TTL t", "-1"),
    ("PTTL none", "-2"),
    ("HGET h a", "\"1\""),
    ("HGET h none", "(nil)"),
    ("HGET none a", "(nil)"),
    ("HGET t a", WRONG_TYPE),
    ("HGET h", WRONG_NUMBER),
    ("HMGET h b none a", "[\"two\" (nil) \"1\"]"),
    ("HMGET none a b", "[(nil) (nil)]"),
    ("HGETALL h", "[\"a\" \"1\" \"b\" \"two\"]"),
    ("HGETALL none", "[]"),
    ("HEXISTS h a", "1"),
    ("HEXISTS h none", "0"),
    ("HLEN h", "2"),
    ("HKEYS h", "[\"a\" \"b\"]"),
    ("HVALS h", "[\"1\" \"two\"]"),
    ("SISMEMBER s m", "1"),
    ("SISMEMBER none m", "0"),
    ("SMISMEMBER s m n", "[1 0]"),
    ("SMEMBERS s", "[\"m\"]"),
    ("SMEMBERS t", WRONG_TYPE),
    ("SCARD s", "1"),
    ("LRANGE l 0 -1", "[\"x\" \"y\" \"z\"]"),
    ("LRANGE l -2 9", "[\"y\" \"z\"]"),
    ("LRANGE l 2 1", "[]"),
    ("LRANGE l 0 -9", "[]"),
    ("LRANGE none 0 -1", "[]"),
    ("LLEN l", "3"),
    ("LLEN none", "0"),
    ("LINDEX l -1", "\"z\""),
    ("LINDEX l 9", "(nil)"),
    ("LINDEX l -9", "(nil)"),
    ("LINDEX l x", "ERR value is not an integer or out of range"),
    ("ZSCORE z two", "\"2\""),
    ("ZSCORE z half", "\"0.5\""),
    ("ZSCORE z none", "(nil)"),
    ("ZSCORE none one", "(nil)"),
    ("ZSCORE t one", WRONG_TYPE),
    ("ZMSCORE z one none", "[\"1\" (nil)]"),
    ("ZRANK z one", "1"),
    ("ZRANK z none", "(nil)"),
    ("ZCARD z", "3"),
    ("ZRANGE z 0 -1", "[\"half\" \"one\" \"two\"]"),
    ("ZRANGE z 1 1 withscores", "[\"one\" \"1\"]"),
    ("ZRANGEBYSCORE z -inf +inf", "[\"half\" \"one\" \"two\"]"),
    ("ZRANGEBYSCORE z (0.5 2 WITHSCORES", "[\"one\" \"1\" \"two\" \"2\"]"),
    ("ZRANGEBYSCORE z 0.5 (2", "[\"half\" \"one\"]"),
    ("ZRANGEBYSCORE z a 1", "ERR min or max is not a float"),
];
const WRONG_TYPE: &str = "WRONGTYPE Operation against a key holding the wrong kind of value";
const WRONG_NUMBER: &str = "ERR wrong number of arguments for … command";

fn stand_in(fixtures: Fixtures) -> StandIn {
    StandIn::new(Arc::new(fixtures), "login.fixtures.toml")
}

#[test]
fn keys_answer_as_redis_does() {
    let store = ("p".to_owned(), "users".to_owned());
    let stand_in = stand_in(Fixtures { keys: [(store, keyspace())].into(), ..Fixtures::default() });
    for (line, answer) in ANSWERS {
        assert_eq!(shown(&stand_in.answer(&command(line))), *answer, "{line}");
    }
    assert_eq!(stand_in.lacking(), Vec::<String>::new());

    // What changes something, and forms that are not played, need an entry of their own.
    for line in ["SET t x", "ZRANGE z 0 1 REV", "ZRANGEBYSCORE z 0 1 LIMIT 0 1"] {
        assert!(shown(&stand_in.answer(&command(line))).starts_with("no fixture for"), "{line}");
    }
}

#[test]
fn a_question_without_a_fixture_says_where_to_put_one() {
    let stand_in = stand_in(Fixtures::default());
    let error = stand_in.answer(&command("HGETALL hush")).unwrap_err();
    assert_eq!(
        error,
        ReachError::Unavailable(
            "no fixture for redis.users HGETALL: add it to login.fixtures.toml, or record it with \
             `sluicegate test --record`"
                .into()
        )
    );
    assert_eq!(stand_in.lacking(), ["p: redis.users HGETALL"]);
}

fn call(asks: Asks, answer: Result<Answer, ReachError>) -> Call {
    Call { plugin: "p".into(), connection: "users".into(), asks, answer }
}

#[test]
fn entries_are_answered_in_turn_and_go_before_keys() {
    let line = command("GET t");
    let value = |text: &str| Ok(Answer::Single(Cell::text(text)));
    let calls = [value("first"), Err(ReachError::Unavailable("away".into())), value("last")]
        .map(|answer| call(Asks::Just(line.asked.clone()), answer));
    let keys = [(("p".to_owned(), "users".to_owned()), keyspace())].into();
    let stand_in = stand_in(Fixtures { keys, calls: calls.into() });
    let heard: Vec<_> = (0..4).map(|_| shown(&stand_in.answer(&line))).collect();
    assert_eq!(heard, ["\"first\"", "away", "\"last\"", "\"last\""]);
    assert_eq!(shown(&stand_in.answer(&command("STRLEN t"))), "5");
}

#[test]
fn rows_are_found_by_as_much_as_their_entry_names() {
    let rows = |of: Option<RowsOf>, parameters: Option<&[Cell]>, row: &str| {
        let answer = Ok(Answer::Rows(vec![vec![Cell::text(row)]]));
        call(Asks::Rows { of, parameters: parameters.map(<[_]>::to_vec) }, answer)
    };
    let query = || Some(RowsOf::Query("SELECT a\n  FROM t WHERE b = ?".into()));
    let stand_in = stand_in(Fixtures {
        calls: vec![
            rows(None, Some(&[Cell::text("y")]), "any of y"),
            rows(query(), None, "any of the query"),
            rows(query(), Some(&[Cell::text("x")]), "query of x"),
            rows(Some(RowsOf::Statement("by-name".into())), None, "any of by-name"),
        ],
        ..Fixtures::default()
    });
    let ask = |asked| {
        shown(&stand_in.answer(&Question { plugin: "p".into(), connection: "users".into(), asked }))
    };
    let query = |of: &str| Asked::Query {
        text: "SELECT a FROM t WHERE b = ?".into(),
        parameters: vec![Cell::text(of)],
    };
    assert_eq!(ask(query("x")), "(\"query of x\")");
    assert_eq!(ask(query("y")), "(\"any of y\")");
    assert_eq!(ask(query("z")), "(\"any of the query\")");
    let statement = |name: &str| Asked::Statement { name: name.into(), parameters: Vec::new() };
    assert_eq!(ask(statement("by-name")), "(\"any of by-name\")");
    assert!(ask(statement("other")).starts_with("no fixture for sql.users other"));
}
