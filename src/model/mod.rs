//! Types that all layers above this one share: items and outputs, settings, events, the report, and files that are read or
//! replaced as a whole.

pub mod event;
pub(crate) mod item;
pub(crate) mod output;
pub(crate) mod replace;
pub mod report;
pub(crate) mod saved_record;
#[cfg(test)]
pub(crate) mod scratch;
pub mod settings;
pub(crate) mod text_file;
