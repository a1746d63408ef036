//! Pages as they stand on terminals of many widths.

use console::Key;

use super::*;

const OLD: &str = "\
client> XADD orders * value '{\"id\": 7}'
  publish orders
    filter-json filter.on-produce forward
    stored orders/2 at 0 (chosen by the partitioner)
      value {\"id\":7}
  < \"1-2\"
";

fn changed() -> Pending {
    Pending {
        snapshot: PathBuf::from("conversations/orders.snap"),
        old: Some(OLD.into()),
        new: OLD.replace("on-produce forward", "on-produce drop"),
        cause: "orders.resp:3: filter-json did something else".into(),
    }
}

fn of(pending: &Pending, size: Size, keys: &str) -> String {
    let pending = [pending.clone()];
    let mut review = Review::new(&pending);
    page(&mut review, size, Colours::Off); // what fits is known once it was shown
    for key in keys.chars() {
        review.press(&Key::Char(key)).unwrap();
    }
    page(&mut review, size, Colours::Off)
}

#[test]
fn a_page_says_which_one_what_differs_and_which_keys_there_are() {
    let rule = "─".repeat(80);
    let wanted = format!(
        "\
1/1  conversations/orders.snap
orders.resp:3: filter-json did something else
{rule}
 1  1 │   client> XADD orders * value '{{\"id\": 7}}'
 2  2 │     publish orders
 3    │ -     filter-json filter.on-produce forward
    3 │ +     filter-json filter.on-produce drop
 4  4 │       stored orders/2 at 0 (chosen by the partitioner)
 5  5 │         value {{\"id\":7}}
 6  6 │     < \"1-2\"
{rule}
a accept  r reject  s skip  A R S all that remain  d whole file  ? help"
    );
    assert_eq!(of(&changed(), Size { width: 80, height: 30 }, ""), wanted);
}

#[test]
fn nothing_is_wider_or_higher_than_the_terminal() {
    let mut long = changed();
    long.new.push_str(&format!("client> XADD t * value {}\n", "x".repeat(700)));
    long.cause = "a cause in many words ".repeat(9);
    for width in 40..=200 {
        for keys in ["", "d", "?", "dG"] {
            let page = of(&long, Size { width, height: 24 }, keys);
            assert!(page.lines().all(|line| line.chars().count() <= width), "{width}:\n{page}");
            assert!(page.lines().count() <= 24, "{width}:\n{page}");
        }
    }
}

#[test]
fn more_than_a_page_is_read_with_the_keys() {
    let many = (1..=50).map(|line| format!("line {line}\n")).collect::<Vec<_>>().concat();
    let new = Pending { old: None, new: many, ..changed() };
    let size = Size { width: 80, height: 15 };
    let first = of(&new, size, "");
    assert!(first.contains("conversations/orders.snap  new"), "{first}");
    assert!(first.contains("rows 1 to 10 of 50"), "{first}");
    let next = of(&new, size, " ");
    assert!(next.contains("rows 11 to 20 of 50") && next.contains("line 15\n"), "{next}");
    assert!(of(&new, size, "G").contains("rows 41 to 50 of 50"));
}

#[test]
fn equal_texts_say_so() {
    let equal = Pending { new: OLD.into(), ..changed() };
    assert!(of(&equal, Size { width: 80, height: 20 }, "").contains("Not a line differs"));
}

#[test]
fn colours_are_there_only_when_asked_for() {
    let pending = [changed()];
    let size = Size { width: 80, height: 30 };
    let coloured = page(&mut Review::new(&pending), size, Colours::On);
    assert!(coloured.contains("\u{1b}[31m") && coloured.contains("\u{1b}[32m"), "{coloured}");
    assert!(!page(&mut Review::new(&pending), size, Colours::Off).contains('\u{1b}'));
}

#[test]
fn the_summary_counts_and_names() {
    let reviewed = Reviewed {
        accepted: vec!["a.snap".into()],
        rejected: vec![],
        skipped: vec!["b.snap".into(), "c.snap".into()],
    };
    let wanted = "\
1 accepted, 0 rejected, 2 skipped
  accepted  a.snap
  skipped   b.snap
  skipped   c.snap
";
    assert_eq!(summary(&reviewed, Colours::Off), wanted);
}
