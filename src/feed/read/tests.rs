use proptest::prelude::*;

use super::*;

fn base() -> Url {
    Url::parse("http://a.example/dir/feed").unwrap()
}

fn read(text: &str) -> Feed {
    parse(text.as_bytes(), &base()).unwrap()
}

fn one(text: &str) -> FeedEntry {
    let mut feed = read(text);
    assert_eq!(feed.entries.len(), 1, "{feed:?}");
    feed.entries.remove(0)
}

fn item(parts: &str) -> FeedEntry {
    one(&format!(
        "<rss><channel><item>{parts}</item></channel></rss>"
    ))
}

fn entry(parts: &str) -> FeedEntry {
    one(&format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry>{parts}</entry></feed>"
    ))
}

fn url(url: Option<&Url>) -> Option<&str> {
    url.map(Url::as_str)
}

fn time(time: Option<jiff::Timestamp>) -> Option<String> {
    time.map(|time| time.to_string())
}

const RSS: &str = "<?xml version='1.0'?>
<rss version='2.0' xmlns:dc='x' xmlns:content='y' xmlns:media='z' xmlns:atom='w'><channel>
<title>All &amp; more</title><link>http://a.example/</link><atom:link rel='self' href='/feed'/>
<atom:link rel='next' href='?page=2'/><image><title>no</title><link>no</link></image>
<item>
  <title><![CDATA[One <two> &#8217;]]></title><link> /1?a&amp;b#c </link><guid isPermaLink='false'>urn:1</guid>
  <author>a@b.c (Ada)</author><dc:creator>Ben</dc:creator><pubDate>Fri, 20 Jun 2025 08:00:00 +0200</pubDate>
  <description>Short</description><content:encoded><![CDATA[<p>Long<br>one</p>]]></content:encoded>
  <category>x</category><category> y </category><dc:subject>z</dc:subject>
  <enclosure url='/1.mp3' type='audio/mpeg' length='123'/><media:content url='/1.jpg' fileSize='?'/>
</item></channel></rss>";

#[test]
fn rss_with_its_customary_extensions_is_read() {
    let feed = read(RSS);
    assert_eq!(
        (feed.kind, feed.title.as_deref()),
        (FeedKind::Rss, Some("All & more"))
    );
    assert_eq!(url(feed.home.as_ref()), Some("http://a.example/"));
    assert_eq!(
        url(feed.next.as_ref()),
        Some("http://a.example/dir/feed?page=2")
    );
    let entry = one(RSS);
    assert_eq!(entry.feed, base());
    assert_eq!(entry.id.as_deref(), Some("urn:1"));
    assert_eq!(url(entry.url.as_ref()), Some("http://a.example/1?a&b#c"));
    assert_eq!(entry.title.as_deref(), Some("One <two> \u{2019}"));
    assert_eq!(entry.authors, ["a@b.c (Ada)", "Ben"]);
    assert_eq!(
        time(entry.published).as_deref(),
        Some("2025-06-20T06:00:00Z")
    );
    assert_eq!(entry.updated, None);
    assert_eq!(entry.summary.as_deref(), Some("Short"));
    assert_eq!(entry.content.as_deref(), Some("<p>Long<br>one</p>"));
    assert_eq!(entry.categories, ["x", "y", "z"]);
    let files: Vec<_> = entry
        .enclosures
        .iter()
        .map(|file| (file.url.path(), file.length))
        .collect();
    assert_eq!(files, [("/1.mp3", Some(123)), ("/1.jpg", None)]);
    assert_eq!(
        entry.enclosures[0].media_type.as_deref(),
        Some("audio/mpeg")
    );
}

const ATOM: &str = "<a:feed xmlns:a='http://www.w3.org/2005/Atom' xml:base='http://b.example/x/'>
<a:title type='html'>All &lt;b>news&lt;/b></a:title><a:link href='/home'/><a:link rel='next' href='2'/>
<a:author><a:name>Feed's</a:name></a:author>
<a:entry><a:id>tag:1</a:id><a:title>1 &lt; 2</a:title><a:link rel='alternate' type='text/html' href='one'/>
<a:link rel='http://www.iana.org/assignments/relation/enclosure' href='one.ogg'/>
<a:published>2025-06-20T08:00:00+02:00</a:published><a:updated>2025-06-21</a:updated>
<a:category term='t' label='Tea'/><a:category term='u'/>
<a:summary type='html'>&lt;i>about&lt;/i>&amp;nbsp;it</a:summary>
<a:content type='xhtml'><x:div xmlns:x='h'><x:p class='a'>1 &lt; <x:br/>2</x:p></x:div></a:content></a:entry>
<a:entry xml:base='sub/'><a:author><a:name> Own </a:name><a:email>no</a:email></a:author>
<a:contributor><a:name>no</a:name></a:contributor><a:link href='two'/></a:entry></a:feed>";

#[test]
fn atom_is_read_whatever_its_prefix() {
    let feed = read(ATOM);
    assert_eq!(
        (feed.kind, feed.title.as_deref()),
        (FeedKind::Atom, Some("All news"))
    );
    assert_eq!(url(feed.home.as_ref()), Some("http://b.example/home"));
    assert_eq!(url(feed.next.as_ref()), Some("http://b.example/x/2"));
    let [first, second] = &feed.entries[..] else {
        panic!("{feed:?}")
    };
    assert_eq!(
        (first.id.as_deref(), first.title.as_deref()),
        (Some("tag:1"), Some("1 < 2"))
    );
    assert_eq!(url(first.url.as_ref()), Some("http://b.example/x/one"));
    assert_eq!(
        first.enclosures[0].url.as_str(),
        "http://b.example/x/one.ogg"
    );
    assert_eq!(
        time(first.published).as_deref(),
        Some("2025-06-20T06:00:00Z")
    );
    assert_eq!(
        time(first.modified()).as_deref(),
        Some("2025-06-21T00:00:00Z")
    );
    assert_eq!(first.categories, ["Tea", "u"]);
    assert_eq!(first.summary.as_deref(), Some("about\u{a0}it"));
    let xhtml = "<div xmlns:x='h'><p class='a'>1 &lt; <br>2</p></div>";
    assert_eq!(first.content.as_deref(), Some(xhtml));
    assert_eq!(
        (&first.authors[..], &second.authors[..]),
        (&["Feed's".to_owned()][..], &["Own".to_owned()][..])
    );
    assert_eq!(url(second.url.as_ref()), Some("http://b.example/x/sub/two"));
}

#[test]
fn rss_1_0_has_its_items_beside_the_channel() {
    let text = "<rdf:RDF xmlns:rdf='r' xmlns='s'><channel rdf:about='/c'><title>T</title><link>/home</link></channel>\
        <item rdf:about='http://a.example/1'><title>One</title><dc:date>2025-06</dc:date></item></rdf:RDF>";
    let feed = read(text);
    assert_eq!(
        (feed.title.as_deref(), feed.home.unwrap().path()),
        (Some("T"), "/home")
    );
    let entry = one(text);
    assert_eq!(
        (entry.id.as_deref(), url(entry.url.as_ref())),
        (Some("http://a.example/1"), Some("http://a.example/1"))
    );
    assert_eq!(
        time(entry.published).as_deref(),
        Some("2025-06-01T00:00:00Z")
    );
}

#[test]
fn json_feed_is_read_whatever_types_its_values_have() {
    let text = r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"/","next_url":"?p=2",
        "authors":[{"name":"Ada"},7],"items":[
        {"id":1,"url":"/1","title":"A <b>","content_text":"1 < 2","date_published":"2025-06-20T08:00:00+02:00",
         "tags":["x",null,2],"attachments":[{"url":"/a.mp3","mime_type":"audio/mpeg","size_in_bytes":12},"no"]},
        {"id":"b","external_url":"http://b.example/","content_html":"<p>Hi","summary":"s","author":{"name":"Ben"}},
        "no entry",{"title":["no"]}]}"#;
    let feed = read(text);
    assert_eq!(
        (feed.kind, feed.title.as_deref(), feed.skipped),
        (FeedKind::Json, Some("T"), 2)
    );
    assert_eq!(
        url(feed.next.as_ref()),
        Some("http://a.example/dir/feed?p=2")
    );
    let [first, second] = &feed.entries[..] else {
        panic!("{feed:?}")
    };
    assert_eq!(
        (first.id.as_deref(), first.title.as_deref()),
        (Some("1"), Some("A <b>"))
    );
    assert_eq!(
        (first.content.as_deref(), &first.authors[..]),
        (Some("1 &lt; 2"), &["Ada".to_owned()][..])
    );
    assert_eq!(
        (&first.categories[..], first.enclosures[0].length),
        (&["x".to_owned(), "2".to_owned()][..], Some(12))
    );
    assert_eq!(
        (second.content.as_deref(), second.summary.as_deref()),
        (Some("<p>Hi"), Some("s"))
    );
    assert_eq!(
        (url(second.url.as_ref()), &second.authors[..]),
        (Some("http://b.example/"), &["Ben".to_owned()][..])
    );
}

#[test]
fn a_guid_is_a_link_unless_it_says_otherwise() {
    assert_eq!(
        url(item("<guid>http://b.example/</guid>").url.as_ref()),
        Some("http://b.example/")
    );
    assert_eq!(
        item("<guid isPermaLink='false'>http://b.example/</guid>").url,
        None
    );
    assert_eq!(item("<guid>7bd2</guid>").url, None);
    let both = item("<guid>http://b.example/</guid><link>/a</link>");
    assert_eq!(both.url.unwrap().path(), "/a");
}

#[test]
fn a_description_with_markup_is_content_where_there_is_no_other() {
    let entry = item("<description>&lt;a href='/x'&gt;it&lt;/a&gt;  works</description>");
    assert_eq!(
        (entry.summary.as_deref(), entry.content.as_deref()),
        (Some("it works"), Some("<a href='/x'>it</a>  works"))
    );
    let entry = item("<description>plain &amp;amp; simple</description>");
    assert_eq!(
        (entry.summary.as_deref(), entry.content),
        (Some("plain & simple"), None)
    );
}

#[test]
fn markup_that_should_have_been_escaped_is_markup() {
    let entry =
        item("<description>a <b>b &lt; c</b><br/>d</description><title>an <i>old</i> one</title>");
    assert_eq!(entry.content.as_deref(), Some("a <b>b &lt; c</b><br>d"));
    assert_eq!(entry.summary.as_deref(), Some("a b < c d"));
    assert_eq!(entry.title.as_deref(), Some("an old one"));
}

#[test]
fn references_of_html_and_stray_ampersands_are_forgiven() {
    assert_eq!(
        item("<title>a&nbsp;b &eacute; &unknown; R&D &#x2019;</title>")
            .title
            .as_deref(),
        Some("a\u{a0}b é &unknown; R&D ’")
    );
}

#[test]
fn content_that_is_no_text_is_left_out() {
    let entry = entry("<id>1</id><content type='image/png'>iVBORw0KGgo</content>");
    assert_eq!(entry.content, None);
}

#[test]
fn entries_that_say_nothing_are_counted() {
    let feed = read(
        "<rss><channel><item/><item><title> </title></item><item><title>x</title></item></channel></rss>",
    );
    assert_eq!(
        (feed.entries.len(), feed.skipped, feed.truncated),
        (1, 2, false)
    );
}

#[test]
fn entities_of_its_own_are_refused_and_a_mere_document_type_is_not() {
    let bomb = "<!DOCTYPE rss [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><rss><channel><item><title>&b;</title></item></channel></rss>";
    let error = parse(bomb.as_bytes(), &base()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Xml);
    let old = "<!DOCTYPE rss PUBLIC '-//Netscape//DTD RSS 0.91//EN' 'http://my.netscape.com/rss-0.91.dtd'>\
        <rss><channel><item><title>x</title></item></channel></rss>";
    assert_eq!(read(old).entries.len(), 1);
}

#[test]
fn what_comes_before_a_fault_is_kept() {
    let start = "<rss><channel><item><title>x</title></item>";
    for fault in ["", "<item><title>y", "<item", &"<a>".repeat(300)] {
        let feed = read(&format!("{start}{fault}"));
        assert_eq!((feed.entries.len(), feed.truncated), (1, true), "{fault}");
    }
}

#[test]
fn what_is_no_feed_is_an_error() {
    for (text, kind) in [
        ("<html><body>Not found</body></html>", ErrorKind::Xml),
        ("<rss><channel>", ErrorKind::Xml),
        ("", ErrorKind::Xml),
        ("Page not found", ErrorKind::Xml),
        ("{\"items\":7}", ErrorKind::Json),
        ("{\"items\":[{\"id\":1}", ErrorKind::Json),
        ("{}", ErrorKind::Json),
    ] {
        let error = parse(text.as_bytes(), &base()).unwrap_err();
        assert_eq!(error.kind(), kind, "{text}: {error}");
    }
}

#[test]
fn more_entries_than_are_taken_are_reported() {
    let items = "<item><guid>1</guid></item>".repeat(MAX_ENTRIES + 1);
    let feed = read(&format!("<rss><channel>{items}</channel></rss>"));
    assert_eq!((feed.entries.len(), feed.truncated), (MAX_ENTRIES, true));
    let items = vec!["{\"id\":1}"; MAX_ENTRIES + 1].join(",");
    let feed = read(&format!("{{\"items\":[{items}]}}"));
    assert_eq!((feed.entries.len(), feed.truncated), (MAX_ENTRIES, true));
}

#[test]
fn an_entry_is_written_and_read_back() {
    let entry = one(RSS);
    let json = serde_json::to_string(&entry).unwrap();
    assert!(
        json.starts_with(r#"{"feed":"http://a.example/dir/feed","id":"urn:1","url":"#),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<FeedEntry>(&json).unwrap(), entry);
}

proptest! {
    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &base());
    }

    #[test]
    fn never_panics_on_markup(parts in prop::collection::vec(
        prop::sample::select(vec![
            "<rss>", "<channel>", "<item>", "<feed>", "<entry>", "<title>", "<title type='xhtml'>", "</title>", "<link", "/>", ">",
            "<author>", "<name>", "</name>", "</author>", "</item>", "</entry>", "</feed>", "x", "&amp;", "&#0;", "&x;", "&",
            "<![CDATA[", "]]>", "<!--", "-->", "<content:encoded>", " href='/x'", "</", "<", "<!DOCTYPE rss>", "<b>", "<br/>",
        ]),
        0..30,
    )) {
        let _ = parse(parts.concat().as_bytes(), &base());
    }

    #[test]
    fn any_title_survives(title in "[ -~éß]{1,40}") {
        let escaped = title.replace('&', "&amp;amp;").replace('<', "&lt;").replace('>', "&gt;");
        let found = one(&format!("<rss><channel><item><guid>1</guid><title>{escaped}</title></item></channel></rss>")).title;
        let expected = title.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(found.unwrap_or_default(), expected);
    }
}
