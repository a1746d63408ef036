//! What was measured, as tables: in columns for a terminal, or in Markdown.

use std::thread;

use super::{
    clock::{ROUND, ROUNDS},
    kind::Kind,
    measure::Measured,
    timed::Timed,
};
use crate::cli::plugin::words::{size, time, time_of_nanoseconds};

mod grid;

use grid::Grid;

/// The gateway's own part, and the plugins.
#[derive(Debug)]
pub(super) struct Report {
    /// Of the plugin that does nothing.
    pub(super) host: Measured,
    pub(super) plugins: Vec<Measured>,
    /// Calls after which memory was to be looked at.
    pub(super) calls: u64,
}

impl Report {
    /// For a terminal: every call on a line of its own.
    pub(super) fn text(&self) -> String {
        let (files, calls) = (self.files().text(), self.each_call().text());
        format!("{files}\n{calls}\n{}", self.notes())
    }

    /// For a page: a line a plugin.
    pub(super) fn markdown(&self) -> String {
        let (files, calls) = (self.files().markdown(), self.calls_of_all().markdown());
        format!("{files}\n{calls}\n{}", self.notes())
    }

    fn files(&self) -> Grid {
        let memory = format!("memory, then after {} calls", self.calls);
        let mut grid =
            Grid::new(&["plugin", "size", "compile", "load", "instance", "first call", &memory]);
        for plugin in &self.plugins {
            let memory = plugin.memory;
            let mut shown = format!("{}, {}", size(memory.start), size(memory.last));
            if memory.highest > memory.last {
                shown += &format!(" (highest {})", size(memory.highest));
            }
            if memory.replaced > 0 {
                shown += &format!(", {} replaced", memory.replaced);
            }
            match memory.calls {
                0 => shown = format!("{}, no call gives an answer", size(memory.start)),
                calls if calls < self.calls => shown += &format!(", only {calls} calls in time"),
                _ => {}
            }
            grid.row(vec![
                plugin.name.clone(),
                size(plugin.bytes),
                time(plugin.compile),
                time(plugin.load),
                time(plugin.ready),
                plugin.first_call.map_or_else(|| "–".into(), time),
                shown,
            ]);
        }
        grid
    }

    /// One line a call, with its answer.
    fn each_call(&self) -> Grid {
        let mut grid = Grid::new(&[
            "plugin",
            "call",
            "total",
            "gateway",
            "plugin's own",
            "in",
            "out",
            "answer",
        ]);
        for plugin in &self.plugins {
            for timed in &plugin.calls {
                let (total, own, answer) = match &timed.time {
                    Ok(time) => {
                        let own = time_of_nanoseconds(self.own(timed.kind, time.best));
                        (time_of_nanoseconds(time.best), own, timed.answer.clone())
                    }
                    Err(error) => ("–".into(), "–".into(), format!("FAILED: {error}")),
                };
                grid.row(vec![
                    plugin.name.clone(),
                    timed.kind.name().into(),
                    total,
                    time_of_nanoseconds(self.host_time(timed.kind)),
                    own,
                    size(timed.bytes_in),
                    size(timed.bytes_out),
                    answer,
                ]);
            }
        }
        grid
    }

    /// One line a plugin: the whole time of each call, and the plugin's own part.
    fn calls_of_all(&self) -> Grid {
        let has = |kind: &Kind| {
            self.plugins.iter().any(|plugin| plugin.calls.iter().any(|call| call.kind == *kind))
        };
        let kinds: Vec<_> = Kind::ALL.into_iter().filter(has).collect();
        let mut heads = vec!["total (plugin's own)"];
        heads.extend(kinds.iter().map(|kind| kind.name()));
        let mut grid = Grid::new(&heads);
        for plugin in &self.plugins {
            let mut row = vec![plugin.name.clone()];
            row.extend(kinds.iter().map(|kind| self.cell(plugin, *kind)));
            grid.row(row);
        }
        let mut row = vec!["the gateway alone".to_owned()];
        row.extend(kinds.iter().map(|kind| time_of_nanoseconds(self.host_time(*kind))));
        grid.row(row);
        grid
    }

    fn cell(&self, plugin: &Measured, kind: Kind) -> String {
        let call = plugin.calls.iter().find(|call| call.kind == kind);
        match call.map(|call| &call.time) {
            None => "–".into(),
            Some(Err(_)) => "failed".into(),
            Some(Ok(time)) => {
                let own = self.own(kind, time.best);
                format!("{} ({})", time_of_nanoseconds(time.best), time_of_nanoseconds(own))
            }
        }
    }

    /// What the same call of the plugin that does nothing takes.
    fn host_time(&self, kind: Kind) -> f64 {
        let call = self.host.calls.iter().find(|call| call.kind == kind);
        call.and_then(|call| call.time.as_ref().ok()).map_or(0.0, |time| time.best)
    }

    fn own(&self, kind: Kind, total: f64) -> f64 {
        (total - self.host_time(kind)).max(0.0)
    }

    fn notes(&self) -> String {
        let all = self.plugins.iter().chain([&self.host]).flat_map(|plugin| &plugin.calls);
        let noise = |timed: &Timed| timed.time.as_ref().ok().map(|time| time.noise());
        let mut noise: Vec<f64> = all.filter_map(noise).collect();
        noise.sort_by(f64::total_cmp);
        let (usual, worst) = (noise.get(noise.len() / 2), noise.last());
        let debug = if cfg!(debug_assertions) {
            "\nThis program was built without optimisation: the gateway's part is longer than it would be."
        } else {
            ""
        };
        format!(
            "Taking an instance and giving it back: {} once a burst. A call of a plugin that does nothing is \
             the gateway's part of a call; what a plugin asks of the gateway meanwhile is in its own.\n\
             Best of {ROUNDS} rounds of {} ms, {} processors; the median round took {:.0} % more, {:.0} % \
             at worst.{debug}\n",
            time_of_nanoseconds(self.host.checkout.best),
            ROUND.as_millis(),
            thread::available_parallelism().map_or(1, usize::from),
            usual.copied().unwrap_or_default(),
            worst.copied().unwrap_or_default(),
        )
    }
}

#[cfg(test)]
mod tests;
