"""Sitemaps: `crawl sitemap` against ultimate-sitemap-parser and xml.etree, on seeded sitemaps and on real ones.

`--files DIR` names a directory with sitemaps, in files or in the tests of packages (trafilatura, Scrapy, ultimate-sitemap-parser of
PyPI; sitemap 1.13.0, sitemap-urls, xml-sitemap, sitemapper of npm). What is well-formed is held against xml.etree (`loc` elements in
document order); what is not, against ultimate-sitemap-parser, which reads what it can.
"""

import logging
import pathlib
import random
import re
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

from usp.tree import sitemap_from_str

import shared

logging.disable(logging.CRITICAL)
BASE = "https://a.example/dir/sitemap.xml"
SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def ours(binary, data):
    code, out, err = shared.crawl(binary, "sitemap", "--file", "-", "--base", BASE, text=data)
    return out.decode().splitlines() if not code else err.decode(errors="replace").splitlines()[:1]


def etree(data):
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError):
        return None
    found = []
    for entry in root:
        for part in entry:
            if part.tag.rpartition("}")[2] == "loc" and "image" not in part.tag and part.text:
                found.append(part.text.strip())
    return found


def usp(data):
    """The locs that ultimate-sitemap-parser finds before it gives up."""
    try:
        return list(dict.fromkeys(page.url for page in sitemap_from_str(data.decode("utf-8", "replace")).all_pages()))
    except Exception:
        return []


def made(rng):
    """A sitemap as they come: prefixes, extensions, CDATA, references, encodings, pretty-printed or not."""
    count, prefix = rng.randint(1, 30), rng.choice(["", "", "", "s:"])
    gap = rng.choice(["", "\n  "])
    urls, out = [], []
    for number in range(count):
        url = f"https://a.example/{rng.choice('abcdé')}/{number}" + rng.choice(["", "?a=1&b=2", "#x", "/"])
        urls.append(url)
        text = f"<![CDATA[{url}]]>" if rng.random() < 0.2 else escape(url)
        more = rng.choice(["", f"{gap}<{prefix}lastmod>2024-01-0{number % 9 + 1}</{prefix}lastmod>", '<i:image><i:loc>https://a.example/no.jpg</i:loc><i:title>a &amp; b</i:title></i:image>'])
        out.append(f"{gap}<{prefix}url>{gap}<{prefix}loc>{rng.choice(['', ' '])}{text}</{prefix}loc>{more}{gap}</{prefix}url>")
    colon = f":{prefix[:-1]}" if prefix else ""
    body = f"<{prefix}urlset xmlns{colon}='{SPACE}' xmlns:i='http://www.google.com/schemas/sitemap-image/1.1'>{''.join(out)}</{prefix}urlset>"
    encoding = rng.choice(["utf-8", "utf-8", "iso-8859-1", "utf-16"])
    return urls, out, (f"<?xml version='1.0' encoding='{encoding}'?>" + body).encode(encoding)


FAULTS = {
    "an element is not closed": lambda entry: entry.replace("</", "<x>y</", 1) if "lastmod" in entry else entry.replace("</url>", "<news>a <i>b</news></url>"),
    "the end of an entry is missing": lambda entry: entry.replace("</url>", "").replace("</s:url>", ""),
    "a stray end tag": lambda entry: entry + "</b>",
    "a sign that begins nothing": lambda entry: entry.replace("<url>", "<url> a < b "),
    "capitals": lambda entry: entry.replace("<loc>", "<LOC>").replace("</loc>", "</LOC>"),
}


def found(root):
    """The sitemaps in files, and those that stand in sources, as in test suites: (text, name)."""
    for path in sorted(root.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".xml" and re.search(rb"<(\w+:)?(urlset|sitemapindex)\b", data[:4000]):
            yield data, str(path.relative_to(root))
        elif path.suffix in (".py", ".js", ".ts", ".md", ".rst"):
            for at, text in enumerate(re.finditer(rb"(?:<\?xml[^>]*\?>\s*)?<(\w+:)?(urlset|sitemapindex)\b(?:(?!<\?xml).)*?</(\w+:)?\2\s*>", data, re.S)):
                # What a program fills in, or writes with escapes, is no sitemap yet.
                if not re.search(rb"[{}]|\\n|%s", text[0]):
                    yield text[0], f"{path.relative_to(root)}, {at + 1}"


def main():
    args = shared.arguments(__doc__, files=("", "directory with sitemaps"), seed=(7, "of the sitemaps that are made"), count=(200, "sitemaps to make"))
    tally, rng = shared.Tally(args.verbose), random.Random(args.seed)
    real = dict(found(pathlib.Path(args.files))) if args.files else {}
    print(f"{len(real)} real sitemaps")
    for data, name in real.items():
        judge(args, tally, name, data, etree(data))
    for number in range(args.count):
        urls, entries, data = made(rng)
        judge(args, tally, f"seed {number}", data, etree(data))
        what, fault = rng.choice(sorted(FAULTS.items()))
        broken = [fault(entry) if at == len(entries) // 2 and "lastmod" not in entry else entry for at, entry in enumerate(entries)]
        text = f"<urlset>{''.join(broken)}</urlset>".replace("<s:", "<").replace("</s:", "</")
        got = ours(args.crawl, text.encode())
        if got == [normal(url) for url in urls]:
            tally.same()
        else:
            tally.differs(f"seed {number}: {what}", got, urls)
        if len(usp(text.encode())) > len(got):
            tally.differs(f"seed {number}: {what}: ultimate-sitemap-parser finds more", len(got), len(usp(text.encode())))
    tally.end()


def normal(url):
    """The URL as the URL Standard writes it, as far as sitemaps differ in that."""
    return re.sub(r"^(https?://[^/?#]+)(?=$|[?#])", r"\1/", url.replace("é", "%C3%A9"))


def judge(args, tally, name, data, expected):
    got = ours(args.crawl, data)
    if expected is None:
        expected = usp(data)
        if len(got) < len(expected):
            tally.differs(name, got, expected)
        else:
            tally.same()
    elif got == [normal(url) for url in expected]:
        tally.same()
    else:
        tally.differs(name, got, expected, "entities are refused" if b"<!ENTITY" in data else None)


main()
