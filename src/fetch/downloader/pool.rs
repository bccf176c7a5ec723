//! The open connections of a downloader: used again, shared, and never more than so many.
//!
//! HTTP/1 connections are used one exchange at a time, the last one put back first; HTTP/2 connections by as many as
//! like. An idle one is closed after 15 s, or when another needs its place.

mod connection;
mod flight;
mod http1;
mod http2;
mod lease;
mod shelf;
mod slots;
mod socket;
mod state;

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::runtime::Handle;
use tokio::time::sleep_until;

use self::flight::Flight;
use self::http1::Http1;
use self::http2::Http2;
use self::slots::{Slot, Slots};
use self::socket::Socket;
use self::state::{Idle, State};
use super::connector::{Connector, Endpoint, Versions};
use super::failure;
use crate::model::settings::Settings;
use crate::page::error::Result;
pub(super) use lease::Lease;

/// Connections open at once, unless more visits than that are wanted.
const MAX_CONNECTIONS: usize = 512;

/// The connections. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    connector: Connector,
    http1: hyper::client::conn::http1::Builder,
    offers_http2: bool,
    slots: Slots,
    state: Mutex<State>,
}

/// Choice between any connection, including an existing one, and a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    Any,
    New,
}

impl Pool {
    pub(super) fn new(settings: &Settings, connector: Connector) -> Self {
        let depth = settings.politeness.concurrency_per_host.max(1);
        let most = settings.network.max_connections;
        let most = most.unwrap_or(settings.politeness.concurrency.max(MAX_CONNECTIONS));
        Self {
            shared: Arc::new(Shared {
                connector,
                http1: http1::builder(settings),
                offers_http2: settings.network.http2,
                slots: Slots::new(most.max(1)),
                state: Mutex::new(State::new(depth)),
            }),
        }
    }

    /// A connection for one exchange: one that is there, or a new one.
    ///
    /// # Errors
    /// Those of [`Connector::connect`].
    pub(super) async fn lease(&self, endpoint: &Endpoint) -> Result<Lease> {
        match self.take(endpoint).await {
            Some(lease) => Ok(lease),
            None => self.open(endpoint, Want::Any).await,
        }
    }

    /// A connection for an exchange that an old one could not serve.
    ///
    /// # Errors
    /// Those of [`Connector::connect`].
    pub(super) async fn lease_new(&self, endpoint: &Endpoint) -> Result<Lease> {
        self.open(endpoint, Want::New).await
    }

    /// A connection that is there and still open.
    async fn take(&self, endpoint: &Endpoint) -> Option<Lease> {
        loop {
            let connection = self.state().take(endpoint)?;
            let mut lease = Lease::reused(self, connection);
            if lease.is_ready().await {
                return Some(lease);
            }
        }
    }

    /// An HTTP/2 connection that is there: it can have one more user.
    fn join(&self, endpoint: &Endpoint) -> Option<Lease> {
        let connection = self.state().join(endpoint)?;
        Some(Lease::reused(self, connection))
    }

    async fn open(&self, endpoint: &Endpoint, want: Want) -> Result<Lease> {
        let _flight = match Flight::board(self, endpoint) {
            Ok(flight) => flight,
            Err(mut other) => {
                // It never changes, but ends: by success or failure.
                let _ = other.changed().await;
                if let Some(lease) = self.join(endpoint) {
                    return Ok(lease);
                }
                None
            }
        };
        let slot = match self.slot(endpoint, want).await {
            Ok(slot) => slot,
            Err(lease) => return Ok(lease),
        };
        let versions = self.versions(endpoint);
        let connection = self.shared.connector.connect(endpoint, versions).await?;
        if endpoint.is_https() {
            self.state().learn(endpoint, connection.is_http2);
        }
        // Others may have opened one at the same time, and HTTP/2 needs no second: this one is closed unused.
        if connection.is_http2
            && let Some(lease) = self.join(endpoint)
        {
            return Ok(lease);
        }
        let socket = Socket::new(connection.io, slot);
        self.start(endpoint, socket, connection.is_http2)
            .await
            .map_err(|error| failure::before_head(&error))
    }

    /// Makes requests to an endpoint use HTTP/1.1 from now on, whatever the endpoint offers.
    pub(super) fn require_http1(&self, endpoint: &Endpoint) {
        // Connections are dropped when the lock is free again, here and below: that closes them, and wakes those that wait for
        // their places and take the lock first thing.
        let displaced = self.state().require_http1(endpoint);
        drop(displaced);
    }

    fn versions(&self, endpoint: &Endpoint) -> Versions {
        if self.shared.offers_http2 && !self.state().requires_http1(endpoint) {
            Versions::Http2AndHttp1
        } else {
            Versions::Http1
        }
    }

    /// Speaks HTTP on a socket.
    async fn start(
        &self,
        endpoint: &Endpoint,
        socket: Socket,
        is_http2: bool,
    ) -> hyper::Result<Lease> {
        let endpoint = Arc::new(endpoint.clone());
        let connection = if is_http2 {
            let connection = Http2::start(endpoint, socket).await?;
            self.state().share(connection.clone());
            Idle::Http2(connection)
        } else {
            Idle::Http1(Http1::start(&self.shared.http1, endpoint, socket).await?)
        };
        Ok(Lease::fresh(self, connection))
    }

    /// The right to open a connection, as soon as there is room; or a connection that became free meanwhile.
    async fn slot(&self, endpoint: &Endpoint, want: Want) -> Result<Slot, Lease> {
        let slots = &self.shared.slots;
        loop {
            // Listening comes before looking, so that nothing that happens in between is missed.
            let mut changed = pin!(slots.changed());
            changed.as_mut().enable();
            if let Some(slot) = slots.take() {
                return Ok(slot);
            }
            if want == Want::Any
                && let Some(lease) = self.take(endpoint).await
            {
                return Err(lease);
            }
            // None is free and none can be shared: an idle connection to any other host makes room.
            let oldest = self.state().take_oldest();
            let Some(oldest) = oldest else {
                changed.await;
                continue;
            };
            let mut open = oldest.open();
            drop(oldest);
            // Its place is free only when its task has let go of the socket. That never changes, but ends.
            let _ = open.changed().await;
        }
    }

    /// Keeps a connection that is not in use. Outside of a runtime, where a fetch can be dropped, it is closed.
    fn put(&self, connection: Idle) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let displaced = {
            let mut state = self.state();
            let displaced = state.put(connection);
            if state
                .sweeper
                .as_ref()
                .is_none_or(tokio::task::JoinHandle::is_finished)
            {
                state.sweeper = Some(runtime.spawn(sweep(Arc::downgrade(&self.shared))));
            }
            displaced
        };
        drop(displaced);
        self.shared.slots.wake_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes connections that were idle for too long, until there are none.
async fn sweep(pool: Weak<Shared>) {
    while let Some(shared) = pool.upgrade() {
        let (expired, next) = shared.state().sweep();
        drop((expired, shared));
        match next {
            Some(next) => sleep_until(next).await,
            None => return,
        }
    }
}
