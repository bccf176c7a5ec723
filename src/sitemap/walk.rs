//! The XML forms of a sitemap: url sets, indexes, RSS and Atom, in one pass and without a tree.

use super::entries::{Draft, MAX_LOC, SitemapKind};
use super::names::{self, Part};
use crate::Result;
use crate::xml::source::Source;
use crate::xml::{Entity, Tag, Token, Xml, malformed};

/// How much text of one element is kept, in bytes: enough for a URL of [`MAX_LOC`] however it is escaped.
const MAX_TEXT: usize = 4 * MAX_LOC;

/// How many alternates of one entry are kept.
const MAX_ALTERNATES: usize = 200;

/// Reads entry after entry.
pub(super) struct Walk<'a> {
    xml: Xml<'a>,
    place: Place,
}

/// Where in the document the reader is.
#[derive(Default)]
struct Place {
    /// Known from the root element on.
    root: Option<Root>,
    /// The depth of the entry that is open.
    entry: Option<usize>,
    /// The part of the entry whose text is being read: always one level below it.
    part: Option<Part>,
    open: Open,
}

struct Root {
    kind: SitemapKind,
    /// The prefix, empty for none, of the elements that count. That it is the same as the root's separates
    /// `<image:loc>` from `<loc>`, and `<s:loc>` is found in `<s:urlset>`, without trusting any namespace.
    prefix: String,
}

/// The entry that is open, so far.
#[derive(Default)]
struct Open {
    loc: String,
    guid: String,
    lastmod: String,
    alternates: Vec<(String, String)>,
    /// Whether the text is too long or has an unknown entity.
    unusable: bool,
}

impl<'a> Walk<'a> {
    /// A sitemap whose text begins with `<`.
    pub(super) fn new(source: Source<'a>) -> Self {
        Self {
            xml: Xml::new(source, "sitemap"),
            place: Place::default(),
        }
    }

    /// Known when the first entry is; an index would do no harm before.
    pub(super) fn kind(&self) -> SitemapKind {
        let root = self.place.root.as_ref();
        root.map_or(SitemapKind::UrlSet, |root| root.kind)
    }

    /// The next entry; none at the end of the document.
    pub(super) fn next(&mut self) -> Result<Option<Draft>> {
        loop {
            let (depth, token) = self.xml.next()?;
            match token {
                Token::DocType(_) => {
                    return Err(malformed("the sitemap has a document type declaration"));
                }
                Token::End if self.place.root.is_none() => {
                    return Err(malformed("the sitemap has no element"));
                }
                Token::End => return Ok(None),
                Token::Open(tag) => self.place.open(depth, &tag)?,
                Token::Close(_) => {
                    if let Some(draft) = self.place.close(depth) {
                        return Ok(Some(draft));
                    }
                }
                Token::Text(text) | Token::CData(text) => self.place.text(depth, &text),
                Token::Entity(entity) => self.place.entity(depth, &entity),
                Token::Other => {}
            }
        }
    }
}

impl Place {
    fn open(&mut self, depth: usize, tag: &Tag<'_>) -> Result<()> {
        let Some(root) = &self.root else {
            self.root = Some(root_of(tag)?);
            return Ok(());
        };
        let (kind, local) = (root.kind, tag.local());
        let is_inside = self.entry.is_some_and(|entry| depth == entry + 1);
        if root.prefix != tag.prefix() {
            if is_inside && kind == SitemapKind::UrlSet && local == "link" {
                self.open.add_alternate(tag);
            }
            return Ok(());
        }
        if self.entry.is_none() && names::entry(kind) == Some(local) {
            self.entry = Some(depth);
        } else if is_inside {
            self.open_part(kind, tag);
        }
        Ok(())
    }

    /// The first of several parts of a kind counts.
    fn open_part(&mut self, kind: SitemapKind, tag: &Tag<'_>) {
        if kind == SitemapKind::Atom && tag.local() == "link" && self.open.loc.is_empty() {
            self.open.loc = atom_link(tag).unwrap_or_default();
        }
        let part = names::part(kind, tag.local());
        self.part = part.filter(|part| self.open.text_of(*part).is_empty());
    }

    fn close(&mut self, depth: usize) -> Option<Draft> {
        match self.entry {
            Some(entry) if depth == entry => {
                (self.entry, self.part) = (None, None);
                return Some(std::mem::take(&mut self.open).draft());
            }
            Some(entry) if depth == entry + 1 => self.part = None,
            _ => {}
        }
        None
    }

    fn text(&mut self, depth: usize, text: &str) {
        let Some(part) = self.part else { return };
        if self.entry.is_none_or(|entry| depth != entry + 1) {
            return; // in an element inside the part
        }
        let kept = self.open.text_of(part);
        let text = if kept.is_empty() {
            text.trim_start()
        } else {
            text
        };
        if kept.len() + text.len() <= MAX_TEXT {
            kept.push_str(text);
        } else if part != Part::Lastmod {
            self.open.unusable = !text.trim_end().is_empty();
        }
    }

    /// Only the entities that XML defines itself, and numbers. `&b=2;` is no entity but an unescaped `&`.
    fn entity(&mut self, depth: usize, entity: &Entity<'_>) {
        if self.part.is_none() {
            return;
        }
        if let Some(text) = entity.text() {
            self.text(depth, &text);
        } else if entity.name().contains('=') {
            self.text(depth, &format!("&{};", entity.name()));
        } else {
            self.open.unusable = true;
        }
    }
}

impl Open {
    fn text_of(&mut self, part: Part) -> &mut String {
        match part {
            Part::Loc => &mut self.loc,
            Part::Guid => &mut self.guid,
            Part::Lastmod => &mut self.lastmod,
        }
    }

    fn add_alternate(&mut self, tag: &Tag<'_>) {
        let rel = tag.attribute("rel").unwrap_or_default();
        if !rel.eq_ignore_ascii_case("alternate") || self.alternates.len() >= MAX_ALTERNATES {
            return;
        }
        if let (Some(lang), Some(href)) = (tag.attribute("hreflang"), tag.attribute("href"))
            && lang.len() + href.len() <= MAX_TEXT
        {
            self.alternates.push((lang, href));
        }
    }

    fn draft(self) -> Draft {
        let (loc, is_relative) = match () {
            () if self.unusable => (String::new(), false),
            () if !self.loc.is_empty() => (self.loc, true),
            // A guid need not be a URL, so only a whole one is taken for one.
            () => (self.guid, false),
        };
        Draft {
            loc,
            is_relative,
            lastmod: self.lastmod,
            alternates: self.alternates,
        }
    }
}

fn root_of(tag: &Tag<'_>) -> Result<Root> {
    let Some(kind) = names::form(tag.local()) else {
        let name: String = tag.local().chars().take(40).collect();
        return Err(malformed(format!(
            "<{name}> is no root element of a sitemap"
        )));
    };
    // RSS has no namespace, and RSS 1.0 keeps only its root in that of RDF.
    let is_rss = kind == SitemapKind::Rss;
    let prefix = if is_rss { "" } else { tag.prefix() }.to_owned();
    Ok(Root { kind, prefix })
}

/// The target of a `<link>` to the entry's page: one without `rel`, or with `rel="alternate"`.
fn atom_link(tag: &Tag<'_>) -> Option<String> {
    let rel = tag.attribute("rel");
    let is_page = rel.is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"));
    let href = tag.attribute("href").filter(|_| is_page)?;
    (href.len() <= MAX_TEXT).then_some(href)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::ErrorKind;
    use crate::sitemap::{Sitemap, parse};

    fn read(text: &str) -> Result<Sitemap> {
        parse(
            text.as_bytes(),
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
    fn pages_in_other_languages_are_alternates() {
        let text = "<urlset xmlns:xhtml='x'><url><loc>/en</loc><xhtml:link rel='alternate' hreflang='de' href='/de?a&amp;b'/>\
                    <xhtml:link rel='canonical' href='/no'/><xhtml:link rel='Alternate' hreflang='fr' href='mailto:no'/>\
                    <xhtml:link rel='alternate' hreflang='x-default' href='http://b.example/'/></url></urlset>";
        let entry = read(text).unwrap().entries.remove(0);
        let found: Vec<_> = entry
            .alternates
            .iter()
            .map(|to| (&*to.hreflang, to.href.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("de", "http://example.com/de?a&b"),
                ("x-default", "http://b.example/")
            ]
        );
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
