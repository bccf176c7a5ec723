//! State of the shell from one command to the next, and the commands that change it.

mod effects;

use std::io;
use std::path::PathBuf;

use url::Origin;

use super::commands::{self, Act};
use super::look;
use super::page::Page;
use super::reply::{Done, Reply, fail};
use super::show::Body;
use crate::cli::exit::Failure;
use crate::cli::flags::PageFlags;
use crate::cli::flags::find;
use crate::cli::flags::input;
use crate::cli::one::{self, Patience};
use crate::cli::trial::{Made, SpiderFlags, Trial};
use crate::engine::job::Job;
use crate::page::request::Request;
pub(super) use effects::{browse, fetch, items, label, links, requests, save};

/// The page, the spider, and what was listed last.
#[derive(Debug)]
pub(super) struct Session<'a> {
    jobs: &'a [Job],
    flags: SpiderFlags,
    request: PageFlags,
    page: Option<Page>,
    /// The spider that was asked for last, by the word that it was asked for with.
    trial: Option<(String, Trial)>,
    /// Requests that the numbers of the last list stand for.
    listed: Vec<Request>,
    /// True if the page is new and [`Session::new_page`] has not returned it yet.
    is_new: bool,
    patience: Patience,
    /// Origin of the first request; `None` before it.
    origin: Option<Origin>,
}

impl<'a> Session<'a> {
    /// Returns a session with the spider of the flags, if there is one.
    ///
    /// # Errors
    /// Fails when there is no such spider, or it cannot begin.
    pub(super) fn new(
        jobs: &'a [Job],
        flags: SpiderFlags,
        request: PageFlags,
        patience: Patience,
    ) -> Result<Self, Failure> {
        let mut session = Self {
            jobs,
            flags,
            request,
            page: None,
            trial: None,
            listed: Vec::new(),
            is_new: false,
            patience,
            origin: None,
        };
        if let Some(name) = session.flags.spider.clone() {
            session.choose(&name)?;
        }
        Ok(session)
    }

    /// Returns the page, if it is another one than last time.
    pub(super) fn new_page(&mut self) -> Option<&Page> {
        std::mem::take(&mut self.is_new).then_some(self.page.as_ref())?
    }

    /// Returns the names of all spiders.
    pub(super) fn spiders(&self) -> Vec<String> {
        let spiders = find::all(self.jobs);
        spiders.iter().map(|job| job.name().to_owned()).collect()
    }

    /// Reads the page from a file.
    pub(super) fn open_file(&mut self, file: PathBuf, base: &str) -> Result<Reply, Failure> {
        let request = self.spiders_request(Request::from(input::url(base)?))?;
        self.read_file(file, request)
    }

    /// Fetches the page as a person names it.
    pub(super) fn open_url(&mut self, url: &str) -> Result<Reply, Failure> {
        let request = self.spiders_request(Request::from(input::url(url)?))?;
        self.go(request)
    }

    /// Fetches the first page of the spider, if there is one.
    pub(super) fn open_first(&mut self) -> Result<Reply, Failure> {
        let first = self
            .trial
            .as_ref()
            .and_then(|(_, trial)| trial.first())
            .cloned();
        match first {
            Some(request) => {
                let request = self.spiders_request(request)?;
                self.go(request)
            }
            None => Ok(Reply::told("no page yet: `fetch URL` gets one".to_owned())),
        }
    }

    /// Runs the command of a line, and shows its reply.
    ///
    /// # Errors
    /// Fails only when standard output cannot be written: any other error is printed.
    pub(super) fn run(&mut self, line: &str) -> io::Result<Done> {
        let (command, call) = match commands::read(line) {
            Ok(Some(read)) => read,
            Ok(None) => return Ok(Done::Idle),
            Err(failure) => return Ok(fail(&failure)),
        };
        let reply = match command.act {
            Act::Quit => return Ok(Done::Quit),
            Act::Look(look) => self
                .page()
                .and_then(|page| Ok(Reply::whole(look(page, call.rest)?))),
            Act::Tell(tell) => self.page().map(|page| Reply::whole(Body::Text(tell(page)))),
            Act::Do(act) => act(self, call),
        };
        match reply {
            Ok(reply) => reply.show(command, call),
            Err(failure) => Ok(fail(&failure)),
        }
    }

    fn page(&self) -> Result<&Page, Failure> {
        self.page.as_ref().ok_or_else(no_page)
    }

    /// Returns what the spider of this name makes of the page; an empty name means the spider used last.
    fn made(&mut self, name: &str) -> Result<Made, Failure> {
        self.page()?;
        if !name.is_empty() {
            self.choose(name)?;
        }
        let (_, trial) = self.trial.as_ref().ok_or_else(|| {
            Failure::usage(format!(
                "which spider? one of: {}",
                self.spiders().join(", ")
            ))
        })?;
        let mut made = trial.parse(self.page()?.response())?;
        for note in &mut made.notes {
            note.insert_str(0, "hint: ");
        }
        Ok(made)
    }

    fn choose(&mut self, name: &str) -> Result<(), Failure> {
        if self.trial.as_ref().is_none_or(|(chosen, _)| chosen != name) {
            let job = find::spider(self.jobs, name)?;
            let trial = Trial::open(&job, &self.flags, &self.request)?;
            self.trial = Some((name.to_owned(), trial));
        }
        Ok(())
    }

    /// Returns the first request, with all that the flags say of it.
    fn spiders_request(&self, request: Request) -> Result<Request, Failure> {
        match &self.trial {
            Some((_, trial)) => trial.request(request, &self.flags, &self.request),
            None => Ok(self.flags.on(self.request.on(request)?)?),
        }
    }

    fn read_file(&mut self, file: PathBuf, request: Request) -> Result<Reply, Failure> {
        self.origin.get_or_insert_with(|| request.url().origin());
        let response = input::page(&file, request.clone())?;
        Ok(self.arrive(Page::new(response, request, Some(file))))
    }

    /// Returns the request with the headers of the flags, which may be secrets, where they belong: at the site of the
    /// first page.
    fn dressed(&self, request: Request) -> Result<Request, Failure> {
        let is_foreign = |origin: &Origin| *origin != request.url().origin();
        if self.origin.as_ref().is_some_and(is_foreign) {
            return Ok(request);
        }
        self.request.on(request)
    }

    fn go(&mut self, request: Request) -> Result<Reply, Failure> {
        let asked = request.clone();
        self.origin.get_or_insert_with(|| asked.url().origin());
        let adjust = |settings: &mut _| {
            self.flags.apply(settings)?;
            self.request.apply(settings)
        };
        let outcome = match &self.trial {
            Some((_, trial)) => trial.fetch(request, self.patience)?,
            None => one::fetch(request, adjust, self.patience)?,
        };
        Ok(self.arrive(Page::new(outcome.answer()?, asked, None)))
    }

    fn arrive(&mut self, page: Page) -> Reply {
        let status = look::status(&page);
        self.page = Some(page);
        self.is_new = true;
        Reply::told(status)
    }
}

fn no_page() -> Failure {
    Failure::usage("no page yet: `fetch URL` gets one")
}
