//! Ages on the command line: `90s`, `12h`, `7d`.

use std::time::Duration;

use crate::model::settings::Settings;

/// Reads a time as settings have it, or in days.
///
/// # Errors
/// Says what is expected, as clap prints it behind the value.
pub(in crate::cli) fn age(text: &str) -> Result<Duration, String> {
    let expected = || "expected a time such as 90s, 12h or 7d".to_owned();
    if let Some(days) = text.strip_suffix('d')
        && let Ok(days) = days.trim().parse::<u32>()
    {
        return Ok(Duration::from_hours(24 * u64::from(days)));
    }
    let mut settings = Settings::default();
    settings.set("max_time", text).map_err(|_| expected())?;
    settings.end.max_time.ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_can_be_in_days() {
        assert_eq!(age("7d"), Ok(Duration::from_hours(168)));
        assert_eq!(age("12h"), Ok(Duration::from_hours(12)));
        for bad in ["", "d", "-1d", "none", "soon"] {
            assert!(age(bad).is_err(), "{bad}");
        }
    }
}
