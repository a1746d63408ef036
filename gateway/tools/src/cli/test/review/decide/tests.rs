//! Reviews of files in a temporary folder, key by key.

use tempfile::TempDir;

use super::*;

/// Pending snapshots of these names, each with an accepted one.
fn pending(folder: &TempDir, names: &[&str]) -> Vec<Pending> {
    let one = |name: &&str| {
        let snapshot = folder.path().join(format!("{name}.snap"));
        fs::write(&snapshot, "old").unwrap();
        fs::write(waiting(&snapshot), "new").unwrap();
        Pending { snapshot, old: Some("old".into()), new: "new".into(), cause: String::new() }
    };
    names.iter().map(one).collect()
}

/// What lies in the folder, by name.
fn files(folder: &TempDir) -> Vec<String> {
    let one = |entry: fs::DirEntry| {
        let text = fs::read_to_string(entry.path()).unwrap();
        format!("{} {text}", entry.file_name().to_str().unwrap())
    };
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().map(one).collect();
    files.sort();
    files
}

fn press(review: &mut Review, keys: &str) {
    for key in keys.chars() {
        review.press(&Key::Char(key)).unwrap();
    }
}

#[test]
fn one_is_accepted_one_rejected_one_skipped() {
    let folder = TempDir::new().unwrap();
    let pending = pending(&folder, &["a", "b", "c"]);
    let mut review = Review::new(&pending);
    press(&mut review, "ars");
    assert!(review.is_over());
    let wanted = ["a.snap new", "b.snap old", "c.snap old", "c.snap.new new"];
    assert_eq!(files(&folder), wanted);
    let Reviewed { accepted, rejected, skipped } = review.into_reviewed();
    let names = [&accepted, &rejected, &skipped];
    assert!(names.iter().zip(&pending).all(|(list, one)| **list == [one.snapshot.clone()]));
}

#[test]
fn capitals_decide_all_that_remain() {
    for (keys, wanted) in [
        ("sA", ["a.snap old", "a.snap.new new", "b.snap new", "c.snap new"].as_slice()),
        ("aR", &["a.snap new", "b.snap old", "c.snap old"]),
        ("rS", &["a.snap old", "b.snap old", "b.snap.new new", "c.snap old", "c.snap.new new"]),
        ("rq", &["a.snap old", "b.snap old", "b.snap.new new", "c.snap old", "c.snap.new new"]),
    ] {
        let folder = TempDir::new().unwrap();
        let pending = pending(&folder, &["a", "b", "c"]);
        let mut review = Review::new(&pending);
        press(&mut review, keys);
        assert!(review.is_over(), "{keys}");
        assert_eq!(files(&folder), wanted, "{keys}");
    }
}

#[test]
fn whoever_leaves_keeps_what_was_decided() {
    let folder = TempDir::new().unwrap();
    let pending = pending(&folder, &["a", "b"]);
    let mut review = Review::new(&pending);
    press(&mut review, "a");
    review.leave();
    assert_eq!(files(&folder), ["a.snap new", "b.snap old", "b.snap.new new"]);
    assert_eq!(review.into_reviewed().skipped, [pending[1].snapshot.clone()]);
}

#[test]
fn a_key_that_means_nothing_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let pending = pending(&folder, &["a"]);
    let before = files(&folder);
    let mut review = Review::new(&pending);
    press(&mut review, "xyzd7d");
    review.press(&Key::Escape).unwrap();
    assert_eq!(review.current().map(|(number, _)| number), Some(1));
    assert_eq!(files(&folder), before);
}

#[test]
fn the_key_that_ends_the_help_decides_nothing() {
    let folder = TempDir::new().unwrap();
    let pending = pending(&folder, &["a"]);
    let before = files(&folder);
    let mut review = Review::new(&pending);
    press(&mut review, "?A");
    assert!(!review.is_over() && !review.view.is_help);
    assert_eq!(files(&folder), before);
}

#[test]
fn a_pending_snapshot_that_is_gone_is_named() {
    let folder = TempDir::new().unwrap();
    let pending = pending(&folder, &["a"]);
    fs::remove_file(waiting(&pending[0].snapshot)).unwrap();
    for key in ['a', 'r'] {
        let error = Review::new(&pending).press(&Key::Char(key)).unwrap_err();
        assert!(format!("{error:#}").contains("a.snap.new"), "{error:#}");
    }
}

#[test]
fn rows_stay_within_what_there_is() {
    let mut view = View::default();
    assert_eq!(view.shown(100, 20), 0..20);
    view.scroll(&Key::PageDown);
    assert_eq!(view.shown(100, 20), 20..40);
    view.scroll(&Key::End);
    assert_eq!(view.shown(100, 20), 80..100);
    view.scroll(&Key::ArrowDown);
    assert_eq!(view.shown(100, 20), 80..100);
    view.scroll(&Key::ArrowUp);
    assert_eq!(view.shown(100, 20), 79..99);
    assert_eq!(view.shown(5, 20), 0..5);
}
