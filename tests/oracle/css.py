"""Holds the selectors of `crawl run` against selectolax (HTML) and lxml with cssselect (XML): hundreds of them, made of the
names, classes and attributes that real pages have, for texts and attributes.

What is asked of XML is spelled as the page spells it: `dc|title` is the element that is written `dc:title`.
"""

import json
import pathlib
import random
import re
import tempfile

import cssselect
import lxml.etree
import selectolax.lexbor

import shared

GROUP = 25
SPACE = re.compile(r"[ \t\n\r\f]+")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
XML_PREFIXES = {"http://www.w3.org/XML/1998/namespace": "xml"}


def clean(text):
    return SPACE.sub(" ", text).strip(" ")


def said(values):
    """What is more than white space, as recipes have it."""
    return [clean(value) for value in values if value.strip()]


class HtmlPage:
    """A page as selectolax reads it, with the templates taken out, which are not on the page."""

    kind = "text/html"

    def __init__(self, body):
        self.tree = selectolax.lexbor.LexborHTMLParser(body.decode("utf-8", "replace"))
        for node in self.tree.css("template"):
            node.decompose()

    def features(self):
        for node in self.tree.css("*"):
            if node.tag and NAME.fullmatch(node.tag):
                yield node.tag, {k: v or "" for k, v in node.attributes.items()}

    def values(self, css, part):
        matched = {node.mem_id for node in self.tree.css(css)}
        found = []
        for node in self.tree.root.traverse(include_text=True):
            if node.tag == "-text" and part == "text" and node.parent is not None and node.parent.mem_id in matched:
                found.append(node.text_content or "")
            elif part != "text" and node.mem_id in matched and part in node.attributes:
                found.append(node.attributes[part] or "")
        return said(found)


class XmlPage:
    """A document as lxml reads it, with the names spelled out: `dc:title` is `dc..title` in the tree."""

    kind = "application/xml"

    def __init__(self, body):
        parser = lxml.etree.XMLParser(resolve_entities="internal", huge_tree=True, remove_comments=True, remove_pis=True)
        self.root = lxml.etree.fromstring(body, parser)
        for element in self.root.iter():
            prefixes = {url: prefix for prefix, url in element.nsmap.items() if prefix} | XML_PREFIXES
            attributes = [(self.spelled(name, prefixes.get(name[1:].partition("}")[0])), value) for name, value in element.attrib.items()]
            element.attrib.clear()
            for name, value in attributes:
                element.set(name, value)
            element.tag = self.spelled(element.tag, element.prefix)
        self.order = {}

    @staticmethod
    def spelled(name, prefix):
        local = name.rpartition("}")[2]
        return f"{prefix}..{local}" if prefix else local

    def features(self):
        for element in self.root.iter():
            yield element.tag, dict(element.attrib)

    def values(self, css, part):
        ending = "/text()" if part == "text" else f"/@{part}"
        paths = [cssselect.GenericTranslator().css_to_xpath(branch) + ending for branch in css.split(", ")]
        return said(self.root.xpath(" | ".join(paths)))


def queries(pages, rng, count):
    """(selector, part) pairs made of what is on the pages."""
    found = [feature for page in pages for feature in rng.sample(list(page.features()), k=min(60, len(list(page.features()))))]
    made = {}
    while len(made) < count and found:
        (tag, attributes), (other, others) = rng.choice(found), rng.choice(found)
        simple = [tag.replace("..", r"\.\."), "*"]
        for name, value in attributes.items():
            if not NAME.fullmatch(name):
                continue
            simple.append(f"[{name}]")
            if value and value.isascii() and not set(value) & set("\"\\\n\r\f\0") and len(value) < 80:
                simple += [f'[{name}="{value}"]', f'{simple[0]}[{name}^="{value[:4]}"]', f'[{name}$="{value[-4:]}"]', f'[{name}*="{value[1:5] or value}"]']
            if pages[0].kind == "text/html":
                simple += [f".{word}" for word in value.split() if name == "class" and NAME.fullmatch(word)]
                simple += [f"#{value}"] if name == "id" and NAME.fullmatch(value) else []
        one, two = rng.choice(simple), other.replace("..", r"\.\.")
        css = rng.choice([
            one, f"{two} {one}", f"{two} > {one}", f"{one} + {two}", f"{one} ~ {two}", f"{one}:first-child", f"{two}:not({one})", f"{one}, {two}",
            f"{one}:nth-child(2n+1)", f"{two}:nth-of-type(2)", f"{one}:last-child", f"{one}:only-child", f"{two}:empty", f"{two}:nth-last-child(2)",
        ])
        if rng.random() < 0.1 and pages[0].kind == "text/html":
            css = f"{two}:has({one})"
        part = rng.choice(["text", "text", *[name for name in others if NAME.fullmatch(name)]])
        made[css, part] = None
    return list(made)


def ours(css, part):
    """The query as `crawl` has it."""
    css = css.replace(r"\.\.", "|")
    branches = [branch.strip() for branch in css.split(", ")]
    ending = "::text" if part == "text" else f"::attr({part})"
    return ", ".join(branch + ending for branch in branches)


def run(crawl, origin, paths, asked):
    """For each path, the values of each query."""
    fields = "\n".join(f"f{n} = {{ css = {json.dumps(ours(*query))}, list = true }}" for n, query in enumerate(asked))
    recipe = f"start = {json.dumps([origin + path for path in paths])}\n[items.x.fields]\nurl = {{ page = \"url\" }}\n{fields}\n"
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory, "r.toml")
        file.write_text(recipe)
        words = ["--no-job", "-q", "-s", "robots=false", "-s", "delay=0", "-s", "concurrency_per_host=8", "-O", "-:jsonl"]
        code, out, err = shared.crawl(crawl, "run", str(file), *words, timeout=900)
    items = [json.loads(line) for line in out.splitlines()]
    if not items:
        print(code, err.decode()[-600:])
    return {item["url"].removeprefix(origin): item for item in items}


def main():
    args = shared.arguments(__doc__, queries=(60, "queries for each group of pages"))
    tally = shared.Tally(args.verbose)
    rng = random.Random(11)
    for make, suffixes, roots in [
        (HtmlPage, (".html",), ()),
        (XmlPage, (".xml", ".svg", ".xhtml", ".rng", ".xsd", ".xsl", ".html"), ("/usr/share",)),
    ]:
        files = shared.documents(*suffixes, **({"roots": roots} if roots else {}), limit=2 * args.limit)
        loaded = {}
        for path in files:
            body = path.read_bytes()
            if len(body) > 150_000 or body.startswith((b"\xff\xfe", b"\xfe\xff")) or make is HtmlPage and not utf_8(body):
                continue
            try:
                loaded[path] = (body, make(body))
            except (lxml.etree.XMLSyntaxError, ValueError):
                continue
        chosen = list(loaded)
        rng.shuffle(chosen)
        chosen = chosen[: args.limit or len(chosen)]
        for start in range(0, len(chosen), GROUP):
            compare(args, tally, rng, [(path, *loaded[path]) for path in chosen[start : start + GROUP]])
    tally.end()


def utf_8(body):
    try:
        body.decode()
    except ValueError:
        return False
    return True


def compare(args, tally, rng, group):
    asked = queries([page for _, _, page in group], rng, args.queries)
    paths = {f"/{n}": entry for n, entry in enumerate(group)}
    kind = group[0][2].kind
    with shared.serve({path: (kind + "; charset=utf-8" if kind == "text/html" else kind, body) for path, (_, body, _) in paths.items()}) as origin:
        found = run(args.crawl, origin, list(paths), asked)
    for path, (source, _, page) in paths.items():
        for n, (css, part) in enumerate(asked):
            theirs = page.values(css, part)
            values = (found.get(path) or {}).get(f"f{n}")
            values = None if values is None else said(values)
            if values == theirs:
                tally.same()
            else:
                tally.differs(f"{source}: {ours(css, part)}", values, theirs, explained(page, css, part, values, theirs))


def explained(page, css, part, values, theirs):
    if re.search(r"\w\W? \*($|, )", css):
        return "documented in Query: `p *::text` is all of `p`, as `p ::text`"
    if page.kind == "text/html" and re.search(r":(first|last|only|nth(-last)?)-child", css):
        root = said([page.tree.root.attributes.get(part) or ""])
        if root and values == root + theirs:
            return "Selectors 4, 14.3: the root, which has no parent, is a first and last child, too; lexbor has it of Selectors 3"
    return None


if __name__ == "__main__":
    main()
