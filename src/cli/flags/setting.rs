//! Settings that are given one by one, for every verb that has any.

use clap::Args;

use super::pair;
use crate::model::settings::Settings;
use crate::page::error::Result;

/// Settings of the command line.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct SettingFlags {
    /// Change a setting; `crawl run --help` lists them all
    #[arg(short = 's', value_name = "SETTING=VALUE", value_parser = pair)]
    pub(in crate::cli) set: Vec<(String, String)>,
}

impl SettingFlags {
    /// Applies them, in their order.
    ///
    /// # Errors
    /// Fails as [`Settings::set`] does.
    pub(in crate::cli) fn apply(&self, settings: &mut Settings) -> Result<()> {
        self.set
            .iter()
            .try_for_each(|(name, value)| settings.set(name, value))
    }
}
