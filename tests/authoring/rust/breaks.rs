//! A filter that breaks in the ways that a plugin may.

use std::hint::black_box;

use sluicegate_plugin::{AnySettings, Filter, Message, Plugin, Verdict, export};

/// Holds what it allocates.
#[derive(Debug)]
pub struct Breaks {
    kept: Vec<Vec<u8>>,
}

impl Plugin for Breaks {
    type Settings = AnySettings;

    fn configure(_: AnySettings) -> Result<Self, String> {
        Ok(Self { kept: Vec::new() })
    }
}

impl Filter for Breaks {
    fn on_produce(&mut self, message: &mut Message) -> Verdict {
        match message.value() {
            Some(b"panic") => fall(),
            Some(b"index") => look_behind(message.value().unwrap_or_default()),
            Some(b"loop") => loop {
                black_box(());
            },
            Some(b"memory") => loop {
                self.kept.push(black_box(Vec::with_capacity(1 << 24)));
            },
            _ => {}
        }
        Verdict::Forward
    }
}

#[inline(never)]
fn fall() {
    panic!("boom");
}

#[inline(never)]
fn look_behind(value: &[u8]) {
    black_box(value[black_box(value.len()) + 2]);
}

export!(Breaks: Filter);
