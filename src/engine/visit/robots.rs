//! The answer to a request for robots.txt.

use http::StatusCode;

use super::{Context, Outcome, status_error};
use crate::engine::robots::{MAX_REDIRECTS, RobotsFile};
use crate::page::error::Result;
use crate::page::request::Request;
use crate::page::response::Response;
use crate::policy::redirect;
use crate::policy::robots::RobotsTxt;

impl Context {
    /// Returns the outcome of a request for robots.txt, by the kind of its answer (RFC 9309, section 2.3.1).
    pub(super) fn robots(&self, request: &Request, result: Result<Response>) -> Outcome {
        let response = match result {
            Ok(response) => response,
            Err(error) if error.kind().is_temporary() && self.may_retry(request) => {
                return Outcome::Retry(error);
            }
            Err(error) => return Outcome::RobotsUnreachable(error),
        };
        if self.accounts.are_challenged(request, &response) {
            return Outcome::Challenged;
        }
        let status = response.status();
        if status.is_success() {
            let file = RobotsTxt::parse(response.body());
            return Outcome::Robots(RobotsFile::Read {
                rules: file.for_agent(&self.user_agent),
                sitemaps: self.listed_sitemaps(&file),
            });
        }
        if let Some(moved) = moved_robots(request, &response) {
            return moved;
        }
        // 429 says nothing about the rules: it means "not now", like 5xx.
        let unreachable = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        match unreachable {
            true if self.may_retry(request) => Outcome::Retry(status_error(&response)),
            true => Outcome::RobotsUnreachable(status_error(&response)),
            false => Outcome::Robots(RobotsFile::Missing),
        }
    }
}

/// Returns the outcome of a robots.txt that has moved; one that has moved too far, or nowhere, counts as missing.
fn moved_robots(request: &Request, response: &Response) -> Option<Outcome> {
    let limit = u32::try_from(MAX_REDIRECTS).unwrap_or(u32::MAX);
    match redirect::follow(request, response.status(), response.headers(), limit) {
        Ok(Some(next)) if next.url().origin() != request.url().origin() => {
            Some(Outcome::RobotsMoved(next.unidentified()))
        }
        Ok(Some(next)) => Some(Outcome::RobotsMoved(next)),
        Ok(None) => None,
        Err(_) => Some(Outcome::Robots(RobotsFile::Missing)),
    }
}
