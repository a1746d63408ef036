//! What was measured, as tables: in columns for a terminal, or in Markdown.

use std::thread;

use super::{
    call_kind::CallKind,
    call_time::CallTime,
    measure::Measurement,
    rounds::{ROUND, ROUNDS},
};
use crate::cli::plugin::units::{size, time, time_of_nanoseconds};

/// The gateway's own part, and the plugins.
#[derive(Debug)]
pub(super) struct Report {
    /// Of the plugin that does nothing.
    pub(super) host: Measurement,
    pub(super) plugins: Vec<Measurement>,
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

    fn files(&self) -> TextTable {
        let memory = format!("memory, then after {} calls", self.calls);
        let mut grid = TextTable::new(&[
            "plugin",
            "size",
            "compile",
            "load",
            "instance",
            "first call",
            &memory,
        ]);
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
    fn each_call(&self) -> TextTable {
        let mut grid = TextTable::new(&[
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
    fn calls_of_all(&self) -> TextTable {
        let has = |kind: &CallKind| {
            self.plugins.iter().any(|plugin| plugin.calls.iter().any(|call| call.kind == *kind))
        };
        let kinds: Vec<_> = CallKind::ALL.into_iter().filter(has).collect();
        let mut heads = vec!["total (plugin's own)"];
        heads.extend(kinds.iter().map(|kind| kind.name()));
        let mut grid = TextTable::new(&heads);
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

    fn cell(&self, plugin: &Measurement, kind: CallKind) -> String {
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
    fn host_time(&self, kind: CallKind) -> f64 {
        let call = self.host.calls.iter().find(|call| call.kind == kind);
        call.and_then(|call| call.time.as_ref().ok()).map_or(0.0, |time| time.best)
    }

    fn own(&self, kind: CallKind, total: f64) -> f64 {
        (total - self.host_time(kind)).max(0.0)
    }

    fn notes(&self) -> String {
        let all = self.plugins.iter().chain([&self.host]).flat_map(|plugin| &plugin.calls);
        let noise = |timed: &CallTime| timed.time.as_ref().ok().map(|time| time.noise());
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

/// Heads and rows of equal length.
#[derive(Debug)]
pub(super) struct TextTable {
    rows: Vec<Vec<String>>,
}

impl TextTable {
    pub(super) fn new(heads: &[&str]) -> Self {
        Self { rows: vec![heads.iter().map(ToString::to_string).collect()] }
    }

    /// Adds a row with a cell for each head.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// In columns as wide as they need to be.
    pub(super) fn text(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let mut text = String::new();
        for row in &self.rows {
            let cells = row.iter().enumerate().map(|(at, cell)| format!("{cell:<0$}", width(at)));
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text
    }

    /// As Markdown.
    pub(super) fn markdown(&self) -> String {
        let mut text = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            let cells: Vec<_> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
            if at == 0 {
                text.push_str(&format!("|{}\n", "---|".repeat(row.len())));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    //! Reports made by hand, and their text.

    use std::{sync::Arc, time::Duration};

    use sluicegate::plugin::CallError;

    use super::*;
    use crate::cli::plugin::bench::{memory::Memory, rounds::Nanoseconds};

    fn nanoseconds(best: f64) -> Nanoseconds {
        Nanoseconds { best, median: best * 1.1 }
    }

    fn measured(name: &str, calls: Vec<CallTime>) -> Measurement {
        Measurement {
            name: name.into(),
            bytes: 14_438,
            compile: Duration::from_millis(14),
            load: Duration::from_micros(20),
            ready: Duration::from_micros(6),
            first_call: Some(Duration::from_micros(9)),
            memory: Memory {
                start: 1 << 20,
                highest: 3 << 20,
                last: 2 << 20,
                calls: 100,
                replaced: 1,
            },
            checkout: nanoseconds(80.0),
            calls,
        }
    }

    fn call(kind: CallKind, best: f64) -> CallTime {
        let time = Ok(nanoseconds(best));
        CallTime { kind, time, answer: "forward".into(), bytes_in: 200, bytes_out: 0 }
    }

    fn report() -> Report {
        let trapped = CallError::Trapped {
            plugin: Arc::from("guard"),
            call: "router.route",
            trap: "boom".into(),
        };
        let broken = CallTime { time: Err(trapped), ..call(CallKind::Route, 0.0) };
        Report {
            host: measured(
                "nothing",
                vec![call(CallKind::OnProduce, 150.0), call(CallKind::Route, 200.0)],
            ),
            plugins: vec![
                measured("guard", vec![call(CallKind::OnProduce, 1_150.0), broken]),
                measured("quick", vec![call(CallKind::OnProduce, 140.0)]),
            ],
            calls: 100,
        }
    }

    #[test]
    fn a_terminal_gets_every_call_with_its_answer() {
        let text = report().text();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[..7],
            [
                "plugin  size      compile  load     instance  first call  memory, then after 100 calls",
                "guard   14.1 KiB  14.0 ms  20.0 µs  6.00 µs   9.00 µs     1.0 MiB, 2.0 MiB (highest 3.0 MiB), 1 replaced",
                "quick   14.1 KiB  14.0 ms  20.0 µs  6.00 µs   9.00 µs     1.0 MiB, 2.0 MiB (highest 3.0 MiB), 1 replaced",
                "",
                "plugin  call        total    gateway  plugin's own  in     out  answer",
                "guard   on-produce  1.15 µs  150 ns   1.00 µs       200 B  0 B  forward",
                "guard   route       –        200 ns   –             200 B  0 B  \
                 FAILED: plugin `guard` trapped in router.route: boom",
            ]
        );
        assert!(text.contains("giving it back: 80 ns once a burst"), "{text}");
        assert!(text.contains("took 10 % more, 10 % at worst"), "{text}");
    }

    #[test]
    fn a_page_gets_a_line_a_plugin_and_the_gateways_part_apart() {
        let text = report().markdown();
        for line in [
            "| total (plugin's own) | on-produce | route |",
            "|---|---|---|",
            "| guard | 1.15 µs (1.00 µs) | failed |",
            "| quick | 140 ns (0 ns) | – |",
            "| the gateway alone | 150 ns | 200 ns |",
        ] {
            assert!(text.lines().any(|other| other == line), "no {line}\n{text}");
        }
    }
}
