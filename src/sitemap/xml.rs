//! The XML forms of a sitemap: url sets, indexes, RSS and Atom, in one pass and without a tree.

use std::ops::ControlFlow;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use url::Url;

use super::entries::{MAX_LOC, Sitemap, SitemapKind};
use super::names::{self, Part};
use crate::{Error, ErrorKind, Result};

/// How deep elements may be nested. Sitemaps need four levels, their extensions a few more.
const MAX_DEPTH: usize = 256;

/// How much text of one element is kept, in bytes: enough for a URL of [`MAX_LOC`] however it is escaped.
const MAX_TEXT: usize = 4 * MAX_LOC;

/// How many attributes of a `<link>` are looked at.
const MAX_ATTRIBUTES: usize = 16;

/// Reads a sitemap whose text begins with `<`. What was found before a fault is returned as truncated.
pub(super) fn parse(text: &str, base: &Url) -> Result<Sitemap> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.check_end_names = false;
    let mut walk = Walk::new(base);
    let fault = loop {
        match reader.read_event() {
            Ok(Event::DocType(_)) => {
                return Err(malformed("the sitemap has a document type declaration"));
            }
            Ok(Event::Eof) if walk.depth == 0 => break None,
            Ok(Event::Eof) => break Some(malformed("the sitemap breaks off")),
            Ok(event) => match walk.step(&event) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => break None,
                Err(error) => break Some(error),
            },
            Err(error) => break Some(malformed("the sitemap is malformed XML").with_source(error)),
        }
    };
    match (walk.found, fault) {
        (Some(found), None) => Ok(found.sitemap),
        (Some(found), Some(_)) if !found.sitemap.entries.is_empty() => Ok(Sitemap {
            truncated: true,
            ..found.sitemap
        }),
        (_, Some(fault)) => Err(fault),
        (None, None) => Err(malformed("the sitemap has no element")),
    }
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Xml, message)
}

/// Where in the document the reader is.
struct Walk<'a> {
    base: &'a Url,
    depth: usize,
    /// Known from the root element on.
    found: Option<Found>,
    /// The depth of the entry that is open.
    entry: Option<usize>,
    /// The part of the entry whose text is being read: always one level below it.
    part: Option<Part>,
    draft: Draft,
}

struct Found {
    sitemap: Sitemap,
    /// The prefix, empty for none, of the elements that count. That it is the same as the root's separates
    /// `<image:loc>` from `<loc>`, and `<s:loc>` is found in `<s:urlset>`, without trusting any namespace.
    prefix: String,
}

/// An entry so far.
#[derive(Default)]
struct Draft {
    loc: String,
    guid: String,
    lastmod: String,
    /// Whether the text is too long or has an unknown entity.
    unusable: bool,
}

impl<'a> Walk<'a> {
    fn new(base: &'a Url) -> Self {
        Self {
            base,
            depth: 0,
            found: None,
            entry: None,
            part: None,
            draft: Draft::default(),
        }
    }

    fn step(&mut self, event: &Event<'_>) -> Result<ControlFlow<()>> {
        match event {
            Event::Start(tag) => self.open(tag)?,
            Event::Empty(tag) => {
                self.open(tag)?;
                return Ok(self.close());
            }
            Event::End(_) => return Ok(self.close()),
            Event::Text(text) => self.text(text),
            Event::CData(text) => self.text(text),
            Event::GeneralRef(entity) => self.entity(entity),
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(malformed("the sitemap is nested too deep"));
        }
        let (local, prefix) = tag.name().decompose();
        let (local, prefix) = (
            local.into_inner(),
            prefix.map_or("", |prefix| prefix.into_inner()),
        );
        let Some(found) = &self.found else {
            self.found = Some(root(local, prefix)?);
            return Ok(());
        };
        if found.prefix != prefix {
            return Ok(());
        }
        let kind = found.sitemap.kind;
        match self.entry {
            None if names::entry(kind) == Some(local) => self.entry = Some(self.depth),
            Some(entry) if self.depth == entry + 1 => self.open_part(kind, local, tag),
            _ => {}
        }
        Ok(())
    }

    /// The first of several parts of a kind counts.
    fn open_part(&mut self, kind: SitemapKind, local: &str, tag: &BytesStart<'_>) {
        if kind == SitemapKind::Atom && local == "link" && self.draft.loc.is_empty() {
            self.draft.loc = atom_link(tag).unwrap_or_default();
        }
        self.part = names::part(kind, local).filter(|part| self.draft.text_of(*part).is_empty());
    }

    fn close(&mut self) -> ControlFlow<()> {
        let closing = self.depth;
        self.depth = self.depth.saturating_sub(1);
        match self.entry {
            Some(entry) if closing == entry => {
                self.entry = None;
                self.finish()
            }
            Some(entry) if closing == entry + 1 => {
                self.part = None;
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn finish(&mut self) -> ControlFlow<()> {
        let draft = std::mem::take(&mut self.draft);
        let Some(found) = &mut self.found else {
            return ControlFlow::Continue(());
        };
        let (loc, base) = match () {
            () if draft.unusable => ("", None),
            () if !draft.loc.is_empty() => (draft.loc.as_str(), Some(self.base)),
            // A guid need not be a URL, so only a whole one is taken for one.
            () => (draft.guid.as_str(), None),
        };
        found.sitemap.push(loc, base, &draft.lastmod)
    }

    fn text(&mut self, text: &str) {
        let Some(part) = self.part else { return };
        if self.entry.is_none_or(|entry| self.depth != entry + 1) {
            return; // in an element inside the part
        }
        let kept = self.draft.text_of(part);
        let text = if kept.is_empty() {
            text.trim_start()
        } else {
            text
        };
        if kept.len() + text.len() <= MAX_TEXT {
            kept.push_str(text);
        } else if part != Part::Lastmod {
            self.draft.unusable = !text.trim_end().is_empty();
        }
    }

    /// Only the entities that XML defines itself, and numbers. `&b=2;` is no entity but an unescaped `&`.
    fn entity(&mut self, entity: &BytesRef<'_>) {
        if self.part.is_none() {
            return;
        }
        if let Some(text) = resolve_predefined_entity(entity) {
            self.text(text);
        } else if let Ok(Some(character)) = entity.resolve_char_ref() {
            self.text(character.encode_utf8(&mut [0; 4]));
        } else if entity.contains('=') {
            self.text("&");
            self.text(entity);
            self.text(";");
        } else {
            self.draft.unusable = true;
        }
    }
}

impl Draft {
    fn text_of(&mut self, part: Part) -> &mut String {
        match part {
            Part::Loc => &mut self.loc,
            Part::Guid => &mut self.guid,
            Part::Lastmod => &mut self.lastmod,
        }
    }
}

fn root(local: &str, prefix: &str) -> Result<Found> {
    let Some(kind) = names::form(local) else {
        let name: String = local.chars().take(40).collect();
        return Err(malformed(format!(
            "<{name}> is no root element of a sitemap"
        )));
    };
    // RSS has no namespace, and RSS 1.0 keeps only its root in that of RDF.
    let prefix = if kind == SitemapKind::Rss { "" } else { prefix };
    Ok(Found {
        sitemap: Sitemap::new(kind),
        prefix: prefix.to_owned(),
    })
}

/// The target of a `<link>` to the entry's page: one without `rel`, or with `rel="alternate"`.
fn atom_link(tag: &BytesStart<'_>) -> Option<String> {
    let (mut href, mut rel) = (None, None);
    for attribute in tag
        .attributes()
        .with_checks(false)
        .take(MAX_ATTRIBUTES)
        .flatten()
    {
        match attribute.key.as_ref() {
            "href" => href = Some(attribute),
            "rel" => rel = Some(attribute.value),
            _ => {}
        }
    }
    let is_page = rel.is_none_or(|rel| rel.trim().eq_ignore_ascii_case("alternate"));
    let href = href.filter(|href| is_page && href.value.len() <= MAX_TEXT)?;
    Some(
        href.normalized_value(XmlVersion::Implicit1_0)
            .ok()?
            .trim()
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Sitemap> {
        parse(
            text,
            &Url::parse("http://example.com/dir/sitemap.xml").unwrap(),
        )
    }

    fn locs(text: &str) -> Vec<String> {
        read(text)
            .unwrap()
            .entries
            .into_iter()
            .map(|entry| entry.loc.into())
            .collect()
    }

    #[test]
    fn every_form_of_text_is_one_text() {
        let text = "<urlset><url><loc> /a<![CDATA[?b&c]]>&amp;d&#x3D;<!-- no -->e&f=g&h=i;j \n</loc></url></urlset>";
        assert_eq!(locs(text), ["http://example.com/a?b&c&d=e&f=g&h=i;j"]);
    }

    #[test]
    fn only_the_entrys_own_loc_counts() {
        let text = "<s:urlset><s:url><i:i><i:loc>/no</i:loc><s:loc>/no</s:loc></i:i><loc>/no</loc>\
                    <s:loc>/yes<x>/no</x></s:loc><s:loc>/second</s:loc></s:url></s:urlset>";
        assert_eq!(locs(text), ["http://example.com/yes"]);
    }

    #[test]
    fn an_index_lists_sitemaps() {
        let index = read(
            "<sitemapindex><sitemap><lastmod> 2026 </lastmod><loc>x</loc></sitemap></sitemapindex>",
        )
        .unwrap();
        assert_eq!(index.kind, SitemapKind::Index);
        assert_eq!(index.entries[0].loc.as_str(), "http://example.com/dir/x");
        assert_eq!(index.entries[0].lastmod.as_deref(), Some("2026"));
    }

    #[test]
    fn rss_takes_links_and_whole_guids() {
        let text = "<rss><channel><link>/no</link><item><guid>http://a.example/no</guid><link>/1</link></item>\
                    <item><guid>http://a.example/2</guid></item><item><guid>7bd2</guid></item></channel></rss>";
        assert_eq!(locs(text), ["http://example.com/1", "http://a.example/2"]);
        assert_eq!(read(text).unwrap().skipped, 1);
        assert_eq!(
            locs("<r:RDF><item><link>/1</link></item></r:RDF>"),
            ["http://example.com/1"]
        );
    }

    #[test]
    fn atom_takes_the_link_to_the_page() {
        let text = "<feed><link href='/no'/><entry><link rel='edit' href='/no'/><link rel='alternate' href='/1?a&amp;b'/>\
                    <link href='/no'/><updated>2026</updated></entry></feed>";
        assert_eq!(locs(text), ["http://example.com/1?a&b"]);
    }

    #[test]
    fn document_types_are_refused() {
        for text in [
            "<!DOCTYPE urlset><urlset/>",
            "<!doctype html><p>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><urlset/>",
        ] {
            assert_eq!(read(text).unwrap_err().kind(), ErrorKind::Xml, "{text}");
        }
    }

    #[test]
    fn entries_that_cannot_be_used_are_counted() {
        let long = "x".repeat(MAX_LOC);
        let text = format!(
            "<urlset><url/><url><loc/></url><url><loc>&page;</loc></url><url><loc>/&#0;</loc></url><url><loc>ftp://a/</loc></url>\
             <url><loc>/{long}</loc></url><url><loc>{long}{long}{long}{long}{long}</loc></url><url><loc>/x</loc></url></urlset>"
        );
        let sitemap = read(&text).unwrap();
        assert_eq!(
            (sitemap.entries.len(), sitemap.skipped, sitemap.truncated),
            (1, 7, false)
        );
    }

    #[test]
    fn very_many_attributes_cost_nothing_but_their_length() {
        let many: Vec<String> = (0..800_000).map(|n| format!(" a{n}=''")).collect();
        let many = many.concat();
        let text = format!("<urlset><url{many}><loc{many}>/1</loc></url></urlset>");
        assert_eq!(read(&text).unwrap().entries.len(), 1);
        let text = format!("<feed><entry><link href='/1'{many}/></entry></feed>");
        assert_eq!(read(&text).unwrap().entries.len(), 1);
    }

    #[test]
    fn what_comes_before_a_fault_is_kept() {
        let whole = "<urlset><url><loc>/1</loc></url>";
        for fault in ["", "<url><loc>/2", "<url", "<a>".repeat(300).as_str()] {
            let sitemap = read(&format!("{whole}{fault}")).unwrap();
            assert_eq!(
                (sitemap.entries.len(), sitemap.truncated),
                (1, true),
                "{fault}"
            );
            assert_eq!(
                read(&format!("<urlset>{fault}")).unwrap_err().kind(),
                ErrorKind::Xml,
                "{fault}"
            );
        }
    }

    #[test]
    fn other_documents_are_refused() {
        for text in [
            "<html><body>Not found</body></html>",
            "<!-- nothing -->",
            "<?xml version='1.0'?>",
        ] {
            assert_eq!(read(text).unwrap_err().kind(), ErrorKind::Xml, "{text}");
        }
    }
}
