//! One child process, its log, and its end.

use std::{
    fs, io,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use rustix::process::{Pid, Signal};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
    time::timeout,
};

/// Longest wait for anything a healthy process does; generous, since CI machines are slow.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running program. It is killed, by its own process id, when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    pid: Pid,
    log: Log,
}

/// What a process wrote on its standard output and standard error so far.
#[derive(Clone, Debug)]
pub struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    changed: watch::Sender<usize>,
}

impl Process {
    /// Starts `command` and begins to collect what it writes.
    pub fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("starting {command:?}: {error}"));
        let id = child.id().expect("the process was not waited for yet");
        let pid = Pid::from_raw(i32::try_from(id).expect("process ids are small")).expect("not 0");
        let log = Log { lines: Arc::default(), changed: watch::channel(0).0 };
        tokio::spawn(log.clone().collect(child.stdout.take().expect("it is piped")));
        tokio::spawn(log.clone().collect(child.stderr.take().expect("it is piped")));
        Self { child, pid, log }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// What it wrote.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// True until it ends.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        // A process that has just ended cannot take it, and need not.
        let _ = rustix::process::kill_process(self.pid, signal);
    }

    /// Ends it as a power cut would: SIGKILL, then waits until it is gone.
    pub async fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.wait().await.expect("a killed process ends");
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// If it has not ended after [`PATIENCE`].
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the process did not end"))?
    }

    /// Memory it holds now, in KiB.
    pub fn resident_kib(&self) -> u64 {
        self.status_kib("VmRSS:")
    }

    /// Memory it took itself, in KiB: without pages of the program's file, which the kernel takes
    /// and gives back as it likes.
    pub fn anonymous_kib(&self) -> u64 {
        self.status_kib("RssAnon:")
    }

    fn status_kib(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).expect("it lives");
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|rest| rest.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).expect("the kernel tells it")
    }

    /// The same to the nanosecond, of the threads that live.
    ///
    /// # Panics
    /// If it has ended.
    pub fn time_on_processors(&self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.id())).expect("it lives");
        let times = threads.flatten().filter_map(|thread| {
            // A thread may end meanwhile.
            let stat = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            stat.split_whitespace().next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(times.sum())
    }

    /// Processor time it used so far, user and system.
    pub fn processor_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id())).expect("it lives");
        let after_name = stat.rsplit(')').next().expect("a name stands in brackets");
        let ticks: u64 = after_name
            .split_whitespace()
            .skip(11) // utime and stime are fields 14 and 15; the name was the second
            .take(2)
            .map(|ticks| ticks.parse::<u64>().expect("ticks are a number"))
            .sum();
        Duration::from_millis(ticks * 10) // USER_HZ is 100 on every Linux
    }
}

impl Log {
    /// All lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("no writer panics").clone()
    }

    /// All lines so far, as one text.
    pub fn text(&self) -> String {
        self.lines().join("\n")
    }

    /// Waits for a line that holds `words`, and returns it; `None` after [`PATIENCE`].
    pub async fn wait_for(&self, words: &str) -> Option<String> {
        let mut changed = self.changed.subscribe();
        let found = async {
            loop {
                let line = self.lines().into_iter().find(|line| line.contains(words));
                if line.is_some() || changed.changed().await.is_err() {
                    return line;
                }
            }
        };
        timeout(PATIENCE, found).await.ok().flatten()
    }

    async fn collect(self, from: impl AsyncRead + Unpin) {
        let mut lines = BufReader::new(from).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            self.lines.lock().expect("no reader panics").push(line);
            self.changed.send_modify(|count| *count += 1);
        }
    }
}
