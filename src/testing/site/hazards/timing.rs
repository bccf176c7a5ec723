//! Answers that come late, or slowly, or not at all.

use std::time::Duration;

use bytes::Bytes;

use super::super::body::Step;
use super::super::call::Call;
use super::super::markup::page;
use super::super::reply::Reply;

/// `slow?ms=1000`: a page whose head comes late.
pub(in super::super) fn slow(call: &Call<'_>) -> Reply {
    Reply::html(page("Slow", "<h1>Slow</h1>\n")).after(call.millis(1_000))
}

/// `drip?bytes=20&ms=100`: the head at once, then a byte at a time.
pub(in super::super) fn drip(call: &Call<'_>) -> Reply {
    let (bytes, pause) = (call.number("bytes", 20, 10_000_000), call.millis(100));
    let drop = move |_| [Step::Wait(pause), Step::Send(Bytes::from_static(b"."))];
    Reply::script(Some(bytes), (0..bytes).flat_map(drop))
}

/// `stall`: half a page, then nothing, with the connection open.
pub(in super::super) fn stall() -> Reply {
    let half = Bytes::from_static(b"<!DOCTYPE html>\n<title>Stall</title>\n<h1>Half of ");
    let length = 2 * half.len() as u64;
    // A wait before the stall makes hyper send what it has.
    Reply::script(
        Some(length),
        [
            Step::Send(half),
            Step::Wait(Duration::from_millis(1)),
            Step::Stall,
        ],
    )
}
