//! Memory and processor time of this process, from the kernel.

use std::fs;

/// Memory and processor time.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessUsage {
    /// Anonymous memory: without pages of files.
    pub own_bytes: u64,
    /// Resident memory.
    pub resident_bytes: u64,
    /// Highest resident memory so far.
    pub peak_bytes: u64,
    /// Processor time in the kernel, in milliseconds.
    pub system_ms: u64,
    /// Processor time in the program, in milliseconds.
    pub user_ms: u64,
    /// Total memory of the machine.
    pub machine_bytes: u64,
}

/// A clock tick of the kernel in milliseconds; every Linux has 100 a second.
const TICK_MS: u64 = 10;

impl ProcessUsage {
    /// The usage now; `None` where there is no `/proc`. Reads no disk.
    pub fn of_this_process() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let machine = fs::read_to_string("/proc/meminfo").ok()?;
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The name in brackets may hold anything; user and system time are fields 14 and 15.
        let mut fields = stat.rsplit(')').next()?.split_ascii_whitespace().skip(11);
        let mut ticks = || fields.next()?.parse::<u64>().ok();
        Some(Self {
            user_ms: ticks()? * TICK_MS,
            system_ms: ticks()? * TICK_MS,
            own_bytes: bytes(&status, "RssAnon:")?,
            resident_bytes: bytes(&status, "VmRSS:")?,
            peak_bytes: bytes(&status, "VmHWM:")?,
            machine_bytes: bytes(&machine, "MemTotal:")?,
        })
    }
}

/// A line such as `VmRSS:  1234 kB`.
fn bytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.split_ascii_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_usage_of_this_process_is_known_on_linux() {
        let usage = ProcessUsage::of_this_process().unwrap();

        assert!(usage.own_bytes > 0 && usage.own_bytes <= usage.resident_bytes);
        assert!(usage.resident_bytes <= usage.peak_bytes);
        assert!(usage.peak_bytes < usage.machine_bytes);
    }
}
