"""CSV that a crawl writes against what Python's `csv` and pandas read back: odd texts, long numbers, nested values."""

import csv
import io
import json
import pathlib
import random
import sys
import tempfile

import pandas

import shared

PARTS = ["", "a", ",", ";", "\"", "\"\"", "'", "\n", "\r\n", "\r", "\t", " ", "=1+1", "+49 30", "-", "@x", "-1.5", "1e5", "é", "日本", "😀", "\u2028",
         "\ufeff", "\\", "NULL", "NA", "nan", "0012", "12345678901234567890123", "1.10", "true", "#", "\x01", "a,b", "|", "\x7f"]
NAMES = ["plain", "with space", "comma, in it", "quote\"d", "größe", "=formula", "-dash", "日本", "a.b", "line\nbreak"]


def value(dice):
    kind = dice.random()
    if kind < 0.6:
        return "".join(dice.choice(PARTS) for _ in range(dice.randint(0, 4)))
    if kind < 0.8:
        return dice.choice([0, -7, 2**53 + 1, 2**64 - 1, 10**25 + 3, -(10**30), 0.1, -2.5e-9, 1e22, True, False, None])
    return dice.choice([[], {}, [1, "a,\"b\"\n"], {"k": ["é", None]}, [[10**25]], {"=x": "-y"}])


def cell(value):
    """The text of a value in a cell; a nested value is JSON, compared as such."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (float, list, dict)):
        return value
    return defused(value)


def defused(text):
    """A `'` is put before what a spreadsheet takes for a formula, but for plain numbers (guide of outputs)."""
    if text[:1] in tuple("=+-@\t\r\n") and text:
        try:
            if set(text) <= set("0123456789+-.eE") and float(text) is not None:
                return text
        except ValueError:
            pass
        return "'" + text
    return text


def is_same(got, wanted):
    if isinstance(wanted, float):
        return float(got) == wanted
    if isinstance(wanted, (list, dict)):
        digits = lambda digits: int(digits) if -(2**63) <= int(digits) < 2**64 else digits
        return json.loads(got) == json.loads(json.dumps(wanted), parse_int=digits)
    return got == wanted


def main():
    args = shared.arguments(__doc__, seed=(1, "of what is generated"))
    dice = random.Random(args.seed)
    items = [{name: value(dice) for name in NAMES} for _ in range(args.limit or 3000)]
    fields = "".join(f"{json.dumps(name, ensure_ascii=False)} = {{ json = {json.dumps(json.dumps(name))}, optional = true }}\n" for name in NAMES)
    tally = shared.Tally(args.verbose)
    with shared.serve({"/": ("application/json", json.dumps(items).encode())}) as site, tempfile.TemporaryDirectory() as directory:
        recipe, output = pathlib.Path(directory, "r.toml"), pathlib.Path(directory, "out.csv")
        recipe.write_text(f"start = '{site}/'\n[items.x]\njson = '[]'\n[items.x.fields]\n{fields}", "utf-8")
        code, _, error = shared.crawl(args.crawl, "run", str(recipe), "--no-job", "-q", "-s", "robots=false", "-O", str(output))
        if code:
            sys.exit(f"crawl ended with {code}: {error.decode()[-800:]}")
        data = output.read_bytes().decode("utf-8")
        table = pandas.read_csv(output, dtype=str, keep_default_na=False, engine="python")
    rows = list(csv.reader(io.StringIO(data, newline=""), strict=True))
    compare(tally, "csv", rows[0], rows[1:], items)
    compare(tally, "pandas", list(table.columns), table.values.tolist(), items)
    tally.end()


def compare(tally, reader, header, rows, items):
    if header != [defused(name) for name in NAMES]:
        tally.differs(f"{reader}: header", header, NAMES)
    if len(rows) != len(items):
        tally.differs(f"{reader}: rows", len(rows), len(items))
    for row, item in zip(rows, items):
        for name, got in zip(NAMES, row):
            if is_same(got, cell(item[name])):
                tally.same()
            else:
                tally.differs(f"{reader}: {name}", repr(got), repr(item[name]))


main()
