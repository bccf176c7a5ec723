"""JSON against Python's `json`: real files, generated values, and both written as sites write them.

A crawl reads every document as an answer and once more as a script in a page, and writes it to JSON lines: so the reader, JMESPath,
recipes and the output are held against the same value. `--files DIR` is searched for `*.json` beside `/usr/share` and
`/usr/lib/node_modules`; unpacked packages of npm are good for it.

What Python's value becomes here, and why: a whole number beyond 64 bits is the text of its digits, NaN and Infinity are null, half of
a surrogate pair is U+FFFD (`src/json/read.rs` says all of it).
"""

import json
import pathlib
import random
import sys
import tempfile

import shared

NESTED = 127
RECIPE = """start = %s
[items.answer]
match = '/a/'
json = '{doc: [@]}'
fields.url = { page = 'url' }
fields.doc = 'doc'
[items.script]
match = '/s/'
script = '#d'
json = '{doc: [@]}'
fields.url = { page = 'url' }
fields.doc = 'doc'
"""
TEXTS = ["", "a", "é", "日本", "😀", "\u2028", "\ufeff", "a\"b", "back\\slash", "</b>", "<!-- x -->", "// x", "/* x */", ",]", "{", "null", "NaN",
         "1e400", "\n\r\t", "\x00\x1f", "12345678901234567890", "\ud83d", "x\ude00y", "'", "&amp;", "&quot;", "a = {", "]]>", "cb(1)"]
NUMBERS = [0, -1, 1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1, 2**64, -(2**63) - 1, 10**30 + 7, -(10**400) - 3, 0.1, -2.5e-7,
           1e22, 1.7976931348623157e308, 5e-324, 3.5584269662921348, 123456789.123456789, 1.0, float("nan"), float("inf"), float("-inf")]


def expected(value):
    """What a value of Python is for `crawl`."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else str(value)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, list):
        return [expected(one) for one in value]
    return {expected(key): expected(one) for key, one in value.items()}


def same(ours, theirs):
    """Equal in value, type and order."""
    if type(ours) is not type(theirs):
        # `-0`: a fraction here, since a whole number has no such sign.
        return ours == theirs == 0 and {type(ours), type(theirs)} == {int, float}
    if isinstance(ours, dict):
        return list(ours) == list(theirs) and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours == theirs


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def generated(dice, levels=4):
    kind = dice.random()
    if levels == 0 or kind < 0.35:
        return dice.choice([dice.choice(TEXTS) + dice.choice(TEXTS), dice.choice(NUMBERS), dice.choice(NUMBERS), True, False, None,
                            dice.randint(-(10**dice.randint(1, 40)), 10**dice.randint(1, 40)), dice.uniform(-1, 1) * 10 ** dice.randint(-300, 300)])
    several = range(dice.randint(0, 5))
    if kind < 0.65:
        return [generated(dice, levels - 1) for _ in several]
    return {dice.choice(TEXTS) + str(at): generated(dice, levels - 1) for at in several}


def tokens(value, dice, sloppy):
    """The tokens of a value, with odd escapes if it is to be sloppy."""
    if isinstance(value, dict):
        yield "{"
        for at, (key, one) in enumerate(value.items()):
            yield from ([","] if at else [])
            yield text(key, dice, sloppy)
            yield ":"
            yield from tokens(one, dice, sloppy)
        yield from ([","] if value and sloppy and dice.random() < 0.3 else [])
        yield "}"
    elif isinstance(value, list):
        yield "["
        for at, one in enumerate(value):
            yield from ([","] if at else [])
            yield from tokens(one, dice, sloppy)
        yield from ([","] if value and sloppy and dice.random() < 0.3 else [])
        yield "]"
    elif isinstance(value, str):
        yield text(value, dice, sloppy)
    elif value is None and sloppy and dice.random() < 0.3:
        yield dice.choice(["NaN", "-Infinity", "undefined", "1e999"])
    else:
        yield json.dumps(value)


def text(value, dice, sloppy):
    written = json.dumps(value, ensure_ascii=dice.random() < 0.5 or any(0xD800 <= ord(c) < 0xE000 for c in value))
    if sloppy:
        written = written.replace("'", dice.choice(["'", "\\'", "\\x27"])).replace("&", dice.choice(["&", "\\x26", "\\u{26}"]))
        written = written.replace("\\n", dice.choice(["\\n", "\n"]))
    return written


def noise(dice):
    return dice.choice(["", "", "", " ", "\n", "/* [1, */", "// \"x\n", "<!-- {1: -->", "\t", "\u00a0"])


def sloppy(value, dice):
    """A value as sites write it."""
    body = "".join(noise(dice) + token for token in tokens(value, dice, True))
    if not isinstance(value, (dict, list)):
        return body + "\n"
    before, behind = dice.choice([("", ""), ("\ufeff", "\n"), (")]}',\n", ""), ("while(1);", ""), ("for(;;);", ""), ("cb(", ");"), ("/**/cb(", ")"),
                                  ("var a = ", ";"), ("window.x['y'] = ", "; run()"), ("/**/ typeof cb === 'function' && cb(", ");"),
                                  ("<!-- ours -->\n", ""), ("", "<!-- cached -->"), ("//<![CDATA[\n", "\n//]]>"), ("{}&&", "")])
    return before + body + behind


def encoded(body, dice):
    """Bytes and a content type."""
    lone = any(0xD800 <= ord(c) < 0xE000 for c in body)
    choices = [("utf-8", "application/json"), ("utf-8", "application/json; charset=utf-8"), ("utf-8", "application/json; charset=iso-8859-1")]
    if not lone:
        choices += [("utf-16-le", "application/json"), ("utf-16-be", "application/json"), ("utf-32-le", "application/json"), ("utf-16", "application/json")]
    for name, label in [("windows-1252", "windows-1252"), ("shift_jis", "shift_jis")]:
        try:
            body.encode(name)
            # Where it looks like UTF-8 it is that (RFC 8259, section 8.1).
            if not body.isascii() and body[:1].isascii():
                body.encode(name).decode("utf-8", "strict")
        except UnicodeDecodeError:
            choices.append((name, f"application/json; charset={label}"))
        except UnicodeEncodeError:
            pass
    name, kind = dice.choice(choices)
    if "16" in name or "32" in name:
        if not body[:1].isascii() or not body[:2].strip("\x00"):
            name = "utf-8"
    return body.encode(name, "surrogatepass" if lone else "strict"), kind


def documents(args, dice):
    """Yields (what, bytes, content type, value)."""
    roots = ["/usr/share", "/usr/lib/node_modules", args.files]
    found = sorted({p for root in roots if root for p in pathlib.Path(root).rglob("*.json") if p.is_file() and p.stat().st_size < 300_000})
    for path in found[: args.limit or None]:
        data = path.read_bytes()
        try:
            value = json.loads(data)
        except ValueError:
            continue
        yield str(path), data, "application/json", value
        if len(data) < 20_000:
            yield f"{path}, sloppy", *encoded(sloppy(value, dice), dice), value
    for at in range(args.limit or 3000):
        # `null` has no fields, by JMESPath's specification.
        value = generated(dice)
        value = value if expected(value) is not None else [value]
        if at % 3 == 0:
            body, kind = encoded(json.dumps(value, ensure_ascii=bool(at % 2) or "\\ud" in json.dumps(value)), dice)
        else:
            body, kind = encoded(sloppy(value, dice), dice)
        yield f"generated {at}", body, kind, value
    for at in range(200):
        values = [{"n": generated(dice, 2)} for _ in range(dice.randint(2, 5))]
        lines = dice.choice(["\n", "\r\n", "", "\n\n"]).join(json.dumps(value) for value in values)
        yield f"lines {at}", lines.encode(), "application/x-ndjson", values


def script(body, kind):
    """The same as a script, or None if a script cannot hold it."""
    text = body.decode("utf-8", "replace")
    if "charset" in kind or "\x00" in text or "\ufffd" in text or "\r" in text or "<" in text or text.startswith("\ufeff"):
        return None
    return f"<!doctype html><script id=d>{text}</script>".encode()


def main():
    args = shared.arguments(__doc__, files=("", "more JSON"), seed=(1, "of what is generated"))
    dice = random.Random(args.seed)
    pages, values = {}, {}
    for at, (what, body, kind, value) in enumerate(documents(args, dice)):
        pages[f"/a/{at}"], values[f"/a/{at}"] = (kind, body), (what, value)
        if page := script(body, kind):
            pages[f"/s/{at}"], values[f"/s/{at}"] = ("text/html; charset=utf-8", page), (f"{what}, in a script", value)
    tally = shared.Tally(args.verbose)
    with shared.serve(pages) as site, tempfile.TemporaryDirectory() as directory:
        recipe, output = pathlib.Path(directory, "r.toml"), pathlib.Path(directory, "out.jsonl")
        recipe.write_text(RECIPE % json.dumps([site + path for path in pages]))
        words = ["run", str(recipe), "--no-job", "-q", "-O", str(output)]
        for setting in ["robots=false", "delay=0", "concurrency=16", "concurrency_per_host=16", "adaptive_delay=false", "retries=0", "max_errors=1000000"]:
            words += ["-s", setting]
        code, _, error = shared.crawl(args.crawl, *words, timeout=1800)
        if not output.exists():
            sys.exit(f"crawl ended with {code}: {error.decode()[-500:]}")
        got = {item["url"].removeprefix(site): item["doc"] for item in map(json.loads, output.read_text("utf-8").split("\n")[:-1])}
    for path, (what, value) in values.items():
        theirs = expected(value)
        if path in got:
            ours = got[path][0]
            if same(ours, theirs):
                tally.same()
            else:
                tally.differs(f"{what} {pages[path][0]} {pages[path][1][:200]!r}", json.dumps(ours), json.dumps(theirs))
        else:
            because = "more than 127 levels are an error (src/json/read.rs)" if depth(value) > NESTED else None
            tally.differs(f"{what} {pages[path][0]} {pages[path][1][:300]!r}", "nothing", json.dumps(theirs), because)
    tally.end()


main()
