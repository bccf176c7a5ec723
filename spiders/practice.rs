//! The practice site that a spider crawls unless it is given another one.

use crawlworks::testing::PracticeSite;
use crawlworks::{Args, Result};

/// Starts it on this port, or on that of `-a port=…`.
///
/// A free port would be another one in every process, and a crawl that was killed is resumed by another process: the
/// URLs that wait in its queue have the port of the first. So a spider has a port of its own. Where something else
/// listens on that, any free one does for a crawl that begins, but not for one that goes on; `-a port=…` is that port or
/// an error.
pub(crate) fn start(args: &mut Args, port: u16) -> Result<PracticeSite> {
    let on = |port| PracticeSite::builder().port(port).start();
    match args.get("port")? {
        Some(port) => on(port),
        None => on(port).or_else(|_| PracticeSite::start()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_in_nobodys_way_unless_it_was_chosen() {
        let taken = PracticeSite::start().unwrap();
        let port = taken.url().port().unwrap();
        let other = start(&mut Args::default(), port).unwrap();
        assert_ne!(other.url().port(), Some(port));
        let mut chosen = Args::new([("port", port.to_string())]);
        assert!(start(&mut chosen, 0).is_err());
    }
}
