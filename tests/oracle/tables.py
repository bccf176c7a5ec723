"""Holds `crawl select --table` against pandas.read_html: the rows of every table of real pages, and of seeded ones with heads,
feet and cells over several rows and columns.

pandas' own reader of cells is asked (`parse_tables`), since `read_html` makes numbers of texts. Values are compared without
white space: pandas runs the words of blocks together, browsers and `crawl` do not.
"""

import io
import itertools
import json
import random
import re
import tempfile
import unicodedata
import warnings

import pandas.io.html
import selectolax.lexbor

import shared


def reader(page):
    """pandas' reader of one page."""
    return pandas.io.html._BeautifulSoupHtml5LibFrameParser(io.StringIO(page), re.compile(".*"), None, None, True, None, None)


def bare(text):
    return "".join(text.split())


def names(head, columns):
    """The names of the columns: what stands above each other, once each, numbered where it comes again."""
    taken, numbers, all_names = set(), {}, []
    for column in range(columns):
        parts, last = [], None
        for row in head:
            text = row[column] if column < len(row) else None
            if text is None:
                continue
            if text and text != last:
                parts.append(text)
            last = text
        name = bare("".join(parts)) or f"column_{column + 1}"
        all_names.append(name)
    return all_names


def expected(page):
    """The records of all tables: (names, values), both without white space."""
    records = []
    try:
        # pandas leaves out a table that is the same as one before it.
        numbers = itertools.count()
        tables = list(reader(re.sub(r"(?i)<table(?=[\s>])", lambda found: f"{found[0]} data-number={next(numbers)}", page)).parse_tables())
    except ValueError:
        return records
    for head, body, foot in tables:
        strip = lambda rows: [[pandas.io.html._remove_whitespace(cell if isinstance(cell, str) else cell[0]) for cell in row] for row in rows if row]
        head, body = strip(head), strip(body) + strip(foot)
        if not head:
            head, body = body[:1], body[1:]
        columns = max([len(row) for row in head + body], default=0)
        called = names(head, columns)
        records += [(called[: len(row)], [bare(cell) for cell in row]) for row in body]
    return records


def made(seed):
    """A table whose cells, some of them over several rows and columns, fill it, in groups of rows as authors order them."""
    rng, count = random.Random(seed), 0
    columns = rng.randint(1, 5)

    def rows(kinds):
        """A group of rows; a cell ends with it, which pandas does not know."""
        nonlocal count
        taken, out = set(), []
        for y, kind in enumerate(kinds):
            cells = []
            for x in range(columns):
                if (x, y) in taken:
                    continue
                wide = high = 1
                while rng.random() < 0.15 and x + wide < columns and (x + wide, y) not in taken:
                    wide += 1
                while rng.random() < 0.15 and y + high < len(kinds):
                    high += 1
                taken |= {(x + dx, y + dy) for dx in range(wide) for dy in range(high)}
                count += 1
                tag = rng.choice(kind)
                cells.append(f"<{tag} rowspan={high} colspan={wide}>{rng.choice(['', 'x', f'v{count}', f' v{count} <b>b</b>'])}</{tag}>")
            out.append(f"<tr>{''.join(cells)}</tr>" if cells else "")
        return "".join(out) if all(out) else rows(kinds)

    several = lambda most, kind: [kind] * rng.randint(0, most)
    parts = [f"<thead>{rows(several(3, ['th', 'th', 'td']))}</thead>"] if rng.random() < 0.5 else []
    if rng.random() < 0.4:
        parts.insert(rng.randint(0, len(parts)), f"<tfoot>{rows(several(2, ['td']))}</tfoot>")
    for _ in range(rng.randint(1, 2)):
        parts.append(f"<tbody>{rows(several(2, ['th']) + several(4, ['td', 'td', 'td', 'th']))}</tbody>")
    return f"<table>{''.join(parts)}</table>"


def main():
    args = shared.arguments(__doc__, made=(200, "how many seeded tables"))
    tally = shared.Tally(args.verbose)
    warnings.simplefilter("ignore")
    pages = []
    for path in shared.documents(".html", ".htm"):
        body = path.read_bytes()
        if len(body) < 200_000 and b"<table" in body.lower():
            pages.append((str(path), body))
    step = max(1, len(pages) // args.limit) if args.limit else 1
    pages = pages[::step][: args.limit or None]
    pages += [(f"seed {seed}: {made(seed)}", made(seed).encode()) for seed in range(args.made)]
    for source, body in pages:
        try:
            page = body.decode()
        except ValueError:
            continue
        theirs = expected(page)
        with tempfile.NamedTemporaryFile(suffix=".html") as file:
            file.write(b"\xef\xbb\xbf" + body)
            file.flush()
            _, out, _ = shared.crawl(args.crawl, "select", "--file", file.name, "--table")
        ours = [json.loads(line, object_pairs_hook=list) for line in out.splitlines()]
        ours = [([re.sub(r"_\d+$", "", bare(name)) if n else bare(name) for n, (name, _) in enumerate(row)], [bare(value) for _, value in row]) for row in ours]
        theirs = [([re.sub(r"_\d+$", "", name) if n else name for n, name in enumerate(called)], values) for called, values in theirs]
        if ours == theirs:
            tally.same()
        else:
            first = next((pair for pair in zip(ours, theirs) if pair[0] != pair[1]), (len(ours), len(theirs)))
            tally.differs(source, *first, explained(page, ours, theirs))
    tally.end()


def explained(page, ours, theirs):
    lower = page.lower()
    if selectolax.lexbor.LexborHTMLParser(page).css_first("table table") is not None:
        return "pandas takes the rows of a table in a cell for rows of the table around it, too"
    said = lambda records: [[value for value in values if value] for _, values in records]
    if "rowspan" in lower and said(ours) == said(theirs):
        return "HTML, 4.9.12.1: a cell keeps its column below a row that is shorter; pandas moves it to the left"
    powers = lambda records: unicodedata.normalize("NFKC", json.dumps(records, ensure_ascii=False))
    if "<sup" in lower and powers(ours) == powers(theirs):
        return "HTML, 4.5.19: what is above the line is a power, 1024², where it would run into the number before it"
    if re.search(r"rowspan\s*=\s*[\"']?0", lower):
        return "HTML, 4.9.12.1: a rowspan of 0 is all rows of the group; pandas ignores it"
    return None


if __name__ == "__main__":
    main()
