//! Bodies under a clock that jumps.

use std::convert::Infallible;

use futures_util::stream;
use http_body_util::StreamBody;
use hyper::body::Frame;
use tokio::time::{Instant, sleep};

use super::*;

const LIMITS: BodyLimits = BodyLimits {
    size: 1 << 30,
    ratio: 0,
    idle: Duration::from_secs(15),
    rate: 1024,
    may_be_cut: false,
};

/// A body of pieces of so many bytes, each after so many seconds.
fn pieces(
    pieces: impl IntoIterator<Item = (u64, usize)>,
) -> impl Body<Data = Bytes, Error = Infallible> + Unpin {
    let pieces: Vec<_> = pieces.into_iter().collect();
    let frames = stream::unfold(pieces.into_iter(), |mut pieces| async {
        let (seconds, bytes) = pieces.next()?;
        sleep(Duration::from_secs(seconds)).await;
        let data = Bytes::from(vec![b'x'; bytes]);
        Some((Ok(Frame::data(data)), pieces))
    });
    StreamBody::new(Box::pin(frames))
}

/// Reads such a body: its length, or the kind of the error and the second in which it came.
async fn pace(
    each: impl IntoIterator<Item = (u64, usize)>,
    limits: BodyLimits,
) -> Result<usize, (ErrorKind, u64)> {
    let request = Request::get("http://a.example/").unwrap();
    let (head, ()) = ::http::Response::new(()).into_parts();
    let started = Instant::now();
    match read(&request, &head, &mut pieces(each), limits).await {
        Ok(received) => Ok(received.bytes.len()),
        Err(error) => Err((error.kind(), started.elapsed().as_secs())),
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_is_given_up_after_half_a_minute() {
    let drip = (0..1000).map(|_| (1, 100));
    assert_eq!(pace(drip, LIMITS).await, Err((ErrorKind::Slow, 30)));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_begins_to_drip_is_given_up_in_the_next_half_minute() {
    let drip = [(1, 1_000_000)]
        .into_iter()
        .chain((0..1000).map(|_| (1, 100)));
    assert_eq!(pace(drip, LIMITS).await, Err((ErrorKind::Slow, 60)));
}

#[tokio::test(start_paused = true)]
async fn a_body_at_the_floor_is_read_however_long_it_takes() {
    let steady = (0..600).map(|_| (1, 1100));
    assert_eq!(pace(steady, LIMITS).await, Ok(660_000));
}

#[tokio::test(start_paused = true)]
async fn a_pause_within_the_idle_time_is_no_drip() {
    let bursts = (0..20).map(|_| (14, 30_000));
    assert_eq!(pace(bursts, LIMITS).await, Ok(600_000));
}

#[tokio::test(start_paused = true)]
async fn without_a_floor_only_silence_ends_a_body() {
    let limits = BodyLimits { rate: 0, ..LIMITS };
    let drip = (0..100).map(|_| (14, 1));
    assert_eq!(pace(drip, limits).await, Ok(100));
    assert_eq!(
        pace([(1, 10), (16, 10)], limits).await,
        Err((ErrorKind::Timeout, 16))
    );
}

#[tokio::test(start_paused = true)]
async fn frames_without_a_byte_are_silence() {
    let empty = (0..1000).map(|_| (1, 0));
    assert_eq!(pace(empty, LIMITS).await, Err((ErrorKind::Timeout, 15)));
}

/// Reads a body over HTTP/2 that comes to an end: whether it is whole, or the kind of the error.
async fn over_http2(
    mut body: impl Body<Data = Bytes, Error = Infallible> + Unpin,
    limits: BodyLimits,
    request: Request,
) -> Result<(Bytes, bool), ErrorKind> {
    let (mut head, ()) = ::http::Response::new(()).into_parts();
    head.version = Version::HTTP_2;
    let received = read(&request, &head, &mut body, limits).await;
    received
        .map(|received| (received.bytes, received.is_cut))
        .map_err(|error| error.kind())
}

#[tokio::test(start_paused = true)]
async fn over_http2_a_body_is_whole_only_where_its_stream_has_ended() {
    let page = || Request::get("http://a.example/").unwrap();
    let whole = http_body_util::Full::new(Bytes::from_static(b"xxx"));
    let (bytes, is_cut) = over_http2(whole, LIMITS, page()).await.unwrap();
    assert_eq!((&*bytes, is_cut), (&b"xxx"[..], false));
    // A stream of frames never says that it has ended, as one that was reset.
    for frames in [vec![(0, 3)], vec![(0, 1), (1, 2)], vec![]] {
        let cut = over_http2(pieces(frames.clone()), LIMITS, page()).await;
        assert_eq!(cut, Err(ErrorKind::Incomplete), "{frames:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_cut_may_be_kept_but_not_that_of_robots_txt() {
    let limits = BodyLimits {
        may_be_cut: true,
        ..LIMITS
    };
    let page = Request::get("http://a.example/").unwrap();
    let (bytes, is_cut) = over_http2(pieces([(0, 2)]), limits, page).await.unwrap();
    assert_eq!((&*bytes, is_cut), (&b"xx"[..], true));
    let file = url::Url::parse("http://a.example/robots.txt").unwrap();
    let robots = Request::for_robots(file, "http://a.example");
    let kept = over_http2(pieces([(0, 2)]), limits, robots).await;
    assert_eq!(kept, Err(ErrorKind::Incomplete));
}
