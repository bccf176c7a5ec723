//! The `crawl` command with its bundled spiders: what a project of your own looks like.

mod books;
mod practice;
mod quotes;

fn main() -> std::process::ExitCode {
    crawlworks::cli::run([quotes::job(), books::job()])
}
