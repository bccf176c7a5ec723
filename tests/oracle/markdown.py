"""Holds the Markdown of `crawl site --markdown` against the pages it is made of: read back by markdown-it-py, and compared with what
html5lib sees of the page; beside it markdownify's Markdown of the same pages.

A page agrees in an aspect when the same is there in the same order: the visible text (all characters but white space), links (URL
and text), headings (level and text), lines of code, and the cells of tables.
"""

import collections
import itertools
import json
import re
from urllib.parse import urldefrag, urljoin

import html5lib
import markdownify
from lxml.etree import tostring
from markdown_it import MarkdownIt

from shared import Tally, arguments, crawl, documents, serve

BLOCKS = set(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p pre search section select summary table tbody td"
    " tfoot th thead tr ul xmp".split()
)
UNSEEN = set("audio canvas datalist head iframe noembed noframes script style template title video noscript rp".split())
MARKS = re.compile("[¶#§∞🔗⚓⌗\u200b\ue000-\uf8ff]*$")
ASPECTS = ["text", "links", "headings", "code", "tables"]
# Who is right where they differ, and why.
SECTION = "a heading whose section is empty is left out"


def squeeze(text):
    return re.sub(r"[\s\u00a0]+", "", text)


# ---------------------------------------------------------------------------- the page


class Page:
    """What a reader sees of a page."""

    def __init__(self, root, url):
        self.url = url
        self.text, self.links, self.headings, self.code, self.tables = [], [], [], [], []
        self.base = root.xpath("string((//base/@href)[1])")
        self.base = urljoin(url, self.base) if self.base else url
        self.walk(root, None, False)

    def is_unseen(self, node):
        if not isinstance(node.tag, str):
            return True
        foreign, _, name = node.tag.rpartition("}")
        if name in UNSEEN or foreign and name in ("annotation", "annotation-xml", "defs", "desc", "metadata"):
            return True
        style = re.sub(r"\s", "", node.get("style") or "").lower()
        hidden = (node.get("hidden") is not None or node.get("aria-hidden") == "true"
                  or re.search(r"(^|;)(display:none|visibility:hidden)", style))
        return bool(hidden and node.tag not in ("html", "body") or node.tag == "dialog" and node.get("open") is None or self.is_mark(node))

    def is_mark(self, node):
        href = (node.get("href") or "").strip()
        into_itself = href.startswith("#") or "#" in href and urldefrag(urljoin(self.base, href))[0] == urldefrag(self.url)[0]
        return node.tag == "a" and into_itself and node.find(".//img") is None and MARKS.match("".join(node.itertext()).strip())

    def walk(self, node, place, in_link):
        if self.is_unseen(node):
            return
        tag = node.tag
        if tag == "table" and place is None:
            return self.table(node)
        if tag in ("pre", "listing", "xmp") and place is None:
            lines = self.lines(node)
            self.text.append(lines)
            self.code.append([line.rstrip() for line in lines.rstrip().split("\n")])
            return
        if tag == "img" and not re.search("src[^ ]*=.(https?:)?/|src[^ ]*=.[a-zA-Z0-9_.]+[^a-z:]", tostring(node, encoding="unicode")):
            self.text.append(node.get("alt") or "")
        outer, headed = self.text, re.match("h([1-6])$", tag) if place is None else None
        linked = tag == "a" and not in_link and self.target(node)
        if headed or linked:
            self.text = []
        place = "heading" if headed else place
        self.text.append(node.text or "")
        for child in node:
            self.walk(child, place, in_link or bool(linked))
            self.text.append(child.tail or "")
        if headed or linked:
            own, self.text = self.text, outer
            self.text.extend(own)
            text = squeeze("".join(own))
            if linked:
                self.links.append((linked, text))
            if headed and text:
                self.headings.append((int(headed[1]), text))

    def target(self, node):
        href = node.get("href")
        try:
            url = urljoin(self.base, href.strip()) if href is not None else ""
        except ValueError:
            return ""
        return url if re.match("https?://|mailto:|tel:", url) else ""

    def lines(self, node):
        parts = []

        def inner(node):
            if self.is_unseen(node) or node.tag == "button":
                return
            is_block = node.tag in BLOCKS and node.tag != "br"
            if is_block and parts and not parts[-1].endswith("\n"):
                parts.append("\n")
            parts.append("\n" if node.tag == "br" else node.text or "")
            for child in node:
                inner(child)
                parts.append(child.tail or "")

        inner(node)
        return "".join(parts)

    def columns(self, row):
        """How many columns a row needs: empty cells at its end say nothing."""
        cells = [self.says_something(cell) for cell in row.xpath("./td | ./th") for _ in range(span(cell))]
        return max((at + 1 for at, says in enumerate(cells) if says), default=0)

    def says_something(self, cell):
        return not self.is_unseen(cell) and bool(squeeze("".join(cell.itertext())) or cell.find(".//img") is not None)

    def table(self, table):
        caption = [child for child in table if child.tag == "caption"]
        for child in caption:
            self.walk(child, None, False)
        rows = table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr")
        rows = [row for row in rows if not self.is_unseen(row) and not self.is_unseen(row.getparent())]
        has_blocks = table.xpath(".//table | .//pre | .//listing")
        columns = max(map(self.columns, rows), default=0)
        if columns < 2 or has_blocks or table.get("role") in ("presentation", "none"):
            for row in rows:
                for cell in row.xpath("./td | ./th"):
                    if not (row.xpath("./td//pre") and numbers("".join(cell.itertext()))):
                        self.walk(cell, None, False)
            return
        cells = []
        for row in rows:
            for cell in row.xpath("./td | ./th"):
                outer, self.text = self.text, []
                self.walk(cell, "cell", False)
                own, self.text = self.text, outer
                self.text.extend(own)
                cells.append(squeeze("".join(own)))
        self.tables.append([cell.replace(";", "") for cell in cells if cell])


def span(cell):
    digits = re.match(r"\s*(\d+)", cell.get("colspan") or "1")
    return min(max(int(digits[1]) if digits else 1, 1), 1000)


def numbers(text):
    """Whether a cell has nothing but the numbers of the lines of code beside it."""
    words = text.split()
    return all(word.isdecimal() for word in words) and all(int(b) == int(a) + 1 for a, b in zip(words, words[1:]))


# ---------------------------------------------------------------------------- the Markdown


class Read:
    """What a reader of Markdown sees."""

    def __init__(self, parser, text, url):
        self.url = url
        self.text, self.links, self.headings, self.code, self.tables = [], [], [], [], []
        tokens = parser.parse(text)
        for at, token in enumerate(tokens):
            if token.type in ("fence", "code_block"):
                self.text.append(token.content)
                self.code.append([line.rstrip() for line in token.content.rstrip().split("\n")])
            elif token.type == "table_open":
                self.tables.append([])
            elif token.type == "inline":
                own = self.inline(token.children)
                self.text.append(own)
                before = tokens[at - 1]
                if before.type == "heading_open" and squeeze(own):
                    self.headings.append((int(before.tag[1]), squeeze(own)))
                if before.type in ("td_open", "th_open") and squeeze(own):
                    self.tables[-1].append(squeeze(own).replace(";", ""))
            elif token.type == "html_block":
                self.text.append(token.content)

    def inline(self, tokens):
        parts, start, href = [], 0, None
        for token in tokens:
            if token.type in ("text", "code_inline"):
                parts.append(token.content)
            elif token.type == "html_inline" and not re.match("</?su[bp]>|<br/?>$", token.content):
                parts.append(token.content)
            elif token.type == "link_open":
                start, href = len(parts), token.attrs["href"]
            elif token.type == "link_close":
                self.links.append((urljoin(self.url, href), squeeze("".join(parts[start:]))))
        return "".join(parts)


def quoted(url):
    """A URL as any of the programs would write it: escapes and case of the host aside."""
    from urllib.parse import unquote

    return re.sub("/*([?#]|$)", r"\1", unquote(unquote(url)).replace("\\", "/")).rstrip("#").strip().lower()


def links(all):
    """Links that have text by their URLs, with the text of those that go on over several blocks put together."""
    joined = []
    for url, text in all:
        if not text:
            continue
        url = quoted(url)
        if joined and joined[-1][0] == url:
            joined[-1][1] += text
        else:
            joined.append([url, text])
    return joined


def aspect(seen, name):
    if name == "text":
        return squeeze("".join(seen.text)).replace(";", "")
    if name == "links":
        return links(seen.links)
    if name == "code":
        # HTML takes away a line end behind <pre> (13.2.6.4.7); html5lib does not do so in a cell.
        return [list(itertools.dropwhile(lambda line: not line, lines)) for lines in seen.code if any(lines)]
    if name == "tables":
        return [table for table in seen.tables if table]
    return seen.headings


def without_empty_sections(page, read):
    """Whether all that is missing are headings that the next one follows."""
    missing = collections.Counter(page.headings) - collections.Counter(read.headings)
    return missing and not collections.Counter(read.headings) - collections.Counter(page.headings)


def difference(ours, theirs):
    at = next((at for at, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    if isinstance(ours, str):
        return ours[max(0, at - 40) : at + 80], theirs[max(0, at - 40) : at + 80]
    return ours[at : at + 2], theirs[at : at + 2]


def peers(root):
    """The Markdown of markdownify, which has no notion of what is not shown."""
    for node in root.xpath("//head | //script | //style | //template | //noscript"):
        drop(node)
    return markdownify.markdownify(tostring(root, encoding="unicode", method="html"), heading_style="ATX")


def drop(node):
    """Removes an element, and keeps the text behind it."""
    before, around = node.getprevious(), node.getparent()
    if before is not None:
        before.tail = (before.tail or "") + (node.tail or "")
    elif around is not None:
        around.text = (around.text or "") + (node.tail or "")
    if around is not None:
        around.remove(node)


def main():
    args = arguments(__doc__, size=(400_000, "bytes that a page has at the most"), directory=("", "a directory of pages in place of Debian's"))
    roots = {"roots": (args.directory,)} if args.directory else {}
    files = [file for file in documents(".html", ".htm", limit=args.limit, **roots) if file.stat().st_size <= args.size]
    pages = {f"/{at}/{re.sub('[^a-zA-Z0-9._-]', '_', file.name)}": file for at, file in enumerate(files)}
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tally, peer = Tally(args.verbose), collections.Counter()
    with serve({path: ("text/html; charset=utf-8", file.read_bytes()) for path, file in pages.items()}) as origin:
        flags = ["--markdown", "--no-job", "-q", "--no-robots", "-s", "delay=0", "-s", "depth=0", "-s", "traps=false", "-o", "-"]
        records = {}
        paths = list(pages)
        for start in range(0, len(paths), 200):
            urls = [origin + path for path in paths[start : start + 200]]
            _, out, err = crawl(args.crawl, "site", *urls, *flags, timeout=600)
            for line in out.decode().splitlines():
                record = json.loads(line)
                records[record["url"]] = record
        for path, file in pages.items():
            url = origin + path
            source = file.read_bytes().decode("utf-8", "replace")
            root = html5lib.parse(source, treebuilder="lxml", namespaceHTMLElements=False).getroot()
            if url not in records:
                tally.differs(str(file), "no record", "")
                continue
            compare(file, Page(root, url), records[url]["markdown"], peers(root), parser, tally, peer)
    total = peer["pages"]
    for name in ASPECTS:
        print(f"{name}: of {total} pages {peer['ours ' + name]} are right in crawl's Markdown, {peer['theirs ' + name]} in markdownify's")
    tally.end()


def compare(file, page, ours, theirs, parser, tally, peer):
    peer["pages"] += 1
    read, other = Read(parser, ours, page.url), Read(parser, theirs, page.url)
    for name in ASPECTS:
        wanted, got = aspect(page, name), aspect(read, name)
        peer["ours " + name] += wanted == got
        peer["theirs " + name] += wanted == aspect(other, name)
        if wanted == got:
            tally.same()
            continue
        because = SECTION if name in ("headings", "text") and without_empty_sections(page, read) else None
        tally.differs(f"{name} of {file}", *difference(got, wanted), because)


if __name__ == "__main__":
    main()
