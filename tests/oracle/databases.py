"""Rows that a crawl writes into databases against what Python's `sqlite3` and, with `--postgres URL`, `psql` read back."""

import json
import math
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

import shared

TEXTS = ["", "a", "'", "\"", "\\", "\\n", "\n", "\r\n", "\t", " ", "%", "é", "日本", "😀", "\u2028", "\ufeff", "NULL", "\\N", "0012", "1.10", "true", "\x01", "--", ";"]
# Each column has values of one kind, as the items of a site have.
COLUMNS = {
    "text": lambda dice: "".join(dice.choice(TEXTS) for _ in range(dice.randint(0, 5))),
    "whole": lambda dice: dice.choice([0, 1, -7, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), dice.randint(-10**6, 10**6)]),
    "long": lambda dice: dice.choice([2**64 - 1, 10**25 + 3, -(10**30), 2**63]),
    "real": lambda dice: dice.choice([0.1, -2.5e-9, 1e22, 1.0, 3.14, dice.random()]),
    "flag": lambda dice: dice.choice([True, False]),
    "list": lambda dice: dice.choice([[], [1, "a,\"b\"\n"], [[10**17], None]]),
    "object": lambda dice: dice.choice([{}, {"k": ["é", None]}, {"a": {"b": "\\"}}]),
    "mixed": lambda dice: dice.choice([1, "1", 1.5, True, [1], "a", {"a": 1}]),
    "order": lambda dice: dice.choice(["reserved", "words"]),
    "größe \"x\"": lambda dice: dice.choice(["names", "'quoted'"]),
}


def is_same(reader, name, got, wanted):
    """A value as a database holds it; nested and mixed values are JSON, and digits beyond 64 bits are text or numeric."""
    if wanted is None:
        return got is None
    if name in ("list", "object", "mixed"):
        # psql shows jsonb as the JSON that it is, SQLite has its text.
        return got is not None and (json.loads(got) if reader == "sqlite3" else got) == wanted
    if name == "flag":
        return got in (int(wanted), wanted)
    if name == "long":
        # Beyond 64 bits an item of a recipe has its digits as text; beside shorter numbers that is a mixture, so JSON.
        return int(str(got).strip('"')) == wanted
    if name == "real":
        return math.isclose(float(got), wanted, rel_tol=0, abs_tol=0)
    return got == wanted


def compare(tally, reader, rows, items):
    if len(rows) != len(items):
        tally.differs(f"{reader}: rows", len(rows), len(items))
    for row, item in zip(rows, items):
        for name in COLUMNS:
            if is_same(reader, name, row[name], item[name]):
                tally.same()
            else:
                tally.differs(f"{reader}: {name}", repr(row[name]), repr(item[name]))


def psql(url, sql):
    done = subprocess.run(["psql", url, "-XAtqc", sql], capture_output=True, text=True, check=True)
    return done.stdout


def main():
    args = shared.arguments(__doc__, seed=(1, "of what is generated"), postgres=("", "URL of a database to write a table into"))
    dice = random.Random(args.seed)
    items = [{name: None if dice.random() < 0.1 else of(dice) for name, of in COLUMNS.items()} for _ in range(args.limit or 3000)]
    fields = "".join(f"{json.dumps(name, ensure_ascii=False)} = {{ json = {json.dumps(json.dumps(name, ensure_ascii=False), ensure_ascii=False)}, optional = true }}\n" for name in COLUMNS)
    tally = shared.Tally(args.verbose)
    with shared.serve({"/": ("application/json", json.dumps(items).encode())}) as site, tempfile.TemporaryDirectory() as directory:
        recipe, file = pathlib.Path(directory, "r.toml"), pathlib.Path(directory, "out.db")
        recipe.write_text(f"start = '{site}/'\n[items.x]\njson = '[]'\n[items.x.fields]\n{fields}", "utf-8")
        outputs = ["-o", f"{file}?table=values"]
        if args.postgres:
            psql(args.postgres, 'DROP TABLE IF EXISTS "values"')
            outputs += ["-o", f"{args.postgres}?table=values"]
        code, _, error = shared.crawl(args.crawl, "run", str(recipe), "--no-job", "-s", "robots=false", *outputs)
        if code or b"refused" in error:
            sys.exit(f"crawl ended with {code}: {error.decode()[-1500:]}")
        database = sqlite3.connect(file)
        database.row_factory = sqlite3.Row
        rows = database.execute('SELECT * FROM "values" ORDER BY rowid').fetchall()
    compare(tally, "sqlite3", rows, items)
    if args.postgres:
        lines = psql(args.postgres, 'SELECT row_to_json(v) FROM "values" AS v').rstrip("\n").split("\n")
        compare(tally, "psql", [json.loads(line) for line in lines], items)
    tally.end()


main()
