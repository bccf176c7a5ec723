//! Names of classes and ids, divided into words, and what these tell of an element.

use crate::page::html::Element;

/// Words in names of what is never the text, whatever its size.
const SURE: [&str; 34] = [
    "nav",
    "navbar",
    "navigation",
    "navbox",
    "navheader",
    "navfooter",
    "sidenav",
    "topnav",
    "subnav",
    "menu",
    "menubar",
    "sphinxsidebar",
    "breadcrumb",
    "breadcrumbs",
    "crumb",
    "crumbs",
    "footer",
    "masthead",
    "comment",
    "comments",
    "commentlist",
    "respond",
    "disqus",
    "replies",
    "pagination",
    "sharing",
    "sharedaddy",
    "addthis",
    "cookie",
    "cookies",
    "gdpr",
    "copyright",
    "skiplink",
    "navlinks",
];
/// Words in names of what is not the text, unless much of the text is in it: a paywall may be around the article, too.
const LIKELY: [&str; 58] = [
    "sidebar",
    "banner",
    "consent",
    "newsletter",
    "newsletters",
    "signup",
    "subscribe",
    "subscription",
    "subscriptions",
    "pager",
    "paging",
    "paywall",
    "share",
    "shares",
    "sharebar",
    "sharethis",
    "related",
    "recommended",
    "recommendation",
    "recommendations",
    "recommend",
    "recirc",
    "recirculation",
    "outbrain",
    "taboola",
    "promo",
    "promos",
    "promotion",
    "promoted",
    "sponsor",
    "sponsored",
    "sponsors",
    "advert",
    "advertisement",
    "advertisements",
    "advertising",
    "ads",
    "adsense",
    "popular",
    "trending",
    "teaser",
    "teasers",
    "popup",
    "modal",
    "overlay",
    "toolbar",
    "widget",
    "widgets",
    "disclaimer",
    "login",
    "signin",
    "byline",
    "tags",
    "taglist",
    "rss",
    "feedback",
    "rating",
    "ratings",
];
const SOCIAL: [&str; 2] = ["social", "sociable"];
/// Pairs of words that mark what is likely not the text, which either word alone does not.
const PAIRS: [(&str, &str); 29] = [
    ("most", "read"),
    ("most", "viewed"),
    ("read", "more"),
    ("read", "next"),
    ("up", "next"),
    ("more", "on"),
    ("more", "from"),
    ("also", "like"),
    ("author", "bio"),
    ("about", "author"),
    ("author", "box"),
    ("author", "info"),
    ("post", "meta"),
    ("entry", "meta"),
    ("article", "meta"),
    ("post", "tags"),
    ("tag", "list"),
    ("skip", "link"),
    ("sign", "up"),
    ("log", "in"),
    ("latest", "news"),
    ("more", "stories"),
    ("top", "stories"),
    ("next", "article"),
    ("side", "bar"),
    ("bread", "crumb"),
    ("bread", "crumbs"),
    ("recent", "posts"),
    ("jp", "relatedposts"),
];
const CAPTIONS: [&str; 6] = [
    "caption",
    "captions",
    "credit",
    "credits",
    "slideshow",
    "gallery",
];
const LEADS: [&str; 4] = ["lead", "lede", "standfirst", "summary"];
/// Words for an article, for a page, and for the text of either, as in `entry-content`.
const ARTICLES: [&str; 7] = ["article", "entry", "post", "story", "news", "blog", "art"];
const PAGES: [&str; 4] = ["main", "page", "single", "site"];
const TEXTS: [&str; 8] = [
    "body", "content", "text", "copy", "contents", "fulltext", "story", "article",
];
/// Names for the text of an article that are one word.
const JOINED: [&str; 8] = [
    "articlebody",
    "articletext",
    "articlecontent",
    "postcontent",
    "entrycontent",
    "storybody",
    "postbody",
    "fulltext",
];
/// Length of the longest word, and number of words that are read of a name.
const LONG: usize = 24;
const MANY: usize = 64;

/// Sign that an element is not the text of the article, told by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// Buttons and links to share the page, or a message that is quoted from where people share.
    Social,
    /// Boilerplate, unless much of the text is in it.
    Likely,
    /// Boilerplate.
    Sure,
}

/// Hint that an element holds the text of the article, the surest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hint {
    /// Main content, or named like main content: `main`, `page-content`.
    Main,
    /// An article, whatever it has beside its text.
    Article,
    /// Named like the text of an article: `entry-content`.
    Text,
    /// `itemprop=articleBody`.
    Stated,
}

/// Returns the sign that the class of an element gives.
pub(super) fn of_class(element: Element<'_>) -> Option<Sign> {
    let class = element.attr("class")?;
    class
        .split_ascii_whitespace()
        .take(MANY)
        .filter_map(told)
        .max()
}

/// Returns the sign that the id of an element in an article gives: its beginning, or any word of what is never the
/// text.
pub(super) fn of_id(element: Element<'_>) -> Option<Sign> {
    let sure = told(element.attr("id")?).filter(|sign| *sign == Sign::Sure);
    sure.or_else(|| of_start_of_id(element))
}

/// Returns whether an element is a chapter of a manual: a section with an id of its own that does not name a part of a
/// layout.
pub(super) fn is_chapter(element: Element<'_>) -> bool {
    let is_layout = |word: &str| {
        [&ARTICLES[..], &PAGES, &TEXTS]
            .iter()
            .any(|set| set.contains(&word))
    };
    element.name() == "section"
        && element
            .attr("id")
            .is_some_and(|id| !words(id).iter().any(|word| is_layout(word)))
}

/// Returns the sign that the beginning of an id gives. The ids of chapters are their titles, which may have any word
/// further on.
pub(super) fn of_start_of_id(element: Element<'_>) -> Option<Sign> {
    word_told(words(element.attr("id")?).first()?)
}

/// Returns the sign that the name of an element that HTML does not have gives, such as `share-buttons`.
pub(super) fn of_custom(element: Element<'_>) -> Option<Sign> {
    Some(element.name())
        .filter(|name| name.contains('-'))
        .and_then(told)
}

/// Returns whether a class says that an element belongs to a picture.
pub(super) fn is_caption(element: Element<'_>) -> bool {
    has_class_of(element, &CAPTIONS)
}

/// Returns whether a class says that an element comes before the text of an article, and belongs to the article.
pub(super) fn is_lead(element: Element<'_>) -> bool {
    has_class_of(element, &LEADS)
}

fn has_class_of(element: Element<'_>, set: &[&str]) -> bool {
    let class = element.attr("class").unwrap_or_default();
    let mut names = class.split_ascii_whitespace().take(MANY);
    names.any(|name| words(name).iter().any(|word| set.contains(&&**word)))
}

/// Returns the hint that an element holds the text of an article, by what the element is or how it is named.
pub(super) fn hint(element: Element<'_>) -> Option<Hint> {
    let properties = element.attr("itemprop").unwrap_or_default();
    if properties
        .split_ascii_whitespace()
        .any(|name| name == "articleBody")
    {
        return Some(Hint::Stated);
    }
    let own = match (element.name(), element.attr("role").map(str::trim)) {
        ("article", _) | (_, Some("article")) => Some(Hint::Article),
        ("main", _) | (_, Some("main")) => Some(Hint::Main),
        ("div" | "section" | "td", _) => None,
        _ => return None,
    };
    let names = ["class", "id"]
        .into_iter()
        .filter_map(|name| element.attr(name));
    let names = names.flat_map(|names| names.split_ascii_whitespace().take(MANY));
    names.filter_map(hint_of_name).max().max(own)
}

fn hint_of_name(name: &str) -> Option<Hint> {
    let words = words(name);
    let is = |set: &[&str], word: &str| set.contains(&word);
    let has = |first: &[&str]| {
        let mut pairs = words.iter().zip(words.iter().skip(1));
        pairs.any(|(one, next)| one != next && is(first, one) && is(&TEXTS, next))
    };
    if words.iter().any(|word| word_told(word).is_some()) {
        return None;
    }
    match &*words {
        [only] if is(&["article", "story", "post", "entry", "hentry"], only) => Some(Hint::Article),
        [only] if is(&JOINED, only) => Some(Hint::Text),
        _ if has(&ARTICLES) => Some(Hint::Text),
        _ if is(&JOINED, &words.concat()) => Some(Hint::Text),
        _ if has(&PAGES) => Some(Hint::Main),
        _ => None,
    }
}

fn told(name: &str) -> Option<Sign> {
    let words = words(name);
    let pair = || {
        let mut pairs = words.iter().zip(words.iter().skip(1));
        pairs.any(|(one, next)| PAIRS.contains(&(&**one, &**next)))
    };
    let single = words.iter().filter_map(|word| word_told(word)).max();
    single.or_else(|| pair().then_some(Sign::Likely))
}

fn word_told(word: &str) -> Option<Sign> {
    let is = |set: &[&str]| set.contains(&word);
    match () {
        () if is(&SURE) => Some(Sign::Sure),
        () if is(&LIKELY) => Some(Sign::Likely),
        () if is(&SOCIAL) => Some(Sign::Social),
        () => None,
    }
}

/// Returns the words of a name in lower case, however it is written: `site-footer`, `site_footer`, `siteFooter`,
/// `SITEFooter`.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = name.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let is_next_lower = letters.peek().is_some_and(char::is_ascii_lowercase);
        let starts = letter.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || before.is_ascii_uppercase() && is_next_lower);
        if starts || !letter.is_ascii_alphabetic() {
            words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
        }
        if letter.is_ascii_alphabetic() && word.len() < LONG {
            word.push(letter.to_ascii_lowercase());
        }
        if words.len() == MANY {
            return words;
        }
        before = letter;
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_divided_however_it_is_written() {
        for name in [
            "side-footer",
            "side_footer",
            "sideFooter",
            "SIDEFooter",
            "side footer",
            "side2footer",
        ] {
            assert_eq!(words(name), ["side", "footer"], "{name}");
        }
        assert!(words("--1").is_empty());
    }

    #[test]
    fn words_that_only_look_alike_tell_nothing() {
        for name in [
            "commentary",
            "textNavy",
            "shareholder-letter",
            "footerless",
            "menuetto",
            "adsorption",
            "on-more",
        ] {
            assert_eq!(told(name), None, "{name}");
        }
        for (name, sign) in [
            ("postComments", Sign::Sure),
            ("most_read", Sign::Likely),
            ("socialBar", Sign::Social),
            ("c-related__item", Sign::Likely),
        ] {
            assert_eq!(told(name), Some(sign), "{name}");
        }
    }

    #[test]
    fn a_name_may_say_that_it_is_the_text() {
        for (name, hint) in [
            ("c-entry-content", Some(Hint::Text)),
            ("storyBody", Some(Hint::Text)),
            ("article", Some(Hint::Article)),
            ("mainContent", Some(Hint::Main)),
            ("article-body-comments", None),
            ("contents", None),
        ] {
            assert_eq!(hint_of_name(name), hint, "{name}");
        }
    }
}
