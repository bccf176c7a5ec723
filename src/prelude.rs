//! What a spider needs: `use crawlworks::prelude::*;`.

pub use std::time::Duration;

pub use serde::{Deserialize, Serialize};
pub use url::Url;

pub use crate::{
    BoxError, Crawler, Downloader, Element, Extract, FromText, Html, Item, Middleware, Next,
    Output, Pipeline, Request, Response, Rule, Rules, Seeds, Settings, Spider, Verdict,
};
