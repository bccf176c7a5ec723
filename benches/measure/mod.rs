//! What a process cost, as Linux tells it.

use std::error::Error;
use std::fs;

type Failure = Box<dyn Error + Send + Sync>;

/// The cost of this process so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// Seconds of CPU, user and system.
    pub(crate) cpu: f64,
    /// The same of all children that have ended.
    pub(crate) children_cpu: f64,
    /// Peak resident memory, in MiB.
    pub(crate) peak_mib: f64,
}

pub(crate) fn usage() -> Result<Usage, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold spaces; what follows it starts with field 3. Fields 14 to 17 are
    // in hundredths of a second on every Linux.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let ticks: Vec<u32> = fields
        .split_whitespace()
        .skip(11)
        .take(4)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [user, system, children_user, children_system] = ticks[..] else {
        return Err("no CPU times".into());
    };
    Ok(Usage {
        cpu: f64::from(user + system) / 100.0,
        children_cpu: f64::from(children_user + children_system) / 100.0,
        peak_mib: status_mib("VmHWM")?,
    })
}

/// What `/proc/self/status` says of this kind of memory, in MiB.
pub(crate) fn status_mib(kind: &str) -> Result<f64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let value = status
        .lines()
        .find_map(|line| line.strip_prefix(kind)?.strip_prefix(':'))
        .ok_or_else(|| format!("no {kind} in /proc/self/status"))?;
    let kib: u32 = value.trim().trim_end_matches(" kB").parse()?;
    Ok(f64::from(kib) / 1024.0)
}
