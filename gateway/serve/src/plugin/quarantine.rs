//! When a plugin that keeps failing is left alone, and when it is tried again.
//!
//! ```text
//!            N failures in a row                 time is over
//!  Trusted ──────────────────────▶ Quarantined ───────────────▶ Probing
//!     ▲                                ▲  failure: twice as long   │
//!     │                                └───────────────────────────┤
//!     └─────────────────────────── success ────────────────────────┘
//! ```

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::limits::{QUARANTINE_FIRST, QUARANTINE_LONGEST};

/// May the plugin be called now?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// Yes.
    Trusted,
    /// Yes, as the one try after a quarantine: report its outcome, or give it back.
    Probe,
    /// No, not before this time.
    Refused { until: Instant },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Trusted { failures: u32 },
    Quarantined { until: Instant, span: Duration },
    Probing { span: Duration },
}

/// The state of one plugin, shared by all that call it.
#[derive(Debug)]
pub(super) struct Quarantine {
    failures_max: u32,
    /// True while `state` is `Trusted` without failures: the usual case takes no lock.
    calm: AtomicBool,
    state: Mutex<State>,
}

impl Quarantine {
    /// A trusted plugin, quarantined after `failures_max` failures in a row.
    pub(super) fn new(failures_max: u32) -> Self {
        Self {
            failures_max: failures_max.max(1),
            calm: AtomicBool::new(true),
            state: Mutex::new(State::Trusted { failures: 0 }),
        }
    }

    /// Asks whether a call may begin at `now`.
    pub(super) fn admit(&self, now: Instant) -> Admission {
        if self.calm.load(Ordering::Acquire) {
            return Admission::Trusted;
        }
        self.change(|state| match *state {
            State::Trusted { .. } => Admission::Trusted,
            State::Quarantined { until, span } if now >= until => {
                *state = State::Probing { span };
                Admission::Probe
            }
            State::Quarantined { until, .. } => Admission::Refused { until },
            State::Probing { .. } => Admission::Refused { until: now },
        })
    }

    /// A call ended well.
    pub(super) fn succeeded(&self) {
        if self.calm.load(Ordering::Acquire) {
            return;
        }
        self.change(|state| match *state {
            // A call that began before the quarantine says nothing about the plugin now.
            State::Quarantined { .. } => {}
            State::Trusted { .. } | State::Probing { .. } => {
                *state = State::Trusted { failures: 0 };
            }
        });
    }

    /// A call failed at `now`; true if that began a quarantine.
    pub(super) fn failed(&self, now: Instant) -> bool {
        self.change(|state| {
            let span = match *state {
                State::Trusted { failures } if failures + 1 < self.failures_max => {
                    *state = State::Trusted { failures: failures + 1 };
                    return false;
                }
                State::Trusted { .. } => QUARANTINE_FIRST,
                State::Quarantined { .. } => return false,
                State::Probing { span } => (span * 2).min(QUARANTINE_LONGEST),
            };
            *state = State::Quarantined { until: now + span, span };
            true
        })
    }

    /// The probe was admitted but no call was made: the next caller may probe.
    pub(super) fn give_back_probe(&self, now: Instant) {
        self.change(|state| {
            if let State::Probing { span } = *state {
                *state = State::Quarantined { until: now, span };
            }
        });
    }

    /// Until when the plugin is not called; `None` while it is trusted.
    pub(super) fn until(&self, now: Instant) -> Option<Instant> {
        if self.calm.load(Ordering::Acquire) {
            return None;
        }
        self.change(|state| match *state {
            State::Trusted { .. } => None,
            State::Quarantined { until, .. } => Some(until),
            State::Probing { .. } => Some(now),
        })
    }

    /// One in the same state, for a fork of the plugin; a try under way here is one to come there.
    pub(super) fn copy(&self, now: Instant) -> Self {
        let state = self.change(|state| match *state {
            State::Probing { span } => State::Quarantined { until: now, span },
            other => other,
        });
        let calm = AtomicBool::new(state == State::Trusted { failures: 0 });
        Self { failures_max: self.failures_max, calm, state: Mutex::new(state) }
    }

    fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = act(&mut state);
        self.calm.store(*state == State::Trusted { failures: 0 }, Ordering::Release);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(quarantine: &Quarantine, times: u32, now: Instant) {
        for _ in 0..times {
            quarantine.failed(now);
        }
    }

    #[test]
    fn only_failures_in_a_row_count() {
        let (quarantine, now) = (Quarantine::new(5), Instant::now());
        for _ in 0..10 {
            fail(&quarantine, 4, now);
            assert_eq!(quarantine.admit(now), Admission::Trusted);
            quarantine.succeeded();
        }
        assert_eq!(quarantine.until(now), None);
        fail(&quarantine, 4, now);
        assert!(quarantine.failed(now), "the fifth begins a quarantine");
        let until = now + QUARANTINE_FIRST;
        assert_eq!(quarantine.admit(now), Admission::Refused { until });
        assert_eq!(quarantine.until(now), Some(until));
    }

    #[test]
    fn after_the_time_one_probe_is_let_through_and_decides() {
        let (quarantine, now) = (Quarantine::new(1), Instant::now());
        quarantine.failed(now);
        let later = now + QUARANTINE_FIRST;
        assert_eq!(quarantine.admit(later), Admission::Probe);
        assert_eq!(quarantine.admit(later), Admission::Refused { until: later });
        quarantine.succeeded();
        assert_eq!(quarantine.admit(later), Admission::Trusted);
    }

    #[test]
    fn each_failed_probe_doubles_the_time_up_to_a_bound() {
        let (quarantine, mut now) = (Quarantine::new(1), Instant::now());
        quarantine.failed(now);
        for expected in [1, 2, 4, 8, 16, 32, 60, 60] {
            let until = quarantine.until(now).expect("it is quarantined");
            assert_eq!(until - now, Duration::from_secs(expected));
            now = until;
            assert_eq!(quarantine.admit(now), Admission::Probe);
            assert!(quarantine.failed(now));
        }
    }

    #[test]
    fn a_probe_that_is_given_back_can_be_had_again() {
        let (quarantine, now) = (Quarantine::new(1), Instant::now());
        quarantine.failed(now);
        let later = now + QUARANTINE_FIRST;
        assert_eq!(quarantine.admit(later), Admission::Probe);
        quarantine.give_back_probe(later);
        assert_eq!(quarantine.admit(later), Admission::Probe);
    }

    #[test]
    fn calls_that_began_before_a_quarantine_do_not_end_or_lengthen_it() {
        let (quarantine, now) = (Quarantine::new(1), Instant::now());
        quarantine.failed(now);
        quarantine.succeeded();
        assert!(!quarantine.failed(now + QUARANTINE_FIRST / 2));
        let until = now + QUARANTINE_FIRST;
        assert_eq!(quarantine.admit(now), Admission::Refused { until });
    }
}
