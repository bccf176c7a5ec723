use std::time::SystemTime;

use proptest::prelude::*;

use super::*;
use crate::page::clean::rfc3339;

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

fn time(time: Option<SystemTime>) -> Option<String> {
    time.map(|time| rfc3339(time).unwrap())
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

#[test]
fn an_element_that_is_not_closed_costs_no_other_entry() {
    for first in [
        "<title>One</title><description><p>ink<br>and <i>soot</p></description>",
        "<title>One</title><description><ul><li>ink<li>soot</ul><p>so</description></b>",
        "<title>One <b>bold</title>",
        "<title>One<link>http://a.example/1</link><guid>1</guid>",
        "<title>One</title><description>a < b, it's <c",
        "<title>One</title><enclosure url=\"/1.mp3 length=\"2\"/><description>x</description>",
        "<title>One</title><description><![CDATA[<p>cut</description>",
    ] {
        for end in ["</item>", ""] {
            let text = format!(
                "<rss><channel><item>{first}{end}<item><title>Two</title><link>/2</link>\
                 <description><![CDATA[whole]]></description></item></channel></rss>"
            );
            let feed = read(&text);
            let [one, two] = &feed.entries[..] else {
                panic!("{text}: {feed:?}")
            };
            assert!(one.title.as_deref().unwrap().starts_with("One"), "{text}");
            assert_eq!(two.title.as_deref(), Some("Two"), "{text}");
            assert_eq!(two.summary.as_deref(), Some("whole"), "{text}");
            assert_eq!(two.url.as_ref().unwrap().path(), "/2", "{text}");
            assert!(!feed.truncated, "{text}");
        }
    }
}

#[test]
fn vocabularies_are_told_by_namespace_and_by_custom() {
    let text = "<q:RDF xmlns:q='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:s='http://purl.org/rss/1.0/' \
        xmlns:e='http://purl.org/rss/1.0/modules/content/' xmlns:d='http://purl.org/dc/elements/1.1/'>\
        <s:channel q:about='/'><s:title>All</s:title></s:channel><s:item q:about='x'><s:title>Ink</s:title>\
        <e:encoded>&lt;p>soot</e:encoded><d:creator>Ada</d:creator><q:description>no</q:description></s:item></q:RDF>";
    let entry = one(text);
    assert_eq!(read(text).title.as_deref(), Some("All"));
    assert_eq!(
        (entry.title.as_deref(), entry.content.as_deref()),
        (Some("Ink"), Some("<p>soot"))
    );
    assert_eq!(
        (&entry.authors[..], entry.summary),
        (&["Ada".to_owned()][..], None)
    );
    let text = "<x:rss><x:channel><x:item><x:title>Ink</x:title></x:item></x:channel></x:rss>";
    assert_eq!(one(text).title.as_deref(), Some("Ink"));
}

#[test]
fn what_other_vocabularies_say_counts_where_the_form_itself_says_nothing() {
    let entry = item(
        "<dc:title>Dublin</dc:title><title> </title><itunes:summary>pod</itunes:summary>\
         <description>&lt;p>&lt;/p></description><itunes:author>Eve</itunes:author>",
    );
    assert_eq!(
        (entry.title.as_deref(), entry.summary.as_deref()),
        (Some("Dublin"), Some("pod"))
    );
    assert_eq!(entry.authors, ["Eve"]);
    let entry = item(
        "<link rel='alternate' href='/1'/><published>2024-05-06</published><author><name>Ben</name>\
         <email>b@c.d</email></author><content type='html'>&lt;b>hi&lt;/b></content>",
    );
    assert_eq!(entry.url.unwrap().path(), "/1");
    assert_eq!(entry.content.as_deref(), Some("<b>hi</b>"));
    assert_eq!(entry.authors, ["Ben"]);
    assert!(entry.published.is_some());
    let entry = item("<body xmlns='http://www.w3.org/1999/xhtml'><p>ink</p></body>");
    assert_eq!(entry.content.as_deref(), Some("<p>ink</p>"));
    let entry = item("<body>ink <b>and</b> soot</body>");
    assert_eq!(entry.content.as_deref(), Some("ink <b>and</b> soot"));
}

#[test]
fn a_lone_entry_is_a_feed_of_one() {
    let entry =
        one("<entry xmlns='http://www.w3.org/2005/Atom'><id>7</id><title>Ink</title></entry>");
    assert_eq!(
        (entry.id.as_deref(), entry.title.as_deref()),
        (Some("7"), Some("Ink"))
    );
    assert_eq!(
        one("<item><title>Ink</title></item>").title.as_deref(),
        Some("Ink")
    );
    let text = "<channel><title>All</title><item><title>Ink</title></item></channel>";
    assert_eq!(read(text).title.as_deref(), Some("All"));
}

#[test]
fn entries_of_the_other_form_are_entries() {
    let entry = one("<feed><item><title>Ink</title><pubDate>2024-05-06</pubDate></item></feed>");
    assert_eq!(
        (entry.title.as_deref(), entry.published.is_some()),
        (Some("Ink"), true)
    );
    let text = "<rss><channel><entry><title>Ink</title></entry></channel></rss>";
    assert_eq!(one(text).title.as_deref(), Some("Ink"));
}

#[test]
fn groups_of_media_give_files_and_a_summary() {
    let entry = entry(
        "<id>1</id><media:group><media:title>Ink</media:title><media:content url='/a.mp4' type='video/mp4'>\
         <media:description>How it is made</media:description></media:content></media:group>",
    );
    assert_eq!(entry.title.as_deref(), Some("Ink"));
    assert_eq!(entry.summary.as_deref(), Some("How it is made"));
    assert_eq!(entry.enclosures[0].url.path(), "/a.mp4");
}

#[test]
fn a_page_of_html_goes_before_other_links() {
    let page =
        |links: &str| url(entry(&format!("<id>1</id>{links}")).url.as_ref()).map(str::to_owned);
    for links in [
        "<link type='application/feed+json' href='/json'/><link href='/page'/>",
        "<link href='ipfs://x'/><link type='text/html; charset=utf-8' href='/page'/>",
        "<link rel='self' href='/no'/><link>\n /page </link>",
        "<link type='application/pdf' href='/no.pdf'/><link type='application/xhtml+xml' href='/page'/>",
    ] {
        assert_eq!(
            page(links).as_deref(),
            Some("http://a.example/page"),
            "{links}"
        );
    }
    let only = page("<link type='application/pdf' href='/a.pdf'/>");
    assert_eq!(only.as_deref(), Some("http://a.example/a.pdf"));
}

#[test]
fn the_nearest_base_counts_for_every_url() {
    let text = "<rss xml:base='http://b.example/x/'><channel xml:base='y/'><link>home</link>\
        <item xml:base='z/'><link xml:base='/q/'>one</link><enclosure url='a.mp3'/></item>\
        <item><link>two</link></item></channel></rss>";
    let feed = read(text);
    let found: Vec<_> = feed
        .entries
        .iter()
        .map(|entry| url(entry.url.as_ref()))
        .collect();
    assert_eq!(
        found,
        [
            Some("http://b.example/q/one"),
            Some("http://b.example/x/y/two")
        ]
    );
    assert_eq!(
        feed.entries[0].enclosures[0].url.as_str(),
        "http://b.example/x/y/z/a.mp3"
    );
    assert_eq!(url(feed.home.as_ref()), Some("http://b.example/x/y/home"));
}

#[test]
fn titles_are_text_whatever_markup_they_have() {
    for (title, expected) in [
        ("<![CDATA[<em>Ink</em> &amp; soot]]>", "Ink & soot"),
        ("&lt;a href='/x'&gt;Ink&lt;/a&gt;", "Ink"),
        ("&lt;![CDATA[Ink]]&gt;", "Ink"),
        (
            "Ink&#150;soot &#x93;new&#x94;",
            "Ink\u{2013}soot \u{201c}new\u{201d}",
        ),
        ("<![CDATA[x<y && y>z]]>", "x<y && y>z"),
        ("Vec&lt;u8> as a &lt;div>", "Vec<u8> as a <div>"),
    ] {
        let found = item(&format!("<title>{title}</title>")).title;
        assert_eq!(found.as_deref(), Some(expected), "{title}");
    }
}

#[test]
fn texts_in_base64_are_decoded_and_pictures_are_not_text() {
    let entry = entry(
        "<id>1</id><title mode='base64' type='text/plain'>SW5r</title>\
         <summary type='application/octet-stream'>c29v\n dA==</summary><content type='image/gif'>R0lG</content>",
    );
    assert_eq!(
        (
            entry.title.as_deref(),
            entry.summary.as_deref(),
            entry.content
        ),
        (Some("Ink"), Some("soot"), None)
    );
}

#[test]
fn the_charset_of_the_answer_counts_before_that_of_the_feed() {
    let (text, _, _) = encoding_rs::WINDOWS_1251.encode(
        "<?xml version='1.0' encoding='utf-8'?><rss><channel><item><title>Чернила</title></item></channel></rss>",
    );
    let title = |kind| {
        let feed = parse_as(&text, Some(kind), &base()).unwrap();
        feed.entries[0].title.clone().unwrap()
    };
    assert_eq!(title("text/html; charset=windows-1251"), "Чернила");
    assert_ne!(title("text/xml"), "Чернила");
    let marked = "\u{feff}<rss><channel><item><title>é</title></item></channel></rss>";
    let feed = parse_as(marked.as_bytes(), Some("text/xml;charset=latin1"), &base()).unwrap();
    assert_eq!(feed.entries[0].title.as_deref(), Some("é"));
}

#[test]
fn a_message_of_the_server_before_the_feed_is_passed_over() {
    for message in [
        "\n<br />\n<b>Notice</b>: undefined in <b>/a.php</b> on line <b>7</b><br>\n",
        "Warning: nothing there in /a.php\n",
    ] {
        let text = format!(
            "{message}<?xml version='1.0'?><rss><channel><item><title>x</title></item></channel></rss>"
        );
        assert_eq!(one(&text).title.as_deref(), Some("x"));
    }
}
