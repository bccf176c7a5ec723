//! Answers that break HTTP, and connections that break.

use std::time::Duration;

use bytes::Bytes;

use super::super::body::Step;
use super::super::reply::Reply;
use super::super::wire::Fault;

const HALF: &[u8] = b"<!DOCTYPE html>\n<title>Truncated</title>\n<h1>Half of a page</h1>\n";
/// The length that `truncated` claims to have.
const CLAIMED: u64 = 1_000;
/// Time for hyper to send what came before the break.
const FLUSH: Duration = Duration::from_millis(20);

/// `truncated`: the connection ends before `Content-Length` bytes.
pub(in super::super) fn truncated() -> Reply {
    Reply::script(Some(CLAIMED), cut())
}

/// `truncated-chunked`: the connection ends before the last chunk.
pub(in super::super) fn truncated_chunked() -> Reply {
    Reply::script(None, cut())
}

fn cut() -> [Step; 3] {
    [
        Step::Send(Bytes::from_static(HALF)),
        Step::Wait(FLUSH),
        Step::Break,
    ]
}

/// `not-http`: the greeting of a mail server.
pub(in super::super) fn not_http() -> Reply {
    Reply::fault(Fault::NotHttp)
}

/// `empty-reply`: the end of the connection.
pub(in super::super) fn empty_reply() -> Reply {
    Reply::fault(Fault::EmptyReply)
}

/// `reset`: a TCP reset.
pub(in super::super) fn reset() -> Reply {
    Reply::fault(Fault::Reset)
}
