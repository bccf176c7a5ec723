//! Guides: one per question, each with examples that are compiled and run as tests.

// Links of a guide lead to files, for those who read it in the repository. `links.txt` has the items for the same links:
// of two definitions, Markdown takes the first.

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_spiders.md")]
pub mod spiders {}

#[cfg(feature = "recipe")]
#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_recipes.md")]
pub mod recipes {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_links.md")]
pub mod links {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_data.md")]
pub mod data {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_testing.md")]
pub mod testing {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_politeness.md")]
pub mod politeness {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_outputs.md")]
pub mod outputs {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_quality.md")]
pub mod quality {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_durable.md")]
pub mod durable {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_cache.md")]
pub mod cache {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_settings.md")]
pub mod settings {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_network.md")]
pub mod network {}

#[doc = include_str!("docs/links.txt")]
#[doc = include_str!("docs/guide_cron.md")]
pub mod cron {}
