"""Holds `crawl links` against html5lib, and lxml.etree for XHTML: every link of real pages, in order and once each.

The pages are served with their types, so that XHTML is read as such.
"""

import json
import random
import urllib.parse
import warnings

import html5lib
import lxml.etree

import shared

XHTML = "{http://www.w3.org/1999/xhtml}"
XLINK = "{http://www.w3.org/1999/xlink}href"
SPACES = "".join(chr(c) for c in range(33))


def resolved(reference, base):
    """The absolute URL, as far as Python can tell; None where the URL Standard has rules of its own."""
    reference = reference.strip(SPACES).translate({9: None, 10: None, 13: None})
    if not reference.isascii() or any(c in reference for c in '\\"<>`{}|^ []%;') or reference.startswith("///"):
        return None
    try:
        url = urllib.parse.urldefrag(urllib.parse.urljoin(base, reference)).url
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return ""
    if parts.port or parts.username is not None or "@" in parts.netloc or parts.netloc.endswith(":") or "/." in parts.path or "'" in parts.query:
        return None
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", parts.query, "")) + ("?" if url.endswith("?") else "")


def elements(body, is_xml):
    """(local name, whether of HTML, attributes) of the elements on the page, without those in templates."""
    if is_xml:
        root = lxml.etree.fromstring(body, lxml.etree.XMLParser(resolve_entities=True, load_dtd=False, huge_tree=True))
    else:
        root = html5lib.parse(body, treebuilder="lxml", namespaceHTMLElements=True, transport_encoding=None).getroot()
    stack = [root]
    while stack:
        element = stack.pop()
        if not isinstance(element.tag, str):
            continue
        if element.tag == XHTML + "template":
            if is_xml or not element.get("shadowrootmode"):
                continue
        yield element.tag.rpartition("}")[2], element.tag.startswith(XHTML), element.attrib
        stack.extend(reversed(element))


def expected(body, url, is_xml):
    """The links, with None for what Python cannot resolve."""
    base, found = url, []
    has_base = False
    for name, is_html, attributes in elements(body, is_xml):
        if name == "base" and is_html and not has_base and "href" in attributes:
            base, has_base = urllib.parse.urljoin(url, attributes["href"].strip(SPACES)), True
        href = attributes.get("href")
        if href is None and not is_html:
            href = attributes.get(XLINK)
        if name in ("a", "area") and href is not None:
            found.append(href)
    links = [resolved(href, base) for href in found]
    return list(dict.fromkeys(link for link in links if link != ""))


def mutated(body, seed):
    """The page with some bytes cut out, doubled or replaced: what is broken has one meaning in HTML, too."""
    rng, parts = random.Random(seed), bytearray(body)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(parts) or 1)
        piece = rng.choice([b"<", b">", b'"', b"'", b"</a>", b"<svg>", b"<a href=x>", b"<!--", b"-->", b"<template>", b"<p", b"&amp", b"", b""])
        parts[at : at + rng.choice([0, 0, 1, 5])] = piece
    return bytes(parts)


def records(crawl, origin, paths):
    """The record of `crawl site` for each path; None where there is none."""
    words = ["--no-robots", "--no-job", "-q", "-s", "delay=0", "-s", "depth=0", "-s", "concurrency_per_host=8", "-O", "-:jsonl"]
    found = {}
    paths = list(paths)
    for start in range(0, len(paths), 500):
        urls = [origin + path for path in paths[start : start + 500]]
        _, out, _ = shared.crawl(crawl, "site", *urls, *words, timeout=600)
        for line in out.splitlines():
            record = json.loads(line)
            found[record["url"].removeprefix(origin)] = record
    return [found.get(path) for path in paths]


def main():
    args = shared.arguments(__doc__, mutants=(300, "how many mutated pages"))
    tally = shared.Tally(args.verbose)
    warnings.simplefilter("ignore")
    files = [path for path in shared.documents(".html", ".htm", ".xhtml", limit=args.limit) if path.stat().st_size < 600_000]
    pages = {}
    for number, path in enumerate(files):
        body, is_xml = path.read_bytes(), False
        try:
            lxml.etree.fromstring(body)
            is_xml = b"http://www.w3.org/1999/xhtml" in body
        except (lxml.etree.XMLSyntaxError, ValueError):
            pass
        pages[f"/d/{number}"] = (path, body, False)
        if is_xml:
            pages[f"/x/{number}"] = (path, body, True)
    sources = [body for _, body, is_xml in pages.values() if not is_xml and len(body) < 60_000]
    for seed in range(args.mutants if sources else 0):
        pages[f"/m/{seed}"] = (f"mutant {seed}", mutated(sources[seed % len(sources)], seed), False)
    kinds = {False: "text/html", True: "application/xhtml+xml"}
    with shared.serve({path: (kinds[is_xml], body) for path, (_, body, is_xml) in pages.items()}) as origin:
        for ours, (path, (source, body, is_xml)) in zip(records(args.crawl, origin, pages), pages.items()):
            what = f"{source} as {kinds[is_xml]}"
            try:
                theirs = expected(body, origin + path, is_xml)
            except ValueError as error:
                tally.differs(what, "read", str(error), "the tree of lxml holds no control characters, so html5lib reads no page")
                continue
            compare(tally, what, ours, theirs, str(source).startswith("mutant"))
    tally.end()


def compare(tally, what, ours, theirs, is_mutant):
    if ours is None:
        return tally.differs(what, "no record", theirs)
    links = ours["links"]
    known = [link for link in theirs if link is not None]
    if links == theirs:
        return tally.same()
    if None in theirs and [link for link in links if link in set(known)] == known:
        return tally.same()
    because = None
    if is_mutant:
        because = "crawl links reads tags without a tree; on broken pages html5lib moves or drops elements"
    return tally.differs(what, sorted(set(links) - set(known))[:3], sorted(set(known) - set(links))[:3], because)


if __name__ == "__main__":
    main()
