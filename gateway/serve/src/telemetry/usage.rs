//! What the kernel tells about this process.

use std::fs;

/// Memory and processor time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Memory the process took itself: without pages of files.
    pub own_bytes: u64,
    /// Memory it holds now.
    pub resident_bytes: u64,
    /// Most it held.
    pub peak_bytes: u64,
    /// Processor time in the kernel, in milliseconds.
    pub system_ms: u64,
    /// Processor time in the program, in milliseconds.
    pub user_ms: u64,
    /// Memory of the machine.
    pub machine_bytes: u64,
}

/// A tick of the kernel's in milliseconds; 100 a second on every Linux.
const TICK_MS: u64 = 10;

impl Usage {
    /// What it takes now; `None` where the kernel does not tell. Reads files that lie in memory.
    pub fn of_this_process() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let machine = fs::read_to_string("/proc/meminfo").ok()?;
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // A name stands in brackets and may hold anything; user and system time are fields 14, 15.
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
    fn the_kernel_tells_what_this_process_takes() {
        let usage = Usage::of_this_process().unwrap();

        assert!(usage.own_bytes > 0 && usage.own_bytes <= usage.resident_bytes);
        assert!(usage.resident_bytes <= usage.peak_bytes);
        assert!(usage.peak_bytes < usage.machine_bytes);
    }
}
