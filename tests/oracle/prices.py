#!/usr/bin/env python3
"""Prices as pages write them: the cleaner `price` against price-parser, on the thousand texts of shops that its test suite has.

price-parser reads one number where `price` refuses texts with several; a refusal is no difference, a different number is one."""

import ast
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

from shared import Tally, arguments, crawl, serve

RECIPE = """
start = ["{url}"]
args.url = {}
settings.robots = false
[items.price]
each = "li"
[items.price.fields]
n = { css = "b", type = "integer" }
v = { css = "i", clean = ["price"] }
"""

# Texts that price-parser's own suite expects to be read otherwise than we do, and why we do not follow.
EXPLAINED = [
    (r"^-|\(-?", "a minus is a sign here, and passed over there"),
    (r"[¢￠]|\bct\b|cent", "cents are hundredths here, and whole units there"),
    (r"\d[.,]\d{3}(?!\d)", "a mark before three digits: groups here, by the currency or the other mark there"),
]


def examples(directory):
    """The texts with the amounts that price-parser's tests expect, from its source package."""
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-binary", ":all:", "--no-deps", "price-parser", "-d", directory], check=True)
    archive = next(pathlib.Path(directory).glob("*.tar.gz"))
    with tarfile.open(archive) as tar:
        name = next(name for name in tar.getnames() if name.endswith("test_price_parsing.py"))
        tree = ast.parse(tar.extractfile(name).read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Example" and len(node.args) >= 2:
            try:
                currency, text = (ast.literal_eval(arg) for arg in node.args[:2])
            except ValueError:
                continue
            if text:
                yield currency, text


def main():
    args = arguments(__doc__)
    from price_parser import Price

    with tempfile.TemporaryDirectory() as directory:
        texts = sorted({text for _, text in examples(directory)})
        if args.limit:
            texts = texts[:: max(1, len(texts) // args.limit)]
        escaped = [text.replace("&", "&amp;").replace("<", "&lt;") for text in texts]
        rows = "".join(f"<li><b>{n}</b><i>{text}</i></li>" for n, text in enumerate(escaped))
        page = f"<!DOCTYPE html><meta charset=utf-8><ul>{rows}</ul>".encode()
        recipe = pathlib.Path(directory) / "prices.toml"
        recipe.write_text(RECIPE)
        with serve({"/": ("text/html; charset=utf-8", page)}) as base:
            code, out, err = crawl(args.crawl, "run", str(recipe), "-a", f"url={base}/", "--no-job", "-q", "-O", "-")
    ours = {item["n"]: item["v"] for item in map(json.loads, out.splitlines())}
    tally, refused = Tally(args.verbose), 0
    for n, text in enumerate(texts):
        theirs = Price.fromstring(text).amount
        if n not in ours:
            refused += 1
        elif theirs is not None and float(ours[n]) == float(theirs):
            tally.same()
        else:
            because = next((why for pattern, why in EXPLAINED if re.search(pattern, text)), None)
            tally.differs(repr(text), ours[n], theirs, because)
    print(f"{refused} of {len(texts)} texts are refused: no number, several, or a word that may change it")
    if args.verbose:
        for n, text in enumerate(texts):
            if n not in ours:
                print(f"refused: {text!r} (other: {Price.fromstring(text).amount})")
    tally.end()


if __name__ == "__main__":
    main()
