//! Layers of settings, of which the later ones win: `crawl.toml`, then the environment, then `-s`.
//!
//! ```toml
//! # crawl.toml
//! delay = "250ms"
//! deny = ["/login", "/cart"]
//!
//! [spider.quotes]   # for this one alone
//! max_pages = 100
//! ```

use std::io;
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::{RecrawlItems, Settings, text_of};
use crate::model::text_file;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::suggest::did_you_mean;

/// The only setting whose value may be a table: thresholds by field.
const MIN_FILL: &str = "min_fill";
const FILE: &str = "crawl.toml";
const PREFIX: &str = "CRAWL_";
/// Environment variable for the log filter, which has the prefix, but is no setting.
pub(crate) const LOG: &str = "CRAWL_LOG";

/// Applies the `crawl.toml` of the current directory, the environment, and `-s` to a spider's own settings.
///
/// # Errors
/// [`ErrorKind::Settings`] for an unknown name or a bad value, with its file and line or its variable;
/// [`ErrorKind::File`] when the file exists but cannot be read.
pub(crate) fn apply(settings: &mut Settings, spider: &str, set: &[(String, String)]) -> Result<()> {
    match text_file::read(Path::new(FILE)) {
        Ok(text) => file(settings, spider, FILE, &text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(unreadable(FILE, error)),
    }
    environment(
        settings,
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))),
    )?;
    set.iter()
        .try_for_each(|(name, value)| settings.set(name, value))
}

/// Applies a file of settings to those of this spider.
///
/// # Errors
/// [`ErrorKind::File`] when it cannot be read, [`ErrorKind::Settings`] for an unknown name or a bad value, with its line.
pub(crate) fn apply_file(settings: &mut Settings, spider: &str, path: &Path) -> Result<()> {
    let place = path.display().to_string();
    let text = text_file::read(path).map_err(|error| unreadable(&place, error))?;
    file(settings, spider, &place, &text)
}

fn unreadable(place: &str, error: io::Error) -> Error {
    Error::new(ErrorKind::File, format!("cannot read {place}")).with_source(error)
}

/// Applies the same layers for a command that is no crawl: nothing is kept for a later crawl (`recrawl`,
/// `recrawl_items`, `recrawl_feed` and `save_cookies` are off), unless the command's own flags ask for it.
///
/// # Errors
/// The errors of [`apply`].
pub(crate) fn apply_without_keeping(
    settings: &mut Settings,
    verb: &str,
    set: &[(String, String)],
) -> Result<()> {
    apply(settings, verb, set)?;
    settings.disk.recrawl = false;
    settings.disk.recrawl_items = RecrawlItems::All;
    settings.disk.recrawl_feed = None;
    settings.requests.save_cookies = None;
    Ok(())
}

fn environment(
    settings: &mut Settings,
    variables: impl Iterator<Item = (String, std::ffi::OsString)>,
) -> Result<()> {
    // In order of their names, so that of two mistakes the same one is told each time.
    let mut ours: Vec<_> = variables
        .filter(|(name, _)| name.starts_with(PREFIX) && name != LOG)
        .collect();
    ours.sort_unstable();
    for (variable, value) in ours {
        let name = variable
            .strip_prefix(PREFIX)
            .unwrap_or(&variable)
            .to_ascii_lowercase();
        let value = value.to_string_lossy();
        let is_known = settings.show(&name).is_some();
        if !is_known && is_of_a_cluster(&variable, &value) {
            continue;
        }
        if !is_known {
            let table = Settings::table();
            let names: Vec<String> = table
                .iter()
                .map(|setting| format!("{PREFIX}{}", setting.name.to_ascii_uppercase()))
                .collect();
            let suggestion = did_you_mean(&variable, names.iter().map(String::as_str).chain([LOG]));
            return Err(bad(format!(
                "unknown environment variable {variable:?}{suggestion}"
            )));
        }
        // As of every program, one that is empty is not set.
        if value.is_empty() {
            continue;
        }
        settings
            .set(&name, &value)
            .map_err(|error| bad(format!("{variable}: {error}")))?;
    }
    Ok(())
}

/// Returns whether Kubernetes or Docker sets a variable of this name, for a service or a linked container whose name begins
/// with `crawl`: `CRAWL_SERVICE_HOST`, `CRAWL_PORT=tcp://…`, `CRAWL_API_PORT_80_TCP_ADDR`.
fn is_of_a_cluster(name: &str, value: &str) -> bool {
    let protocols = ["TCP", "UDP", "SCTP"];
    let is_address = |value: &str| {
        value
            .split_once("://")
            .is_some_and(|(scheme, _)| protocols.iter().any(|p| p.eq_ignore_ascii_case(scheme)))
    };
    let is_service = ["_SERVICE_HOST", "_SERVICE_PORT"]
        .iter()
        .any(|end| name.ends_with(end))
        || name.contains("_SERVICE_PORT_");
    let is_port = name.rsplit_once("_PORT_").is_some_and(|(_, rest)| {
        let mut parts = rest.split('_');
        parts.next().is_some_and(|port| port.parse::<u16>().is_ok())
            && parts
                .next()
                .is_some_and(|protocol| protocols.contains(&protocol))
    });
    let is_detail = ["_PROTO", "_PORT", "_ADDR"].iter().any(|end| {
        name.strip_suffix(end)
            .is_some_and(|port| protocols.iter().any(|p| port.ends_with(&format!("_{p}"))))
    });
    let is_link = name.ends_with("_NAME") && value.starts_with('/');
    is_service || is_port || is_detail || is_link || name.ends_with("_PORT") && is_address(value)
}

fn file(settings: &mut Settings, spider: &str, path: &str, text: &str) -> Result<()> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        bad(format!("{path}, line {line}: {}", error.message()))
    })?;
    let place = |at: Range<usize>| format!("{path}, line {}", line_of(text, at.start));
    let mut spiders = None;
    for (name, value) in table.get_ref() {
        match (name.get_ref().as_ref(), value.get_ref()) {
            ("spider", DeValue::Table(tables)) => spiders = Some(tables),
            (setting, value) => {
                set(settings, setting, value)
                    .map_err(|e| bad(format!("{}: {e}", place(name.span()))))?;
            }
        }
    }
    for (name, own) in spiders.into_iter().flatten() {
        let DeValue::Table(own) = own.get_ref() else {
            return Err(bad(format!(
                "{}: not a table of settings",
                place(name.span())
            )));
        };
        // The other spiders' tables are read too: a mistake is told whichever spider runs.
        let mut others = settings.clone();
        let target = if name.get_ref() == spider {
            &mut *settings
        } else {
            &mut others
        };
        for (name, value) in own {
            set(target, name.get_ref(), value.get_ref())
                .map_err(|e| bad(format!("{}: {e}", place(name.span()))))?;
        }
    }
    Ok(())
}

fn set(settings: &mut Settings, name: &str, value: &DeValue<'_>) -> Result<()> {
    if let (MIN_FILL, DeValue::Table(fields)) = (name, value) {
        return fields.iter().try_for_each(|(field, share)| {
            let name = format!("{MIN_FILL}.{}", field.get_ref());
            set(settings, &name, share.get_ref())
        });
    }
    settings.set(
        name,
        &text_of(value).map_err(|why| bad(format!("bad value for setting {name:?}: {why}")))?,
    )
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

fn bad(message: String) -> Error {
    Error::new(ErrorKind::Settings, message)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn from_file(text: &str) -> Result<Settings> {
        let mut settings = Settings::default();
        file(&mut settings, "quotes", FILE, text).map(|()| settings)
    }

    fn from_environment(variables: &[(&str, &str)]) -> Result<Settings> {
        let mut settings = Settings::default();
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()));
        environment(&mut settings, variables).map(|()| settings)
    }

    #[test]
    fn the_spiders_own_table_wins_in_the_file() {
        let text = "[spider.quotes]\nretries = 9\n[spider.books]\nretries = 5\n";
        assert_eq!(
            from_file(&format!("retries = 7\n{text}"))
                .unwrap()
                .failures
                .retries,
            9
        );
    }

    #[test]
    fn every_kind_of_value_is_read() {
        let settings = from_file(
            "delay = '2s'\nrobots = false\nmax_rate = 0.5\ntimeout = 7\ndeny = ['a{1,2}', 'b']\nmax_pages = 1_000",
        )
        .unwrap();
        assert_eq!(settings.politeness.delay, Duration::from_secs(2));
        assert!(!settings.politeness.robots);
        assert_eq!(settings.politeness.max_rate, Some(0.5));
        assert_eq!(settings.answers.timeout, Duration::from_secs(7));
        assert_eq!(settings.links.deny, ["a{1,2}", "b"]);
        assert_eq!(settings.end.max_pages, Some(1_000));
    }

    #[test]
    fn thresholds_are_a_table_a_list_or_dotted_names() {
        for text in [
            "min_fill = { title = 1, price = 0.9 }",
            "min_fill = ['price=0.9', 'title=1']",
            "min_fill = 'price=0.9,title=1'",
            "min_fill.price = 0.5\nmin_fill.title = 1.0\n[spider.quotes]\nmin_fill.price = 0.9",
            "[min_fill]\ntitle = 1\n[spider.quotes.min_fill]\nprice = '0.9'",
        ] {
            let settings = from_file(text).unwrap();
            assert_eq!(
                settings.show("min_fill").unwrap(),
                "price=0.9,title=1",
                "{text}"
            );
        }
    }

    #[test]
    fn a_mistake_in_the_file_is_told_with_its_line() {
        let table = [
            (
                "\nmin_fill = { price = 90 }",
                r#"crawl.toml, line 2: bad value "90" for setting "min_fill.price": expected a share from 0 to 1, such as 0.9 for 90 %"#,
            ),
            (
                "unique = { sku = 1 }",
                r#"crawl.toml, line 1: bad value for setting "unique": a table is not a value of this setting; those of spiders are named [spider.NAME]"#,
            ),
            ("a = 1", r#"crawl.toml, line 1: unknown setting "a""#),
            (
                "\n\ndealy = '1s'",
                r#"crawl.toml, line 3: unknown setting "dealy"; did you mean "delay"?"#,
            ),
            (
                "delay = 1\nretries = 'x'",
                r#"crawl.toml, line 2: bad value "x" for setting "retries": expected a whole number"#,
            ),
            (
                "[spider.quotes]\n\nretires = 1",
                r#"crawl.toml, line 3: unknown setting "retires"; did you mean "retries"?"#,
            ),
        ];
        for (text, expected) in table {
            assert_eq!(from_file(text).unwrap_err().to_string(), expected);
        }
        assert!(
            from_file("delay = 1\n]")
                .unwrap_err()
                .to_string()
                .starts_with("crawl.toml, line 2: ")
        );
    }

    #[test]
    fn the_environment_names_settings() {
        let settings =
            from_environment(&[("CRAWL_DELAY", "1s"), ("PATH", "x"), ("CRAWL_LOG", "debug")])
                .unwrap();
        assert_eq!(settings.politeness.delay, Duration::from_secs(1));
        let error = from_environment(&[("CRAWL_DEALY", "1s")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"unknown environment variable "CRAWL_DEALY"; did you mean "CRAWL_DELAY"?"#
        );
        // Empty is not set, but a slip is one all the same.
        let settings = from_environment(&[("CRAWL_RETRIES", ""), ("CRAWL_MIN_FILL", "")]).unwrap();
        assert_eq!(
            settings.failures.retries,
            Settings::default().failures.retries
        );
        assert!(from_environment(&[("CRAWL_DEALY", "")]).is_err());
        let error = from_environment(&[("CRAWL_RETRIES", "x")]).unwrap_err();
        assert!(
            error.to_string().starts_with("CRAWL_RETRIES: bad value"),
            "{error}"
        );
    }

    #[test]
    fn what_a_cluster_sets_for_a_service_is_nobodys_setting() {
        for variable in [
            ("CRAWL_SERVICE_HOST", "10.1.2.3"),
            ("CRAWL_SERVICE_PORT", "8080"),
            ("CRAWL_SERVICE_PORT_METRICS", "9100"),
            ("CRAWL_PORT", "udp://10.1.2.3:53"),
            ("CRAWL_PORT_8080_TCP", "tcp://10.1.2.3:8080"),
            ("CRAWL_PORT_8080_TCP_PROTO", "tcp"),
            ("CRAWL_PORT_8080_TCP_PORT", "8080"),
            ("CRAWL_PORT_53_UDP_ADDR", "10.1.2.3"),
            ("CRAWL_WEB_API_SERVICE_HOST", "10.1.2.3"),
            ("CRAWL_WEB_API_PORT_80_TCP_ADDR", "10.1.2.3"),
            ("CRAWL_DB_NAME", "/web/crawl_db"),
        ] {
            assert!(from_environment(&[variable]).is_ok(), "{variable:?}");
        }
        for variable in [
            ("CRAWL_PORT", "8080"),
            ("CRAWL_NAME", "x"),
            ("CRAWL_HOST", "a"),
        ] {
            assert!(from_environment(&[variable]).is_err(), "{variable:?}");
        }
    }
}
