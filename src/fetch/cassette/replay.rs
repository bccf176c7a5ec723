//! A [`Replay`]: a downloader that answers from a cassette.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::asked::Asked;
use super::exchange::Exchange;
use crate::fetch::downloader::Downloader;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::page::response::Response;

/// Answers from a [`Cassette`](super::Cassette), without a network. Clones share what was asked for.
///
/// Requests are told apart by method, canonical URL, session and body; headers do not count. A request that was recorded
/// several times gets its answers in order, and the last one from then on. A robots.txt that is not on the cassette is
/// answered with 404, any other request with an error of kind [`Unrecorded`](ErrorKind::Unrecorded) that names the
/// nearest one.
#[derive(Debug, Clone)]
pub struct Replay {
    exchanges: Arc<[Exchange]>,
    // Held for a look-up, never across an await.
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    answers: HashMap<Asked, Answers>,
    /// The exchanges that were given so far, by their numbers, in order and once each.
    given: Vec<usize>,
    is_given: HashSet<usize>,
    unrecorded: Vec<Asked>,
}

/// The answers to one request.
#[derive(Debug, Default)]
struct Answers {
    /// Numbers of exchanges, by answer: the last is that of the answer; before it are those that it replaces.
    steps: Vec<Vec<usize>>,
    next: usize,
}

impl Replay {
    pub(super) fn new(exchanges: Vec<Exchange>) -> Self {
        Self::of(exchanges, |_| false)
    }

    /// A replay for a crawl that tries nothing twice: of what made the recorded crawl ask again, only the last is given.
    pub(crate) fn settled(exchanges: Vec<Exchange>) -> Self {
        Self::of(exchanges, Exchange::is_asked_again)
    }

    fn of(exchanges: Vec<Exchange>, is_passed_over: impl Fn(&Exchange) -> bool) -> Self {
        let mut state = State::default();
        let mut passed_over = HashSet::new();
        for (number, exchange) in exchanges.iter().enumerate() {
            let answers = state.answers.entry(exchange.asked.clone()).or_default();
            let last = answers.steps.last_mut();
            match last.filter(|last| last.last().is_some_and(|last| passed_over.contains(last))) {
                Some(last) => last.push(number),
                None => answers.steps.push(vec![number]),
            }
            if is_passed_over(exchange) {
                passed_over.insert(number);
            }
        }
        Self {
            exchanges: exchanges.into(),
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Returns the requests on the cassette that were not asked for so far, as `GET https://example.com/`, in the order
    /// of the cassette.
    #[must_use]
    pub fn unused(&self) -> Vec<String> {
        let state = self.state();
        let exchanges = self.exchanges.iter().enumerate();
        let unused = exchanges
            .filter(|(number, exchange)| !state.is_given.contains(number) && !exchange.is_spare);
        unused.map(|(_, exchange)| exchange.to_string()).collect()
    }

    /// Returns the requests that were asked for and are not on the cassette, once each, in order.
    #[must_use]
    pub fn unrecorded(&self) -> Vec<String> {
        self.state()
            .unrecorded
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    /// The exchanges of a cassette on which there is exactly what was asked for so far: first what was fetched, in order,
    /// then what was not.
    pub(crate) fn asked(&self) -> Vec<Exchange> {
        let state = self.state();
        let given = state
            .given
            .iter()
            .filter_map(|number| self.exchanges.get(*number));
        let given = given.cloned().map(Exchange::needed);
        let (beyond, mut asked): (Vec<_>, Vec<_>) = given.partition(Exchange::is_beyond);
        asked.extend(beyond);
        asked.extend(state.unrecorded.iter().cloned().map(Exchange::beyond));
        asked
    }

    /// The answers that were not asked for so far, to be kept for a spider that asks for them again.
    pub(crate) fn spare(&self) -> Vec<Exchange> {
        let state = self.state();
        let exchanges = self.exchanges.iter().enumerate();
        let spare = exchanges
            .filter(|(number, exchange)| !state.is_given.contains(number) && !exchange.is_beyond());
        spare
            .map(|(_, exchange)| exchange.clone().spare())
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is complete by itself.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unrecorded_error(&self, asked: &Asked) -> Error {
        let nearest = self.exchanges.iter().map(|exchange| &exchange.asked);
        let nearest = nearest.max_by_key(|other| asked.likeness(other));
        let nearest = nearest.map_or_else(
            || "it is empty".to_owned(),
            |nearest| format!("the nearest on it is {nearest}"),
        );
        Error::new(
            ErrorKind::Unrecorded,
            format!("not on the cassette: {asked}; {nearest}"),
        )
    }
}

impl State {
    /// The number of the exchange that answers a request now.
    fn take(&mut self, asked: &Asked) -> Option<usize> {
        let answers = self.answers.get_mut(asked)?;
        let step = answers.steps.get(answers.next).or(answers.steps.last())?;
        answers.next += 1;
        for number in step {
            if self.is_given.insert(*number) {
                self.given.push(*number);
            }
        }
        step.last().copied()
    }

    /// Notes a request that has no answer.
    fn note(&mut self, asked: Asked) {
        if let Entry::Vacant(place) = self.answers.entry(asked) {
            self.unrecorded.push(place.key().clone());
            place.insert(Answers::default());
        }
    }
}

impl Downloader for Replay {
    async fn fetch(&self, request: Request) -> Result<Response> {
        let asked = Asked::of(&request);
        let number = self.state().take(&asked);
        match number.and_then(|number| self.exchanges.get(number)) {
            Some(exchange) => exchange.answer(request),
            None if request.robots_for().is_some() => Ok(Response::new(request, 404)),
            None => {
                let error = self.unrecorded_error(&asked);
                self.state().note(asked);
                Err(error)
            }
        }
    }
}
