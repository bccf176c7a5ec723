//! Connections on their way that others had better wait for.

use tokio::sync::watch;

use super::Pool;
use crate::fetch::downloader::connector::Endpoint;

/// A connection on its way that may turn out to be HTTP/2: others to the same endpoint wait for it. When it is dropped,
/// whatever came of it, they go on.
#[derive(Debug)]
pub(super) struct Flight {
    pool: Pool,
    endpoint: Endpoint,
    _landing: watch::Sender<()>,
}

impl Flight {
    /// Takes off for an endpoint; the error is another who is on the way there already.
    pub(super) fn board(
        pool: &Pool,
        endpoint: &Endpoint,
    ) -> Result<Option<Self>, watch::Receiver<()>> {
        if !pool.shared.offers_http2 || !endpoint.is_https() {
            return Ok(None);
        }
        let mut state = pool.state();
        if state.is_http1_only(endpoint) {
            return Ok(None);
        }
        if let Some(other) = state.flights.get(endpoint) {
            return Err(other.clone());
        }
        let (landing, landed) = watch::channel(());
        state.flights.insert(endpoint.clone(), landed);
        Ok(Some(Self {
            pool: pool.clone(),
            endpoint: endpoint.clone(),
            _landing: landing,
        }))
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.pool.state().flights.remove(&self.endpoint);
    }
}
