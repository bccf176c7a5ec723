//! The commands that do more than look at the page.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::super::browser;
use super::super::commands::Call;
use super::super::look;
use super::super::reply::Reply;
use super::super::show::Body;
use super::{Session, no_page};
use crate::cli::exit::Failure;
use crate::cli::flags::input;
use crate::cli::verbs::parse::request_line;
use crate::page::error::{Error, ErrorKind};
use crate::page::request::Request;

/// Runs `links [PATTERN]`.
pub(in crate::cli::shell) fn links(
    session: &mut Session<'_>,
    call: Call<'_>,
) -> Result<Reply, Failure> {
    let links = look::links(session.page()?, call.rest)?;
    let shown = links.iter().map(ToString::to_string).collect();
    session.listed = links.into_iter().map(Request::from).collect();
    Ok(Reply::whole(Body::Values(shown)))
}

/// Runs `items [SPIDER]`.
pub(in crate::cli::shell) fn items(
    session: &mut Session<'_>,
    call: Call<'_>,
) -> Result<Reply, Failure> {
    let made = session.made(call.rest)?;
    Ok(Reply {
        body: Some(Body::Items(made.items)),
        told: made.notes,
        error: made.error,
    })
}

/// Runs `requests [SPIDER]`.
pub(in crate::cli::shell) fn requests(
    session: &mut Session<'_>,
    call: Call<'_>,
) -> Result<Reply, Failure> {
    let made = session.made(call.rest)?;
    let requests = made.requests.iter();
    let lines = requests
        .map(|(request, verdict)| request_line(request, *verdict))
        .collect();
    session.listed = made
        .requests
        .into_iter()
        .map(|(request, _)| request)
        .collect();
    Ok(Reply {
        body: Some(Body::Values(lines)),
        told: made.notes,
        error: made.error,
    })
}

/// Runs `label [LABEL]`.
pub(in crate::cli::shell) fn label(
    session: &mut Session<'_>,
    call: Call<'_>,
) -> Result<Reply, Failure> {
    let page = session.page.as_mut().ok_or_else(no_page)?;
    if !call.rest.is_empty() {
        page.set_label(call.rest);
    }
    let label = page.response().label();
    Ok(Reply::told(label.map_or_else(
        || "no label".to_owned(),
        |label| format!("label: {label}"),
    )))
}

/// Runs `fetch [URL|NUMBER]`.
pub(in crate::cli::shell) fn fetch(
    session: &mut Session<'_>,
    call: Call<'_>,
) -> Result<Reply, Failure> {
    if call.rest.is_empty() {
        let page = session.page()?;
        let request = page.asked().clone();
        return match page.file().cloned() {
            Some(file) => session.read_file(file, request),
            None => session.go(request),
        };
    }
    if let Ok(number) = call.rest.parse::<usize>() {
        let listed = number.checked_sub(1).and_then(|at| session.listed.get(at));
        let request = listed.cloned().ok_or_else(|| {
            Failure::usage(format!("no {number} in the last list of links or requests"))
        })?;
        return session.go(session.dressed(request)?);
    }
    let url = match &session.page {
        Some(page) => page.join(call.rest)?,
        None => input::url(call.rest)?,
    };
    session.go(session.dressed(Request::from(url))?)
}

/// Runs `open`.
pub(in crate::cli::shell) fn browse(
    session: &mut Session<'_>,
    _: Call<'_>,
) -> Result<Reply, Failure> {
    let file = browser::save(session.page()?)?;
    let shown = Reply::whole(Body::Text(file.display().to_string()));
    Ok(match browser::open(&file) {
        Ok(()) => shown,
        Err(error) => Reply {
            told: vec![format!(
                "hint: no browser could be started ({error}); open that file"
            )],
            ..shown
        },
    })
}

/// Runs `save FILE`.
pub(in crate::cli::shell) fn save(
    session: &mut Session<'_>,
    call: Call<'_>,
) -> Result<Reply, Failure> {
    let path = Path::new(call.rest);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    options.create_new(!call.all);
    let body = session.page()?.response().body();
    let written = options.open(path).and_then(|mut file| file.write_all(body));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let message = format!("{} is there already; `save!` replaces it", path.display());
            Error::new(ErrorKind::Storage, message)
        }
        _ => Error::new(
            ErrorKind::Storage,
            format!("cannot write {}", path.display()),
        )
        .with_source(error),
    })?;
    Ok(Reply::told(format!(
        "{} bytes in {}",
        body.len(),
        path.display()
    )))
}
