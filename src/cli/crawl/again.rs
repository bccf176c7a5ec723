//! The command that goes on with a job, from what its directory says of it.

use std::collections::BTreeMap;
use std::path::Path;

use url::Url;

use crate::cli::flags::find;
use crate::cli::flags::job_name;
use crate::cli::verbs::jobs;
use crate::engine::job::Job;
use crate::items::output::AnyOutput;
use crate::items::sink::Mode;
use crate::recipe::RECIPE;
use crate::store::state::RunFile;

const URL: &str = "url";
const CONTENT: &str = "content";
/// Name of the argument for the file of start URLs of `crawl site`.
const LIST: &str = "list";

/// Returns the arguments of a job of `crawl site`: its start URLs, and the flags about the content.
pub(in crate::cli) fn site_arguments(
    urls: &[Url],
    content: Option<&str>,
) -> BTreeMap<String, String> {
    // No URL has a space in it.
    let urls = urls.iter().map(Url::as_str).collect::<Vec<_>>().join(" ");
    let content = content.map(|form| (CONTENT.to_owned(), form.to_owned()));
    [(URL.to_owned(), urls)]
        .into_iter()
        .chain(content)
        .collect()
}

/// Returns the arguments of a job of `crawl site --list`: the file, and the flags about the content.
pub(in crate::cli) fn list_arguments(
    list: &Path,
    content: Option<&str>,
) -> BTreeMap<String, String> {
    let content = content.map(|form| (CONTENT.to_owned(), form.to_owned()));
    [(LIST.to_owned(), list.display().to_string())]
        .into_iter()
        .chain(content)
        .collect()
}

/// Returns the command that resumes this run, with the settings about its items and without others; none when it was
/// not begun by this program, as it is now.
pub(in crate::cli) fn command(run: &RunFile, directory: &Path, jobs: &[Job]) -> Option<String> {
    let mut words = of_site(run)
        .or_else(|| of_recipe(run))
        .or_else(|| of_spider(run, jobs))?;
    if directory != jobs::directory_of(&run.job) {
        words.extend(["--job".to_owned(), directory.display().to_string()]);
    }
    for (name, value) in &run.quality {
        words.extend(["-s".to_owned(), format!("{name}={value}")]);
    }
    for output in &run.outputs {
        words.extend(["-o".to_owned(), as_given(output).to_owned()]);
    }
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    Some(format!("crawl {}", words.join(" ")))
}

/// Returns the secret arguments that the command needs as well; they are not stored.
pub(in crate::cli) fn secrets(run: &RunFile, jobs: &[Job]) -> Vec<String> {
    let name = run.arguments.get(RECIPE).unwrap_or(&run.spider);
    let names = |job: &Job| {
        job.secrets()
            .iter()
            .map(|name| format!("-a {name}=…"))
            .collect()
    };
    find::noted(jobs, name).map_or_else(|_| Vec::new(), |found| names(&found))
}

/// Returns `site` with its URLs, if that command would have the job of this run.
fn of_site(run: &RunFile) -> Option<Vec<String>> {
    let content = run.arguments.get(CONTENT).map(String::as_str);
    let flags = content.into_iter().flat_map(|content| content.split(' '));
    let flags = flags.map(|flag| format!("--{flag}"));
    if let Some(list) = run.arguments.get(LIST) {
        let is_its = job_name::of_list(Path::new(list), content) == run.job;
        let words = ["site", "--list", list].map(str::to_owned);
        return is_its.then(|| words.into_iter().chain(flags).collect());
    }
    let urls: Result<Vec<Url>, _> = run.arguments.get(URL)?.split(' ').map(Url::parse).collect();
    let urls = urls.ok()?;
    if job_name::of_site(&urls, content) != run.job {
        return None;
    }
    let mut words = vec!["site".to_owned()];
    words.extend(urls.into_iter().map(String::from));
    words.extend(flags);
    Some(words)
}

/// Returns `run` with the spider and its arguments, if that command would have the job of this run.
fn of_spider(run: &RunFile, jobs: &[Job]) -> Option<Vec<String>> {
    let is_its = |job: &&Job| job_name::is_of_spider(&run.job, job.name(), &run.arguments);
    let spider = jobs.iter().find(is_its)?;
    let mut words = vec!["run".to_owned(), find::word_of_own(spider.name())];
    words.extend(given(run, None));
    Some(words)
}

/// Returns `run` with the file of a recipe and its arguments, if that command would have the job of this run.
fn of_recipe(run: &RunFile) -> Option<Vec<String>> {
    let file = run.arguments.get(RECIPE)?;
    let recipe = find::spider(&[], file).ok()?;
    let no_arguments = BTreeMap::new();
    let has = |arguments| job_name::is_of_spider(&run.job, recipe.name(), arguments);
    let is_plain = recipe.is_by_default(&run.arguments) && has(&no_arguments);
    if !is_plain && !has(&run.arguments) {
        return None;
    }
    let mut words = vec!["run".to_owned(), file.clone()];
    words.extend(given(run, Some(RECIPE)));
    Some(words)
}

/// Returns the arguments but for one.
fn given(run: &RunFile, without: Option<&str>) -> impl Iterator<Item = String> {
    run.arguments
        .iter()
        .filter(move |(name, _)| without != Some(name.as_str()))
        .flat_map(|(name, value)| ["-a".to_owned(), format!("{name}={value}")])
}

/// Returns an output without its format, if its name says that.
pub(super) fn as_given(output: &str) -> &str {
    let parse = |text| AnyOutput::parse(text, Mode::Append).ok();
    let known = parse(output);
    match output.rsplit_once(':') {
        Some((file, _)) if known.is_some() && parse(file) == known => file,
        _ => output,
    }
}

/// Returns a word as a shell reads it back.
pub(in crate::cli) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "%+,-./:=@_".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::crawler::Crawler;
    use crate::engine::job::Args;
    use crate::engine::site::Site;

    fn command_of(
        job: String,
        arguments: BTreeMap<String, String>,
        outputs: &[&str],
    ) -> Option<String> {
        let build = |_: &mut Args| Ok(Crawler::new(Site::new(Vec::<Url>::new())));
        let spiders = [Job::new("books", build), Job::new("quotes", build)];
        let outputs = outputs.iter().map(ToString::to_string).collect();
        let directory = jobs::directory_of(&job);
        let run = RunFile::new(job, "site".to_owned(), arguments, outputs);
        command(&run, &directory, &spiders)
    }

    #[test]
    fn a_spider_is_run_with_its_arguments_and_outputs() {
        let arguments = [("tag", "it's love"), ("url", "http://a.example/?a=1&b")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let arguments = BTreeMap::from(arguments);
        let job = job_name::of_spider("quotes", &arguments, &BTreeMap::new());
        let command = command_of(job, arguments, &["q.jsonl:jsonl", "q.txt:csv"]).unwrap();
        assert_eq!(
            command,
            r"crawl run quotes -a 'tag=it'\''s love' -a 'url=http://a.example/?a=1&b' -o q.jsonl -o q.txt:csv"
        );
    }

    #[test]
    fn a_site_is_crawled_from_its_urls() {
        let urls = ["http://a.example/", "http://b.example/x"].map(|url| Url::parse(url).unwrap());
        let job = job_name::of_site(&urls, Some("main text"));
        let command = command_of(job, site_arguments(&urls, Some("main text")), &[]);
        assert_eq!(
            command.unwrap(),
            "crawl site http://a.example/ http://b.example/x --main --text"
        );
    }

    #[test]
    fn a_spider_that_is_gone_has_no_command() {
        assert_eq!(command_of("authors".to_owned(), BTreeMap::new(), &[]), None);
    }

    #[test]
    fn what_is_asked_of_the_items_is_in_the_command() {
        let build = |_: &mut Args| Ok(Crawler::new(Site::new(Vec::<Url>::new())));
        let mut run = RunFile::new("quotes".into(), "quotes".into(), BTreeMap::new(), vec![]);
        let given = [("unique", "sku"), ("min_fill", "price=0.9,title=1")];
        run.quality = given
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let spiders = [Job::new("quotes", build)];
        let command = command(&run, &jobs::directory_of("quotes"), &spiders);
        assert_eq!(
            command.unwrap(),
            "crawl run quotes -s min_fill=price=0.9,title=1 -s unique=sku"
        );
    }

    #[test]
    fn a_directory_elsewhere_is_named() {
        let run = RunFile::new("quotes".into(), "quotes".into(), BTreeMap::new(), vec![]);
        let build = |_: &mut Args| Ok(Crawler::new(Site::new(Vec::<Url>::new())));
        let command = command(
            &run,
            Path::new("/var/my crawl"),
            &[Job::new("quotes", build)],
        );
        assert_eq!(command.unwrap(), "crawl run quotes --job '/var/my crawl'");
    }
}
