//! What turns the plugins that run into the ones that are wanted: pure.

use std::collections::BTreeMap;

/// One thing to do about one plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is new, or its files are others than those in force.
    Load(String),
    /// Its files are those in force.
    Keep(String),
    /// Its file is gone.
    Drop(String),
}

/// Compares by name and files: new ones first, then those that go.
pub(super) fn plan<F: PartialEq>(
    running: &BTreeMap<String, F>,
    wanted: &BTreeMap<String, F>,
) -> Vec<Step> {
    let keep_or_load = wanted.iter().map(|(name, files)| match running.get(name) {
        Some(running) if running == files => Step::Keep(name.clone()),
        Some(_) | None => Step::Load(name.clone()),
    });
    let gone = running.keys().filter(|name| !wanted.contains_key(*name));
    keep_or_load.chain(gone.map(|name| Step::Drop(name.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, u32)]) -> BTreeMap<String, u32> {
        all.iter().map(|(name, files)| ((*name).to_owned(), *files)).collect()
    }

    #[test]
    fn only_what_changed_is_loaded_and_only_what_is_gone_is_dropped() {
        let running = files(&[("a", 1), ("b", 1), ("c", 1)]);
        let wanted = files(&[("b", 2), ("c", 1), ("d", 1)]);

        let steps = plan(&running, &wanted);

        let name = str::to_owned;
        assert_eq!(
            steps,
            [
                Step::Load(name("b")),
                Step::Keep(name("c")),
                Step::Load(name("d")),
                Step::Drop(name("a"))
            ]
        );
    }
}
