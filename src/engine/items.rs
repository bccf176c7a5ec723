//! The path of items from `parse` to the outputs: the channel that visits send them into, the writer at its end, and the
//! deliveries to destinations behind it.

mod channel;
mod deliveries;
mod delivery;
mod handover;
mod writer;

pub(crate) use channel::{ItemChannel, ItemReceiver, ItemSender};
pub(crate) use deliveries::{Deliveries, Place};
pub(crate) use delivery::{Delivery, Ending, Outcome};
pub(crate) use handover::{Handed, Handover, Memory, Receipt};
pub(crate) use writer::{Counts, ItemWriter, WriterCommits};
