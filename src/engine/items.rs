//! The path of items from `parse` to the outputs: the channel that visits send them into, and the writer at its end.

mod channel;
mod handover;
mod writer;

pub(crate) use channel::{ItemChannel, ItemReceiver, ItemSender};
pub(crate) use handover::{Handed, Handover, Memory, Receipt};
pub(crate) use writer::{Counts, ItemWriter, WriterCommits};
