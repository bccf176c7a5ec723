//! Detection of hosts that are down as a whole, and the pauses until such a host is asked again.
//!
//! Only a host that has answered can be away; one that never did is mistyped, or gone, and its requests fail each by
//! itself. What counts:
//!
//! | what came of an exchange | the host is | why |
//! |---|---|---|
//! | no connection: refused, unreachable, reset, closed before the answer | away | nobody is there to speak for the page |
//! | no answer in time, to connect, for the head or for the body | away | as above |
//! | the name does not resolve any more | away | as above |
//! | TLS fails where it went well before | away | no page is spoken of before TLS is there |
//! | a proxy fails | away | it is the way to every page |
//! | 502, 503, 504, 520 to 527, 530 | away | whoever stands before the host says that it does not answer, or is not ready |
//! | any other status: 200, 404, 429, 500 | there | it has spoken of this page; 429 only asks for a slower pace |
//! | a body that is too large, of another type, or cannot be decoded | there | as above |
//! | a body that ends early or comes too slowly, an answer that is not HTTP | either | it was there for a while: this says nothing of other pages |
//!
//! A page of its own can come to nothing in all of these ways, too. So nothing is concluded from one exchange: what was
//! answered to a request that was sent later tells the two apart.

use std::time::Duration;

use http::StatusCode;

use crate::page::error::ErrorKind;

/// The pause before the second request that looks for a host; the first goes at the host's usual pace.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Evidence that one exchange gives about the state of its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// The host is up.
    Answered,
    /// The host is down, unless only this page fails.
    Silent,
    /// The host is down according to a gateway, which may answer for some pages itself.
    Gateway,
    /// The exchange proves nothing.
    Unclear,
}

impl Sign {
    /// Returns the evidence that a response status gives.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            502..=504 | 520..=527 | 530 => Self::Gateway,
            _ => Self::Answered,
        }
    }

    /// Returns the evidence given by an exchange that ended without a whole answer.
    pub(crate) fn of_error(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Dns
            | ErrorKind::Connect
            | ErrorKind::Tls
            | ErrorKind::Timeout
            | ErrorKind::Proxy => Self::Silent,
            ErrorKind::TooLarge | ErrorKind::Decode | ErrorKind::ContentType => Self::Answered,
            _ => Self::Unclear,
        }
    }
}

/// Returns the time to wait after `failed` requests in a row that tried a host in vain.
pub(crate) fn pause(failed: u32) -> Duration {
    match failed.checked_sub(1) {
        None => Duration::ZERO,
        Some(doublings) => FIRST_PAUSE
            .saturating_mul(1 << doublings.min(20))
            .min(LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_status(status: u16) -> Sign {
        Sign::of_status(StatusCode::from_u16(status).unwrap())
    }

    #[test]
    fn only_gateways_speak_for_a_host_that_is_away() {
        for status in [502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530] {
            assert_eq!(of_status(status), Sign::Gateway, "{status}");
        }
        for status in [
            200, 204, 301, 304, 400, 403, 404, 408, 410, 429, 451, 500, 501, 505, 529,
        ] {
            assert_eq!(of_status(status), Sign::Answered, "{status}");
        }
    }

    #[test]
    fn no_answer_is_told_from_one_that_is_no_use() {
        use ErrorKind as Kind;
        for kind in [
            Kind::Dns,
            Kind::Connect,
            Kind::Tls,
            Kind::Timeout,
            Kind::Proxy,
        ] {
            assert_eq!(Sign::of_error(kind), Sign::Silent, "{kind}");
        }
        for kind in [Kind::TooLarge, Kind::Decode, Kind::ContentType] {
            assert_eq!(Sign::of_error(kind), Sign::Answered, "{kind}");
        }
        for kind in [
            Kind::Incomplete,
            Kind::Slow,
            Kind::Http,
            Kind::Spider,
            Kind::Address,
        ] {
            assert_eq!(Sign::of_error(kind), Sign::Unclear, "{kind}");
        }
    }

    #[test]
    fn pauses_grow_to_half_a_minute() {
        let pauses: Vec<u64> = (0..9).map(|failed| pause(failed).as_secs()).collect();
        assert_eq!(pauses, [0, 1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }
}
