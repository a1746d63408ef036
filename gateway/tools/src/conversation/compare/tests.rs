use super::*;

const ACCEPTED: &str = "\
client> AUTH shop secret
  login shop
    auth-static authenticator.authenticate granted
    logged in by auth-static
  < OK
client> XADD orders * value {}
  publish orders
    filter-json filter.on-produce forward
      + \"checked\": true
      log info: seen
    shout filter.on-produce forward
      - value \"a\"
      + value \"A\"
    partition-hash partitioner.partition-many partition 2 of 4
    stored orders/2 at 0 (chosen by the partitioner)
      value {}
  < \"0-0\"
@wait 5s
shop> XREAD STREAMS orders 0
  consume orders/2 at 0
    filter-json filter.on-consume forward
    shown
  < 1) 1) \"orders\"
       2) 1) \"0-0\"
    2) x
";

const NUMBERS: &[usize] = &[3, 7, 8, 12];

/// The difference that one replacement in the accepted text makes.
fn after(from: &str, to: &str) -> Difference {
    assert_eq!(ACCEPTED.matches(from).count(), 1, "{from}");
    compare(ACCEPTED, &ACCEPTED.replace(from, to), NUMBERS).unwrap()
}

fn did(plugin: &str) -> DifferenceKind {
    DifferenceKind::Did(plugin.into())
}

#[test]
fn the_same_text_is_no_difference() {
    assert_eq!(compare(ACCEPTED, ACCEPTED, NUMBERS), None);
    assert_eq!(compare(ACCEPTED, ACCEPTED.trim_end(), NUMBERS), None);
    assert_eq!(compare("", "", &[]), None);
}

#[test]
fn the_first_step_that_differs_names_its_plugin() {
    let cases = [
        ("authenticate granted", "authenticate denied: no", 3, did("auth-static")),
        (
            "filter.on-produce forward\n      +",
            "filter.on-produce drop\n      +",
            7,
            did("filter-json"),
        ),
        ("\"checked\": true", "\"checked\": false", 7, did("filter-json")),
        ("      log info: seen\n", "", 7, did("filter-json")),
        (
            "      log info: seen\n",
            "      log info: seen\n      log warn: x\n",
            7,
            did("filter-json"),
        ),
        ("      + value \"A\"\n", "      + value \"B\"\n", 7, did("shout")),
        ("      - value \"a\"\n      + value \"A\"\n", "", 7, did("shout")),
        ("partition 2 of 4", "partition 1 of 4", 7, did("partition-hash")),
        ("filter.on-consume forward", "filter.on-consume drop", 12, did("filter-json")),
    ];
    for (from, to, line, what) in cases {
        let difference = after(from, to);
        assert_eq!((difference.line, difference.kind), (line, what), "{from} to {to}");
    }
}

#[test]
fn a_plugin_that_comes_or_goes_is_named() {
    let shout = "    shout filter.on-produce forward\n      - value \"a\"\n      + value \"A\"\n";
    assert_eq!(after(shout, "").kind, DifferenceKind::Missing("shout".into()));
    let twice = format!("    whisper filter.on-produce forward\n{shout}");
    assert_eq!(after(shout, &twice).kind, DifferenceKind::Added("whisper".into()));
    let last = "    partition-hash partitioner.partition-many partition 2 of 4\n";
    assert_eq!(after(last, "").kind, DifferenceKind::Missing("partition-hash".into()));
    let more = format!("{last}    upper transcoder.encode transcoded\n");
    assert_eq!(after(last, &more).kind, DifferenceKind::Added("upper".into()));
    let first = "    filter-json filter.on-consume forward\n";
    assert_eq!(after(first, "").kind, DifferenceKind::Missing("filter-json".into()));
    let missed = first.replace("filter.on-consume forward", "no instance failed: full");
    assert_eq!(after(first, &missed).kind, did("filter-json"));
}

#[test]
fn another_order_of_plugins_is_told_as_such() {
    let one =
        "x> P\n  publish a\n    b filter.on-produce forward\n    c filter.on-produce forward\n";
    let two =
        "x> P\n  publish a\n    c filter.on-produce forward\n    b filter.on-produce forward\n";
    let difference = compare(one, two, &[1]).unwrap();
    assert_eq!(difference.kind, DifferenceKind::Order("c".into(), "b".into()));
    assert_eq!(difference.kind.describe(), "c was called before b");
}

#[test]
fn what_no_plugin_did_is_not_blamed_on_one() {
    let cases = [
        ("stored orders/2 at 0", "stored orders/2 at 1", DifferenceKind::End),
        ("      value {}\n", "      value []\n", DifferenceKind::End),
        ("  publish orders\n", "  publish others\n", DifferenceKind::Messages),
        ("    shown\n", "    hidden\n", DifferenceKind::End),
        ("  < OK\n", "  < (error) NOAUTH\n", DifferenceKind::Reply),
        ("  < \"0-0\"\n", "", DifferenceKind::Reply),
        ("  < \"0-0\"\n", "  < \"0-0\"\n  shop < \"x\"\n", DifferenceKind::Reply),
        ("    2) x\n", "    2) y\n", DifferenceKind::Reply),
        ("       2) 1) \"0-0\"\n", "", DifferenceKind::Reply),
        ("@wait 5s", "@wait 6s", DifferenceKind::CallOutput),
    ];
    for (from, to, what) in cases {
        let difference = after(from, to);
        assert_eq!(difference.kind, what, "{from} to {to}");
        assert_eq!(difference.kind.plugin(), None);
    }
}

fn shown(difference: &Difference) -> Vec<String> {
    difference.lines.iter().map(|line| format!("{} {}", line.tag, line.text)).collect()
}

#[test]
fn the_lines_shown_are_those_of_the_first_place_with_their_step() {
    let difference = after("      + value \"A\"\n", "      + value \"B\"\n");
    assert_eq!(
        shown(&difference),
        [
            "  publish orders",
            "    shout filter.on-produce forward",
            "-     + value \"A\"",
            "+     + value \"B\"",
        ]
    );
    assert_eq!(difference.said, "client> XADD orders * value {}");
}

#[test]
fn a_long_difference_is_cut() {
    let long = "      one more line\n".repeat(50);
    let difference = after("      log info: seen\n", &long);
    assert_eq!(shown(&difference).last().unwrap(), "+   … 44 more lines");
}

#[test]
fn other_lines_that_differ_are_counted() {
    let new = ACCEPTED.replace("filter-json filter", "filter-xml filter");
    let difference = compare(ACCEPTED, &new, NUMBERS).unwrap();
    assert_eq!((difference.line, difference.more), (7, 1));
}

#[test]
fn a_longer_or_shorter_conversation_says_something_else() {
    let shorter = ACCEPTED.split_once("@wait").unwrap().0;
    let gone = compare(ACCEPTED, shorter, &NUMBERS[..2]).unwrap();
    assert_eq!((gone.line, &gone.kind), (7, &DifferenceKind::CallOutput));
    assert_eq!(shown(&gone), ["- @wait 5s"]);
    let added = compare(shorter, ACCEPTED, NUMBERS).unwrap();
    assert_eq!((added.line, added.said.as_str()), (8, "@wait 5s"));
    assert_eq!(compare("", ACCEPTED, NUMBERS).unwrap().line, 3);
    assert_eq!(compare(ACCEPTED, "", &[]).unwrap().line, 1);
}

#[test]
fn what_explain_tells_is_told_by_its_plugin_too() {
    let told = |lines: &[&str]| {
        let width = lines.len().to_string().len();
        let lines = lines.iter().zip(1..).map(|(line, number)| {
            format!("  {} {number:>width$}) {line}\n", if number == 1 { '<' } else { ' ' })
        });
        format!("client> explain XADD orders * a b\n{}", lines.collect::<Vec<_>>().concat())
    };
    let before = told(&[
        "publish orders",
        "  guard 0.1.0 (hash [HASH]) filter.on-produce forward, changed ([TIME])",
        "    value /card: \"4111\" → \"***\"",
        "  shout 0.1.0 (hash [HASH]) filter.on-produce forward ([TIME])",
        "  stored orders/0 at 0",
        "    key a",
        "    value b",
        "    value c",
        "    value d",
        "the reply would be \"0-0\"",
    ]);
    let of = |new: &str| compare(&before, new, &[3]).unwrap().kind;
    assert_eq!(of(&before.replace("***", "hidden")), did("guard"));
    let head = ["publish orders", "  guard 0.1.0 (hash [HASH]) filter.on-produce drop ([TIME])"];
    assert_eq!(of(&told(&head)), did("guard"));
    assert_eq!(
        of(&before.replace("filter.on-produce forward (", "no instance failed: x (")),
        did("shout")
    );
    assert_eq!(of(&before.replace("    key a", "    key b")), DifferenceKind::End);
    assert_eq!(compare(&before, &before, &[3]), None);
}
