//! The verbs of the command, a file each.

pub(super) mod bench;
pub(super) mod cache;
pub(super) mod check;
pub(super) mod completions;
pub(super) mod data;
pub(super) mod demo;
pub(super) mod doctor;
pub(super) mod feed;
pub(super) mod fetch;
pub(super) mod help;
pub(super) mod jobs;
pub(super) mod links;
pub(super) mod list;
pub(super) mod man;
pub(super) mod new;
pub(super) mod parse;
pub(super) mod recipe;
pub(super) mod record;
pub(super) mod retry_failed;
pub(super) mod robots;
pub(super) mod run;
pub(super) mod schema;
pub(super) mod select;
pub(super) mod site;
pub(super) mod sitemap;
pub(super) mod url;
