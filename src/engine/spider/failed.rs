//! The default of [`Spider::failed`], which the engine tells from one that a user wrote.

use std::any::type_name;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Spider;
use crate::model::output::Output;
use crate::page::error::{BoxError, Error};
use crate::page::request::Request;

/// Future of the default of [`Spider::failed`]: nothing is done.
pub(super) struct Nothing;

impl Future for Nothing {
    type Output = Result<(), BoxError>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(()))
    }
}

/// Returns whether a spider does something about requests that are given up: whether its [`Spider::failed`] is not the
/// default, nor hands on to one that is. The type of the future tells, so that the others cost nothing.
pub(crate) fn handles_failures<S: Spider>() -> bool {
    fn is_default<'a, S: Spider, F>(
        _: impl FnOnce(&'a S, &'a Request, &'a Error, &'a mut Output<S::Item>) -> F,
    ) -> bool {
        type_name::<F>() == type_name::<Nothing>()
    }
    !is_default::<S, _>(S::failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::spider::{FeedPages, SitemapSpider};
    use crate::page::response::Response;

    struct Deaf;
    struct Hears;

    impl Spider for Deaf {
        type Item = String;

        fn name(&self) -> &'static str {
            "deaf"
        }

        fn start(&self) -> Result<Vec<Request>, BoxError> {
            Ok(Vec::new())
        }

        async fn parse(&self, _: Response, _: &mut Output<String>) -> Result<(), BoxError> {
            Ok(())
        }
    }

    impl Spider for Hears {
        type Item = String;

        fn name(&self) -> &'static str {
            "hears"
        }

        fn start(&self) -> Result<Vec<Request>, BoxError> {
            Ok(Vec::new())
        }

        async fn parse(&self, _: Response, _: &mut Output<String>) -> Result<(), BoxError> {
            Ok(())
        }

        async fn failed(
            &self,
            _: &Request,
            _: &Error,
            _: &mut Output<String>,
        ) -> Result<(), BoxError> {
            Ok(())
        }
    }

    #[test]
    fn a_spider_with_a_failed_of_its_own_is_told_from_others_also_within_another_spider() {
        assert!(handles_failures::<Hears>() && !handles_failures::<Deaf>());
        assert!(handles_failures::<SitemapSpider<Hears>>());
        assert!(!handles_failures::<SitemapSpider<Deaf>>());
        assert!(handles_failures::<FeedPages<Hears>>());
        assert!(!handles_failures::<FeedPages<Deaf>>());
    }
}
