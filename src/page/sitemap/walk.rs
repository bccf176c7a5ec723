//! Parser of the XML formats of a sitemap: url sets, indexes, RSS and Atom, in one pass and without a tree.

use std::collections::VecDeque;

use super::entries::{Draft, MAX_LOC, SitemapKind};
use super::names::{self, Part};
use crate::page::error::Result;
use crate::page::feed::{FeedKind, Vocabulary};
use crate::page::xml::source::Source;
use crate::page::xml::{self, Entity, Tag, Token, Xml, malformed};

/// Longest text of one element that is kept, in bytes: enough for a URL of [`MAX_LOC`] however it is escaped.
const MAX_TEXT: usize = 4 * MAX_LOC;

/// Maximum number of alternates of one entry that are kept.
const MAX_ALTERNATES: usize = 200;

/// Reader of the entries of an XML sitemap, one after another.
pub(super) struct Walk<'a> {
    xml: Xml<'a>,
    place: Place,
}

/// Position of the reader in the document, and the entries found so far.
#[derive(Default)]
struct Place {
    /// Root element; `None` until it was read.
    root: Option<Root>,
    /// Depth of the entry that is open.
    entry: Option<usize>,
    /// Part of the entry whose text is being read: always one level below the entry.
    part: Option<Part>,
    open: Open,
    /// Entries that are complete.
    done: VecDeque<Draft>,
}

struct Root {
    kind: SitemapKind,
    /// Prefix, empty for none, of the sitemap's own elements, where they have no known namespace. It is that of the root,
    /// and separates `<image:loc>` from `<loc>`.
    prefix: String,
    is_closed: bool,
}

/// Parts of the open entry that were read so far.
#[derive(Default)]
struct Open {
    /// Set when the entry lists a sitemap.
    is_sitemap: bool,
    /// Set when the entry is a URL without an element around it.
    is_bare: bool,
    /// URLs, of which most entries have one, each with a flag for one that is too long or has an unknown entity.
    locs: Vec<(String, bool)>,
    /// Rank of the Atom link that is in `locs`; the lowest is the best, 0 for a link to an HTML page.
    rank: u8,
    guid: String,
    lastmod: String,
    alternates: Vec<(String, String)>,
}

impl<'a> Walk<'a> {
    /// Creates a reader of a sitemap that is XML.
    pub(super) fn new(source: Source<'a>) -> Self {
        Self {
            xml: Xml::new(source, "sitemap"),
            place: Place::default(),
        }
    }

    /// Returns the format of the sitemap, which is known once the first entry was read; before that, `UrlSet`.
    pub(super) fn kind(&self) -> SitemapKind {
        let root = self.place.root.as_ref();
        root.map_or(SitemapKind::UrlSet, |root| root.kind)
    }

    /// Returns the next entry; `None` at the end of the document.
    pub(super) fn next(&mut self) -> Result<Option<Draft>> {
        loop {
            if let Some(draft) = self.place.done.pop_front() {
                return Ok(Some(draft));
            }
            let (depth, token) = self.xml.next()?;
            match token {
                Token::DocType(text) if xml::defines_entities(text) => {
                    let message = "the sitemap has a document type declaration with entities";
                    return Err(malformed(message));
                }
                Token::DocType(text) if self.place.root.is_none() && xml::is_html(text) => {
                    return Err(xml::html("sitemap"));
                }
                Token::End => return self.place.end(depth).map(|()| None),
                Token::Open(tag) => {
                    if let Some(depth) = self.place.open(depth, &tag)? {
                        self.xml.lift(depth);
                    }
                }
                Token::Close(_) => self.place.close(depth),
                Token::Text(text) | Token::CData(text) => self.place.text(depth, text),
                Token::Entity(entity) => self.place.entity(depth, &entity),
                Token::DocType(_) | Token::Stray(_) | Token::Other => {}
            }
        }
    }
}

impl Place {
    /// Takes the start of an element; returns its real depth, if it is less than the apparent one.
    fn open(&mut self, depth: usize, tag: &Tag<'_>) -> Result<Option<usize>> {
        let local = tag.local().to_ascii_lowercase();
        let mut lifted = None;
        if self.root.is_none() {
            let Some(root) = root_of(tag, &local)? else {
                return Ok(None);
            };
            self.root = Some(root);
            lifted = (depth > 1).then_some(1);
        }
        let Some(root) = &self.root else {
            return Ok(None);
        };
        let kind = root.kind;
        let is_inside = self.entry.is_some_and(|entry| depth == entry + 1);
        if !root.owns(tag) {
            if is_inside && local == "link" && names::has_alternates(kind) {
                self.open.add_alternate(tag);
            }
            return Ok(lifted);
        }
        let entry = names::entry(kind, &local);
        let part = names::part(kind, &local);
        if let Some(is_sitemap) = entry {
            // The one before was not closed.
            let outer = self.entry.filter(|entry| *entry < depth);
            lifted = outer.or(lifted);
            self.finish();
            self.entry = Some(lifted.unwrap_or(depth));
            self.open.is_sitemap = is_sitemap;
        } else if let Some(entry) = self.entry
            && self.part.is_some()
            && depth > entry + 1
            && part.is_some()
        {
            lifted = Some(entry + 1);
            self.open_part(kind, tag, part);
        } else if is_inside {
            self.open_part(kind, tag, part);
        } else if self.entry.is_none() && local == "loc" && part.is_some() {
            self.entry = depth.checked_sub(1);
            (self.open.is_bare, self.open.is_sitemap) = (true, kind == SitemapKind::Index);
            self.open_part(kind, tag, part);
        }
        Ok(lifted)
    }

    /// Takes the start of a part. Of several parts of a kind the first counts, but in the formats of sitemaps.org all URLs
    /// do.
    fn open_part(&mut self, kind: SitemapKind, tag: &Tag<'_>, part: Option<Part>) {
        let open = &mut self.open;
        if part == Some(Part::Loc) {
            open.add_link(tag);
            if names::has_alternates(kind)
                && open.locs.last().is_some_and(|(loc, _)| !loc.is_empty())
            {
                open.locs.push(Default::default());
            }
        }
        self.part = part.filter(|part| open.text_of(*part).is_empty());
    }

    fn close(&mut self, depth: usize) {
        match self.entry {
            Some(entry) if depth == entry => self.finish(),
            Some(entry) if depth == entry + 1 => {
                self.part = None;
                if self.open.is_bare {
                    self.finish();
                }
            }
            _ => {}
        }
        if let Some(root) = &mut self.root {
            root.is_closed |= depth == 1;
        }
    }

    /// Ends the entry that is open, if any.
    fn finish(&mut self) {
        self.part = None;
        let open = std::mem::take(&mut self.open);
        if self.entry.take().is_some() {
            self.done.extend(open.drafts());
        }
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
        } else if part != Part::Lastmod && !text.trim_end().is_empty() {
            self.open.spoil();
        }
    }

    /// Takes an entity: only those that XML defines itself, and character numbers, are known.
    fn entity(&mut self, depth: usize, entity: &Entity<'_>) {
        match entity.text() {
            Some(text) => self.text(depth, &text),
            None if self.part.is_some() => self.open.spoil(),
            None => {}
        }
    }

    /// Checks that the document is complete at its end.
    fn end(&self, depth: usize) -> Result<()> {
        match &self.root {
            None if depth > 0 => Err(xml::html("sitemap")),
            None => Err(malformed("the sitemap has no element")),
            Some(root) if !root.is_closed => Err(malformed("the sitemap breaks off")),
            Some(_) => Ok(()),
        }
    }
}

impl Root {
    /// Returns whether an element belongs to the sitemap's own vocabulary.
    fn owns(&self, tag: &Tag<'_>) -> bool {
        let vocabulary = Vocabulary::of(tag);
        match self.kind {
            SitemapKind::Rss => vocabulary.is_own(FeedKind::Rss),
            SitemapKind::Atom if vocabulary == Vocabulary::Atom => true,
            _ => match tag.namespace() {
                Some(space) if names::is_sitemaps(space) => true,
                Some(space) if names::is_extension(space) => false,
                _ => self.prefix == tag.prefix(),
            },
        }
    }
}

impl Open {
    fn text_of(&mut self, part: Part) -> &mut String {
        match part {
            Part::Loc => {
                if self.locs.is_empty() {
                    self.locs.push(Default::default());
                }
                let last = self.locs.len() - 1;
                match self.locs.get_mut(last) {
                    Some((loc, _)) => loc,
                    None => &mut self.guid,
                }
            }
            Part::Guid => &mut self.guid,
            Part::Lastmod => &mut self.lastmod,
        }
    }

    /// Marks the URL that is being read as unusable.
    fn spoil(&mut self) {
        match self.locs.last_mut() {
            Some((_, is_spoiled)) => *is_spoiled = true,
            None => self.locs.push((String::new(), true)),
        }
    }

    /// Takes the target of a `<link>` to the entry's page: one without `rel`, or with `rel="alternate"`. A link to HTML
    /// goes before any other.
    fn add_link(&mut self, tag: &Tag<'_>) {
        let rel = tag.attribute("rel");
        let is_page = rel.is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"));
        let Some(href) = tag
            .attribute("href")
            .filter(|href| is_page && href.len() <= MAX_TEXT)
        else {
            return;
        };
        let kind = tag
            .attribute("type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_html = kind.is_empty()
            || kind.starts_with("text/html")
            || kind.starts_with("application/xhtml");
        let is_web = !href.contains(':') || href.to_ascii_lowercase().starts_with("http");
        let rank = u8::from(!is_html) + 2 * u8::from(!is_web);
        if self.locs.iter().all(|(loc, _)| loc.is_empty()) || rank < self.rank {
            (self.locs, self.rank) = (vec![(href, false)], rank);
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

    /// Returns an entry for each URL. The first entry gets the versions in other languages.
    fn drafts(mut self) -> Vec<Draft> {
        self.locs
            .retain(|(loc, is_spoiled)| !loc.is_empty() || *is_spoiled);
        let is_relative = !self.locs.is_empty();
        if self.locs.is_empty() {
            // A guid need not be a URL, so only a whole one is taken for one.
            self.locs.push((self.guid, false));
        }
        let mut alternates = self.alternates;
        let locs = self.locs.into_iter();
        let drafts = locs.map(|(loc, is_spoiled)| Draft {
            loc: if is_spoiled { String::new() } else { loc },
            is_relative: is_relative && !is_spoiled,
            is_sitemap: self.is_sitemap,
            lastmod: self.lastmod.clone(),
            alternates: std::mem::take(&mut alternates),
        });
        drafts.collect()
    }
}

/// Reads the root element; `None` if the element is part of a message that the server wrote before the sitemap.
fn root_of(tag: &Tag<'_>, local: &str) -> Result<Option<Root>> {
    let Some(kind) = names::form(local) else {
        return xml::no_root("sitemap", tag.local()).map_or(Ok(None), Err);
    };
    // RSS has no namespace, and RSS 1.0 keeps only its root in that of RDF.
    let is_rss = kind == SitemapKind::Rss;
    let prefix = if is_rss { "" } else { tag.prefix() }.to_owned();
    Ok(Some(Root {
        kind,
        prefix,
        is_closed: false,
    }))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::page::error::ErrorKind;
    use crate::page::sitemap::{Sitemap, parse};

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
        assert_eq!(
            locs(text),
            ["http://example.com/yes", "http://example.com/second"]
        );
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
    fn document_types_are_read_past_unless_they_define_entities() {
        let set = "<urlset><url><loc>/1</loc></url></urlset>";
        for start in [
            "<!DOCTYPE urlset>",
            "<!DOCTYPE urlset PUBLIC '-//A//B' 'http://a.example/b.dtd'>",
            "<!doctype urlset [ <!ELEMENT urlset (url+)> ]>",
        ] {
            assert_eq!(locs(&format!("{start}{set}")), ["http://example.com/1"]);
        }
        for text in [
            "<!doctype html><p>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><urlset/>",
            "<!DOCTYPE a [<!ENTITY % b SYSTEM 'file:///etc/passwd'> %b;]><urlset/>",
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

    #[test]
    fn what_is_not_closed_costs_no_other_entry() {
        for text in [
            "<urlset><url><loc>/1</loc><n:n><n:title>a <i>b <br> c</n:title></n:n></url><url><loc>/2</loc></url></urlset>",
            "<urlset><url><loc>/1</loc><url><loc>/2</loc></url></urlset>",
            "<urlset><url><loc>/1<lastmod>2026</lastmod></url><url><loc>/2</url></urlset>",
            "<urlset><url><loc>/1</loc></b></url></i></url><url><loc>/2</loc></url></urlset>",
            "<urlset><url><loc>/1</loc><changefreq>a < b</changefreq></url><url x='><loc>/2</loc></url></urlset>",
            "<URLSET><Url><LOC>/1</LOC></url><url><loc>/2</Loc></url></urlset>",
        ] {
            assert_eq!(
                locs(text),
                ["http://example.com/1", "http://example.com/2"],
                "{text}"
            );
            assert!(!read(text).unwrap().truncated, "{text}");
        }
    }

    #[test]
    fn every_url_counts_wherever_it_stands() {
        for text in [
            "<urlset><url><loc>/1</loc><lastmod>2026</lastmod><loc>/2</loc></url></urlset>",
            "<urlset><loc>/1</loc><lastmod>x</lastmod><loc>/2</loc></urlset>",
            "<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'><s:url><s:loc>/1</s:loc></s:url>\
             <t:url xmlns:t='https://www.sitemaps.org/schemas/sitemap/0.9/'><t:loc>/2</t:loc></t:url></s:urlset>",
            "<url><loc>/1</loc></url><url><loc>/2</loc></url>",
            "<br />\n<b>Notice</b>: x<br>\n<urlset><url><loc>/1</loc></url><url><loc>/2</loc></url></urlset>",
        ] {
            assert_eq!(
                locs(text),
                ["http://example.com/1", "http://example.com/2"],
                "{text}"
            );
        }
        let text = "<urlset><url><loc>/1</loc><loc>&x;</loc></url></urlset>";
        assert_eq!((locs(text).len(), read(text).unwrap().skipped), (1, 1));
    }

    #[test]
    fn pages_in_an_index_and_sitemaps_among_pages_are_told_apart() {
        for root in ["urlset", "sitemapindex"] {
            let text = format!(
                "<{root}><url><loc>/p</loc></url><sitemap><loc>/s</loc></sitemap></{root}>"
            );
            let found: Vec<_> = read(&text)
                .unwrap()
                .entries
                .iter()
                .map(|entry| (entry.loc.path().to_owned(), entry.is_sitemap))
                .collect();
            assert_eq!(found, [("/p".to_owned(), false), ("/s".to_owned(), true)]);
        }
    }

    #[test]
    fn an_html_page_is_told_as_one() {
        for text in [
            "<!-- x --><!DOCTYPE html><html><body>no",
            "<html xmlns='http://www.w3.org/1999/xhtml'/>",
            "<title>404</title>",
            "<h1>Not found</h1><p>Sorry",
            "<?xml version='1.0'?><!doctype HTML PUBLIC 'x'><HTML>",
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("an HTML page"), "{text}: {error}");
        }
    }

    #[test]
    fn a_page_of_html_goes_before_other_links_of_atom() {
        let text = "<feed><entry><link rel='alternate' type='application/json' href='/1.json'/>\
                    <link rel='alternate' type='text/html' href='/1'/></entry>\
                    <entry><link href='gemini://a.example/2'/><link href='/2'/></entry><entry><link>/3</link></entry></feed>";
        let expected = [
            "http://example.com/1",
            "http://example.com/2",
            "http://example.com/3",
        ];
        assert_eq!(locs(text), expected);
    }
}
