"""Feeds: `crawl feed` against feedparser, on feeds of test suites and seeded mutations of them.

`--files DIR` names a directory with feeds: the unpacked sources of packages that have some (feedparser, feedgen, Pelican). An
answer is the list of entries, each with its title, URL, published and updated moment, of those that both sides give.
"""

import calendar
import html
import json
import pathlib
import random
import re
import warnings

import feedparser

import shared

warnings.simplefilter("ignore")
BASE = "https://a.example/dir/feed"


def ours(binary, data):
    code, out, err = shared.crawl(binary, "feed", "--file", "-", "--base", BASE, text=data)
    if code:
        return None, err.decode(errors="replace").strip().splitlines()[:1]
    return [json.loads(line) for line in out.splitlines()], None


def moment(parsed):
    if not parsed:
        return None
    try:
        return calendar.timegm(parsed)
    except (OverflowError, ValueError):
        return None


def stamp(text):
    import datetime

    return None if text is None else int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def plain(title):
    """A title as text: feedparser gives HTML where the feed has some."""
    text = html.unescape(re.sub(r"</?[a-zA-Z!][^>]*>", "", title or ""))
    return "".join(text.split())


def address(link):
    """A URL as the URL Standard writes it, as far as feeds differ in that."""
    match = re.match(r"(https?://)([^/?#]+)([^?#]*)(.*)", link, re.I | re.S)
    if not match:
        return link
    scheme, host, path, rest = match.groups()
    return scheme.lower() + host.lower() + (path or "/") + rest


def theirs(data):
    found = feedparser.parse(data, response_headers={"content-location": BASE})
    return found, [entry for entry in found.entries if entry.get("title") or entry.get("link") or entry.get("id") or entry.get("summary") or entry.get("content")]


def mutations(data, rng):
    """Faults as feeds have them. Each leaves the other entries as they are."""
    text = data.decode("utf-8", "replace")
    ends = [m.start() for m in re.finditer(r"</(p|b|i|div|li|em)>", text)]
    if ends:
        at = rng.choice(ends)
        yield "an end tag is missing", re.sub(r"^</\w+>", "", text[at:], count=1).join([text[:at], ""])
    for name in ("description", "summary", "content"):
        at = text.find(f"</{name}>")
        if at > 0:
            yield "an element is not closed", text[:at] + "<b>more<br>" + text[at:]
            break
    if "xmlns:dc=" in text:
        yield "another prefix", text.replace("xmlns:dc=", "xmlns:zz=").replace("<dc:", "<zz:").replace("</dc:", "</zz:")


def compare(binary, tally, name, data, because=None):
    entries, error = ours(binary, data)
    found, expected = theirs(data)
    if entries is None:
        if expected:
            tally.differs(name, error, [entry.get("title") for entry in expected][:3], because or explained(data, found))
        else:
            tally.same()
        return
    if len(entries) != len(expected):
        said = [entry for entry in expected if plain(entry.get("title")) or entry.get("id") or entry.get("link", "").startswith("http")]
        if len(said) <= len(entries) <= len(expected):
            because = because or "an entry of nothing but a picture, a file or a link that is no page says nothing"
        tally.differs(f"{name}: entries", len(entries), len(expected), because or explained(data, found))
        return
    for number, (one, two) in enumerate(zip(entries, expected)):
        pairs = {
            "title": (plain(one["title"]), plain(two.get("title"))),
            "url": (one["url"] or "", address(two.get("link", ""))),
            "published": (stamp(one["published"]), moment(two.get("published_parsed") or two.get("created_parsed"))),
            "updated": (stamp(one["updated"]), moment(dict.get(two, "updated_parsed"))),
        }
        for key, (mine, other) in pairs.items():
            if mine == other or not mine and not other:
                tally.same()
            else:
                tally.differs(f"{name} [{number}] {key}", mine, other, because or reason(name, key, mine, other, data))


def explained(data, found):
    if b"<html" in data[:3000].lower() or b"isPermaLink" in data or b"<itunes:subtitle" in data:
        return "an entry with a text of any kind, or an identifier, says something"
    if b"<!ENTITY" in data:
        return "entities of a document's own are refused, as a guard against bombs"
    head = data[:3000].lower()
    if b"<cdf" in head or b"<channel" in head and b"<rss" not in head and b"<rdf" not in head:
        return "CDF is not read"
    if not any(root in head for root in (b"rss", b"feed", b"rdf")):
        return "the document has no root element of a feed"
    return None


def reason(name, key, mine, other, data):
    if key in ("published", "updated"):
        if mine is None or other is None:
            return "which element is which date differs, or the date is read by one side only; a missing date is not a wrong one"
        return None
    if key == "title" and re.search("base64|markup|sanitize", name):
        return "markup is read as HTML has it: what it has a name for is an element, and comments and scripts are no text"
    if "illformed/chardet" in name:
        return "both guess the charset, from bytes that say nothing of it"
    if key == "url" and (not mine or not other):
        return "only http(s) URLs are pages (feedparser takes any, and any guid)"
    return None


def main():
    args = shared.arguments(__doc__, files=("", "directory with feeds"), seed=(7, "of the mutations"), mutants=(300, "mutations at the most"))
    tally, rng = shared.Tally(args.verbose), random.Random(args.seed)
    root = pathlib.Path(args.files)
    paths = sorted(p for p in root.rglob("*") if p.is_file() and p.suffix in (".xml", ".rss", ".atom", ".rdf") and p.stat().st_size < 400_000)
    paths = [p for p in paths if re.search(rb"<(\w+:)?(rss|feed|RDF)\b", p.read_bytes()[:4000])]
    if args.limit:
        paths = paths[:: max(1, len(paths) // args.limit)][: args.limit]
    print(f"{len(paths)} files")
    left = args.mutants
    for path in paths:
        data, name = path.read_bytes(), str(path.relative_to(root))
        compare(args.crawl, tally, name, data)
        for what, text in mutations(data, rng) if left > 0 else []:
            left -= 1
            changed = text.encode()
            before, _ = ours(args.crawl, data)
            after, error = ours(args.crawl, changed)
            titles = [[entry["url"] for entry in entries or []] for entries in (before, after)]
            if titles[0] == titles[1]:
                tally.same()
            else:
                tally.differs(f"{name}: {what}", titles[1] or error, titles[0])
    tally.end()


main()
