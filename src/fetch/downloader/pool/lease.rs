//! A connection for the time of one exchange.

use std::time::Duration;

use ::http::{Request, Response};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

use super::Pool;
use super::connection::Lost;
use super::http1::Http1;
use super::http2::Http2;
use super::state::Idle;

/// Time for a server that has answered to read the rest of the request.
const LINGER: Duration = Duration::from_secs(1);

/// A connection in use. It goes back to the pool by [`give_back`](Self::give_back) only: an HTTP/1 connection that is
/// dropped is closed, because what is left of a body would be in the way of the next one.
#[derive(Debug)]
pub(in super::super) struct Lease {
    pool: Pool,
    way: Way,
    is_reused: bool,
    /// `true` if the request had a body, which the server may not have read when it answers.
    has_body: bool,
}

#[derive(Debug)]
enum Way {
    Http1(Http1),
    Http2(User),
}

/// A user of an HTTP/2 connection.
#[derive(Debug)]
struct User {
    pool: Pool,
    connection: Http2,
}

impl Lease {
    /// A connection that was used before.
    pub(super) fn reused(pool: &Pool, connection: Idle) -> Self {
        Self {
            is_reused: true,
            ..Self::fresh(pool, connection)
        }
    }

    /// A new connection.
    pub(super) fn fresh(pool: &Pool, connection: Idle) -> Self {
        let pool = pool.clone();
        let way = match connection {
            Idle::Http1(connection) => Way::Http1(connection),
            Idle::Http2(connection) => Way::Http2(User {
                pool: pool.clone(),
                connection,
            }),
        };
        Self {
            pool,
            way,
            is_reused: false,
            has_body: false,
        }
    }

    pub(in super::super) fn is_http2(&self) -> bool {
        matches!(self.way, Way::Http2(_))
    }

    /// Returns whether there was an exchange on this connection before.
    pub(in super::super) fn is_reused(&self) -> bool {
        self.is_reused
    }

    /// Returns whether the connection takes a request; waits until the exchange before is over.
    pub(super) async fn is_ready(&mut self) -> bool {
        match &mut self.way {
            Way::Http1(connection) => connection.is_ready().await,
            Way::Http2(user) => !user.connection.is_closed(),
        }
    }

    /// Sends a request and waits for the head of the answer, without limit.
    pub(in super::super) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Lost> {
        self.has_body = !request.body().is_end_stream();
        match &mut self.way {
            Way::Http1(connection) => connection.send(request).await,
            Way::Http2(user) => user.connection.send(request).await,
        }
    }

    /// Ends the exchange, whose answer was read to its end: the connection is free for the next one.
    pub(in super::super) async fn give_back(self) {
        // A user of an HTTP/2 connection just leaves.
        if let Way::Http1(mut connection) = self.way {
            if self.has_body && !matches!(timeout(LINGER, connection.is_ready()).await, Ok(true)) {
                return;
            }
            self.pool.put(Idle::Http1(connection));
        }
    }

    /// Ends an exchange that gives reason to doubt the connection: nobody else gets it.
    pub(in super::super) fn retire(self) {
        if let Way::Http2(user) = &self.way {
            self.pool.state().retire(&user.connection);
        }
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let last = self.pool.state().leave(&self.connection);
        if let Some(connection) = last {
            self.pool.put(Idle::Http2(connection));
        }
    }
}
