//! The practice site on its own, for spiders that are being written.

use std::io::{self, Write};

use tokio::sync::oneshot;
use url::Url;

use crate::cli::crawl;
use crate::cli::crawl::signals;
use crate::cli::exit::{Exit, Outcome};
use crate::testing::PracticeSite;

const THREADS: usize = 2;

const PARTS: &[(&str, &str)] = &[
    ("quotes/", "100 quotes on 10 pages"),
    ("shop/", "1,000 books in 50 categories"),
    ("api/quotes?page=1", "the quotes as JSON, by page"),
    ("api/books?offset=0", "the books as JSON, by offset"),
    ("login", "a form with a token, and cookies"),
    ("robots.txt", "sitemap.xml, feed.xml, atom.xml"),
    ("web/100000/0", "a web of any size"),
    ("delay/1?ms=1000", "a page that takes its time"),
    ("hazards/", "all that can go wrong (disallowed)"),
];

/// Serves until a signal, or until standard input ends.
pub(super) fn serve(port: u16, until_eof: bool) -> Outcome {
    let site = PracticeSite::builder()
        .port(port)
        .threads(THREADS)
        .log(false)
        .start()?;
    let runtime = crawl::runtime()?;
    runtime.block_on(async {
        // Before anybody is told that it is up: who knows that may stop it.
        let stop = signals::first()?;
        announce(&site.url(), until_eof)?;
        tokio::select! {
            () = stop => {}
            _ = end_of_input(), if until_eof => {}
        }
        io::Result::Ok(())
    })?;
    runtime.shutdown_background();
    Ok(Exit::Finished)
}

/// Prints where the site is.
fn announce(url: &Url, until_eof: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{url}")?;
    // A program that started this one reads one line and no more.
    if !until_eof {
        print_parts(&mut out, url)?;
    }
    out.flush()
}

fn print_parts(out: &mut impl Write, url: &Url) -> io::Result<()> {
    writeln!(out)?;
    for (part, about) in PARTS {
        writeln!(out, "  {:<42}  {about}", format!("{url}{part}"))?;
    }
    writeln!(out, "\nCtrl-C stops it.")
}

/// Completes when whoever started this process is gone.
fn end_of_input() -> oneshot::Receiver<()> {
    let (end, ended) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = end.send(());
    });
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_fit_a_terminal() {
        let mut out = Vec::new();
        print_parts(&mut out, &Url::parse("http://127.0.0.1:65535/").unwrap()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    }
}
