//! Names and values that a page lists: tables with a name in each row, and lists of terms.

use std::sync::Arc;

use super::grid::{Budget, cells};
use super::names::Names;
use crate::page::error::Result;
use crate::page::html::{Element, Record};

impl Element<'_> {
    /// Reads the names and values of a table or a `dl` into one record. On another element, reads the first of those in
    /// it.
    ///
    /// In a row of a table, each `th` is the name of the cells behind it; without a `th`, the first cell is. In a `dl`, each
    /// `dt` is the name of each `dd` behind it. A name with several values comes again with a number, `Author`, `Author_2`;
    /// one without a value has an empty text, one that is empty is called `row_3`. A table or list within is only text.
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let page = "<table><tr><th>UPC<td>a897<tr><th>Tax<td>£0.00</table><dl><dt>By<dd>Ann<dd>Bob</dl>";
    /// let html = Html::parse(page, url::Url::parse("http://example.com/")?);
    /// assert_eq!(html.one("table")?.pairs()?.get("UPC"), Some("a897"));
    /// assert_eq!(html.one("dl")?.pairs()?.get("By_2"), Some("Bob"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`](crate::ErrorKind::Missing) if there is neither, and
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) as in [`records`](Self::records).
    pub fn pairs(self) -> Result<Record> {
        let list = self.or_first("table, dl")?;
        let mut pairs = Pairs::default();
        self.told(if list.name() == "dl" {
            pairs.terms(list)
        } else {
            pairs.rows(list)
        })?;
        Ok(pairs.finish())
    }
}

impl Element<'_> {
    /// The texts that a table or a `dl` has under one name, in their order. Case, white space and a colon at the end of the name
    /// make no difference. On another element, of the first of those in it.
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let page = "<dl><dt>Written by:<dd>Ann<dd>Bob<dt>Year<dd>1990</dl>";
    /// let html = Html::parse(page, url::Url::parse("http://example.com/")?);
    /// assert_eq!(html.one("dl")?.pairs_named("written by")?, ["Ann", "Bob"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`pairs`](Self::pairs).
    pub fn pairs_named(self, name: &str) -> Result<Vec<String>> {
        let wanted = plain(name);
        let record = self.pairs()?;
        let is_it = |found: &str| {
            // `Author_2` is the second value of `Author`.
            let again = found.rsplit_once('_');
            let again = again.filter(|(_, number)| number.parse::<u32>().is_ok());
            plain(found) == wanted || again.is_some_and(|(name, _)| plain(name) == wanted)
        };
        let found = record.iter().filter(|(name, _)| is_it(name));
        Ok(found.map(|(_, text)| text.to_owned()).collect())
    }
}

fn plain(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let name = words.join(" ").to_lowercase();
    name.trim_end_matches([':', '：']).trim_end().to_owned()
}

#[derive(Default)]
struct Pairs {
    budget: Budget,
    known: Names,
    names: Vec<String>,
    texts: Vec<Arc<str>>,
}

impl Pairs {
    fn add(&mut self, name: &str, text: &Arc<str>) -> Result<()> {
        self.budget.take(1, name.len() + text.len())?;
        let name = if name.is_empty() {
            format!("row_{}", self.names.len() + 1)
        } else {
            name.to_owned()
        };
        self.names.push(self.known.unique(name));
        self.texts.push(Arc::clone(text));
        Ok(())
    }

    fn rows(&mut self, table: Element<'_>) -> Result<()> {
        for part in table.children() {
            match part.name() {
                "tr" => self.row(part)?,
                "thead" | "tbody" | "tfoot" => {
                    for row in part.children().filter(|child| child.name() == "tr") {
                        self.row(row)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn row(&mut self, row: Element<'_>) -> Result<()> {
        let has_names = cells(row).any(|cell| cell.name() == "th");
        let mut name: Option<String> = None;
        let mut has_value = true;
        for cell in cells(row) {
            let is_name = if has_names {
                cell.name() == "th"
            } else {
                name.is_none()
            };
            let text = cell.text();
            if !is_name {
                // A cell before the first name has none.
                self.add(name.as_deref().unwrap_or_default(), &text.into())?;
                has_value = true;
                continue;
            }
            if let Some(lonely) = name.filter(|_| !has_value) {
                self.add(&lonely, &"".into())?;
            }
            (name, has_value) = (Some(text), false);
        }
        match name.filter(|_| !has_value) {
            Some(lonely) => self.add(&lonely, &"".into()),
            None => Ok(()),
        }
    }

    fn terms(&mut self, list: Element<'_>) -> Result<()> {
        let entries = list.children().flat_map(|child| {
            let is_group = child.name() == "div";
            let inner = is_group.then(|| child.children()).into_iter().flatten();
            inner.chain(Some(child).filter(|_| !is_group))
        });
        let mut names: Vec<String> = Vec::new();
        let mut has_value = false;
        for entry in entries {
            match entry.name() {
                "dt" => {
                    if has_value {
                        names.clear();
                        has_value = false;
                    }
                    names.push(entry.text());
                }
                "dd" => {
                    let text: Arc<str> = entry.text().into();
                    if names.is_empty() {
                        names.push(String::new());
                    }
                    for name in &names {
                        self.add(name, &text)?;
                    }
                    has_value = true;
                }
                _ => {}
            }
        }
        let lonely = if has_value { Vec::new() } else { names };
        lonely
            .iter()
            .try_for_each(|name| self.add(name, &"".into()))
    }

    fn finish(self) -> Record {
        Record::new(self.names.into(), self.texts)
    }
}
