//! Retries of failed requests: which are worth another try, and after what delay.
//!
//! Exponential backoff from one second, half of it jitter, so that the requests that failed together do not come back
//! together. The jitter is a function of the request and the attempt: a crawl can be repeated exactly. `Retry-After`
//! (RFC 9110, section 10.2.3) is obeyed up to one hour.

use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;

use crate::model::settings::MAX_RETRY_AFTER;
use crate::page::identity::Fingerprint;

/// The header by which a server says when to come back.
pub(crate) const RETRY_AFTER: &str = "Retry-After";
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);

/// Returns whether a status means "not now" rather than "no".
pub(crate) fn is_temporary(status: StatusCode) -> bool {
    matches!(
        status.as_u16(),
        408 | 429 | 500 | 502 | 503 | 504 | 522 | 524
    )
}

/// Returns whether a status asks the crawler to send fewer requests.
pub(crate) fn asks_to_slow_down(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 503)
}

/// Returns the time to wait before try number `attempt` + 1 (`attempt` counts from 0).
pub(crate) fn backoff(
    attempt: u32,
    fingerprint: Fingerprint,
    retry_after: Option<Duration>,
) -> Duration {
    let full = FIRST.saturating_mul(1 << attempt.min(20)).min(LONGEST);
    let mixed = fingerprint
        .get()
        .wrapping_add(u64::from(attempt))
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let thousandths = u32::try_from((mixed >> 32) % 1000).unwrap_or(0);
    let jittered = full / 2 + (full / 2) * thousandths / 1000;
    jittered.max(retry_after.unwrap_or_default().min(MAX_RETRY_AFTER))
}

/// Reads a `Retry-After` value: seconds, or an HTTP date. A date in the past is zero; garbage is `None`.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let now = std::time::SystemTime::from(now);
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_is_jittered_by_half() {
        for (attempt, full) in [(0, 1), (1, 2), (2, 4), (5, 32), (12, 300), (u32::MAX, 300)] {
            for seed in 0..50 {
                let wait = backoff(attempt, Fingerprint::from(seed), None);
                let full = Duration::from_secs(full);
                assert!(
                    wait >= full / 2 && wait <= full,
                    "attempt {attempt}: {wait:?}"
                );
            }
        }
    }

    #[test]
    fn different_requests_wait_differently() {
        let waits: std::collections::HashSet<_> = (0..100)
            .map(|n| backoff(3, Fingerprint::from(n), None))
            .collect();
        assert!(waits.len() > 80, "{}", waits.len());
    }

    #[test]
    fn retry_after_is_obeyed_up_to_an_hour() {
        let wait = |seconds| backoff(0, Fingerprint::from(1), Some(Duration::from_secs(seconds)));
        assert_eq!(wait(125), Duration::from_secs(125));
        assert_eq!(wait(99_999_999), MAX_RETRY_AFTER);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
        let cases = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sat, 06 Nov 1993 08:49:37 GMT", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("-5", None),
            ("soon", None),
            ("", None),
        ];
        for (value, seconds) in cases {
            assert_eq!(
                retry_after(value, now),
                seconds.map(Duration::from_secs),
                "{value:?}"
            );
        }
    }
}
