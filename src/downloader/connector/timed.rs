//! The limit on connecting: name, TCP, proxy and TLS together.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::Uri;
use tokio::time::timeout;
use tower_service::Service;

use crate::error::BoxError;

/// A connector that gives up after a while.
#[derive(Debug, Clone)]
pub(in super::super) struct Timed<C> {
    pub(in super::super) connector: C,
    pub(in super::super) limit: Duration,
}

impl<C> Service<Uri> for Timed<C>
where
    C: Service<Uri, Error = BoxError>,
    C::Future: Send + 'static,
    C::Response: Send,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let connecting = timeout(self.limit, self.connector.call(target));
        Box::pin(async move {
            match connecting.await {
                Ok(result) => result,
                Err(_) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
            }
        })
    }
}
