"""Holds `crawl robots` against protego and gpyrobotstxt, a port of Google's parser, on generated and mutated robots.txt.

    tests/oracle/robots.py --crawl target/release/crawl [--limit FILES] [--seed N] [-v]

A difference is explained by a rule of RFC 9309 that one peer does not follow: the file is rewritten so that the rule has
nothing to say in it, and when the peer then answers as `crawl` did on the file as it was, that rule is the cause.
"""

import codecs
import json
import pathlib
import random
import re
import tempfile

import gpyrobotstxt.robots_cc as google
import protego
from shared import Tally, arguments, crawl

AGENTS = ["crawlworks", "Foobot", "BadBot", "Googlebot", "foo_bot-x", "nobody"]
SEGMENTS = ["", "a", "A", "private", "priv", "search", "x.php", "index.html", "index.htm", "tmp", "~joe", "%7Ejoe", "a b", "caf\u00e9",
            "caf%C3%A9", "caf%c3%a9", "\u65e5\u672c", "a%2Fb", "a%2fb", "a+b", "a&b", "(x)", "a,b;c", "%", "%zz", "a=b", "a:b", "@x", "x" * 300]
QUERIES = ["", "", "", "?", "?q=1", "?q=a/b", "?sort=1&page=2", "?a=%20", "?u=http://x.example/"]
TAILS = ["", "", "", "*", "$", "*$", "/*", "*.php$", "*?", "**", "/*/x", "$x"]
OTHERS = ["Crawl-delay: 5", "Crawl-delay:", "Sitemap: https://a.example/sitemap.xml", "Host: a.example", "Request-rate: 1/5", "Noindex: /a",
          "Clean-param: ref /", "Visit-time: 0400-0845", "# remark", "", "", "   ", "Content-Signal: search=yes", "<html>", "<p>Disallow: all</p>",
          "Disallow", "User-agent", "garbage", ": /a", "X-Disallow: /", "LLM-Policy: /llms.txt"]


def path(rng):
    return "/" + "/".join(rng.choice(SEGMENTS) for _ in range(rng.randint(0, 3)))


def pattern(rng):
    kind = rng.random()
    if kind < 0.12:
        return ""
    if kind < 0.22:
        return "/"
    if kind < 0.27:
        return rng.choice(["*", "/*", "*/", "a/", "http://a.example/a", "/$", "$", "*.php", ".php", "*a*", "/ # all", "all", "none"])
    return path(rng) + rng.choice(QUERIES if rng.random() < 0.2 else [""]) + rng.choice(TAILS)


def rule(rng):
    word = rng.choice(["Disallow", "Disallow", "Disallow", "Allow", "disallow", "DISALLOW", "allow", "Dissallow", "Disalow", "disallaw"])
    mark = rng.choice([": "] * 12 + [":", " : ", ":\t", " ", "= ", "=", ":  "])
    return word + mark + pattern(rng) + rng.choice([""] * 6 + [" ", "\t", " # why", "#why"])


def group(rng):
    names = rng.sample(AGENTS[:-1] + ["*"] * 3, rng.choice([1, 1, 1, 2, 3]))
    lines = []
    for name in names:
        word = rng.choice(["User-agent"] * 6 + ["User-Agent", "user-agent", "USER-AGENT", "Useragent", "User agent"])
        lines.append(word + rng.choice([": ", ": ", ":", " : ", "= "]) + rng.choice([name] * 9 + ["", name + "/1.0", name.lower(), name + " # who"]))
        lines += [rng.choice(OTHERS) for _ in range(rng.choice([0, 0, 0, 1]))]
    for _ in range(rng.choice([0, 1, 1, 2, 3, 5, 8])):
        lines.append(rule(rng))
        lines += [rng.choice(OTHERS) for _ in range(rng.choice([0, 0, 0, 1]))]
    return lines


def mutated(rng, lines):
    """The lines with a few of the accidents that happen to files."""
    lines = list(lines)
    for _ in range(rng.choice([0, 0, 1, 2, 4])):
        at = rng.randrange(len(lines) + 1)
        kind = rng.randrange(7)
        if kind == 0:
            lines.insert(at, rng.choice(OTHERS))
        elif kind == 1 and lines:
            lines.pop(min(at, len(lines) - 1))
        elif kind == 2 and lines:
            lines.insert(at, rng.choice(lines))
        elif kind == 3:
            lines.insert(at, rule(rng))
        elif kind == 4 and at < len(lines):
            lines[at] = "  " + lines[at]
        elif kind == 5 and at < len(lines) and lines[at]:
            cut = rng.randrange(len(lines[at]))
            lines[at] = lines[at][:cut] + lines[at][cut + 1:]
        elif at < len(lines):
            lines[at] = lines[at].swapcase()
    return lines


def robots(rng):
    lines = [rng.choice(OTHERS) for _ in range(rng.choice([0, 0, 1, 2]))]
    for _ in range(rng.randint(0, 4)):
        lines += group(rng) + rng.choice([[], [""], ["", ""]])
    text = rng.choice(["\n"] * 6 + ["\r\n", "\r", "\n\r\n"]).join(mutated(rng, lines)) + rng.choice(["\n", ""])
    return rng.choice(["", "", "", "\ufeff"]) + text


def urls(rng, text):
    """URLs as they appear in requests: some at random, some near the file's own patterns."""
    found = re.findall(r"[:=]\s*(/[^\s#]*)", text)
    near = [p.replace("*", rng.choice(["", "x", "a/b"])).rstrip("$") + rng.choice(["", "", "x", "/", "?q"]) for p in found]
    paths = [path(rng) + rng.choice(QUERIES) for _ in range(3)] + rng.sample(near, min(3, len(near)))
    return ["https://a.example" + requested(p) for p in paths]


def requested(path):
    """What is not in a request is escaped, as browsers do."""
    return re.sub(r"[^!-~]|[\"<>`]", lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), path)


# ------------------------------------------------------------------ peers


def by_protego(text, agent, url):
    return protego.Protego.parse(text.removeprefix("\ufeff")).can_fetch(url, agent)


def by_google(text, agent, url):
    # The port ends with an exception at a line of a single word, which the original leaves out.
    text = "\n".join(line for line in re.split(r"\r\n|\n|\r", text) if re.search(r":|\S[ \t]+\S", line.partition("#")[0]))
    return google.RobotsMatcher().one_agent_allowed_by_robots(text.encode(), agent, url)


# ------------------------------------------------------------------ what RFC 9309 says, and a peer does not


KEPT = re.compile(r"(user-?\s?agents?|allow|dis+al+ow|disallaw)", re.I)
UNRESERVED = re.compile(r"%(2D|2E|5F|7E|3\d|4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A])", re.I)


def lines_of(text):
    return re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff"))


def directive(line):
    """What a line is about, and its value: with the slips that are forgiven."""
    line = line.partition("#")[0].strip(" \t\f\v")
    match = re.match(r"([A-Za-z][A-Za-z -]*?)[ \t]*=?[ \t]*:[ \t]*(.*)$", line) or re.match(r"([A-Za-z][A-Za-z -]*?)[ \t]*=[ \t]*(.*)$", line) \
        or re.match(r"(\S+)[ \t]+(\S+)$", line)
    if not match or not KEPT.match(match[1]):
        return None
    word = match[1].lower()
    return ("User-agent" if word.startswith("u") else "Allow" if word.startswith("a") else "Disallow"), match[2]


def only_rules(text):
    """Without the lines that are none, and their comments."""
    return "\n".join(line.partition("#")[0] for line in lines_of(text) if directive(line))


def spelled_right(text):
    """A colon in each, and names as the RFC has them."""
    return "\n".join(": ".join(found) for found in map(directive, lines_of(text)) if found)


def groups_apart(text):
    """Empty rules as rules that match nothing, and nameless groups as somebody else's."""
    text = re.sub(r"(?m)^(Disallow|Allow): *$", r"\1: /no/such/path/$", text)
    return re.sub(r"(?m)^User-agent: *$", "User-agent: zzzz", text)


def tokens_only(text):
    """Names cut to their tokens (RFC 9309, 2.2.1)."""
    def token(match):
        value = match[1]
        return "User-agent: *" if re.match(r"\*(\s|$)", value) else "User-agent: " + (re.match(r"[A-Za-z_-]*", value)[0] or "zzzz")
    return re.sub(r"(?m)^User-agent: (.*)$", token, text)


def groups_merged(text):
    """One group a name, in which the rules of all its groups are (RFC 9309, 2.2.1)."""
    names, rules, ended = [], {}, True
    current = []
    for line in text.split("\n"):
        key, _, value = line.partition(": ")
        if key == "User-agent":
            if ended:
                current, ended = [], False
            current.append(value.lower())
            rules.setdefault(value.lower(), [])
        elif key:
            ended = True
            for name in current:
                rules[name].append(line)
    return "\n".join("\n".join([f"User-agent: {name}", *(found or ["Disallow: /no/such/path/$"])]) for name, found in rules.items())


def plain_octets(text):
    """Octets spelled as the normal form for comparing has them (RFC 9309, 2.2.2)."""
    text = re.sub(r"%[0-9a-fA-F]{2}", lambda m: m[0].upper(), text)
    text = UNRESERVED.sub(lambda m: chr(int(m[1], 16)), text)
    return re.sub(r"[^\x00-\x7f]|[\"<>\\^`{|}]", lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), text)


def rules_only_from_slash(text):
    """Rules that begin with neither `/` nor `*` match no path (RFC 9309, 2.2: path-pattern)."""
    return re.sub(r"(?m)^(Disallow|Allow): (?![/*])\S.*$", r"\1: /no/such/path/$", text)


def inner_spaces(text):
    """A space within a pattern is an octet that URLs spell %20 (RFC 9309, 2.2.2)."""
    return re.sub(r"(?m)^((?:Disallow|Allow): )(.*)$", lambda m: m[1] + re.sub(r"[ \t]", lambda s: f"%{ord(s[0]):02X}", m[2].strip()), text)


def directories(text):
    return re.sub(r"(?m)^Allow: (.*/)index\.htm[^/]*$", r"Allow: \1$\n\g<0>", text)


def plain_dollars(text):
    """Dollars that are no anchor, in patterns and URLs, as a letter."""
    return re.sub(r"\$(?!$)", "D", text, flags=re.M) if "\n" in text or ": " in text else text.replace("$", "D")


def counted_once(text):
    """Reserved characters, in patterns and URLs, as letters of the same length."""
    marks = str.maketrans(":?[]@!&'()+,;=", "GHIJKLMNOPQRST")
    return re.sub(r"(?m)^((?:Allow|Disallow): |)(/.*)$", lambda m: m[1] + m[2].translate(marks), text)


def whole_escapes(text):
    """A percent sign that begins no escape, in patterns and URLs, as a letter."""
    return re.sub(r"%(?![0-9a-fA-F]{2})", "U", text)


# The second of each: whether the URL is rewritten, too.
STEPS = [
    ("RFC 9309, 2.2.4: lines that are no rules end no group", only_rules, False),
    ("RFC 9309, 2.2: a slip that a parser may forgive: `=` for the colon, a name misspelt", spelled_right, False),
    ("RFC 9309, 2.2: an empty rule is a rule, and a group without a name is nobody's", groups_apart, False),
    ("RFC 9309, 2.2.1: a name is its product token", tokens_only, False),
    ("RFC 9309, 2.2: a pattern begins with a slash or a wildcard", rules_only_from_slash, False),
    ("RFC 9309, 2.2.2: what a URL cannot hold is escaped before it is compared", inner_spaces, False),
    ("RFC 3986, 2.1: a percent sign that begins no escape is one octet like others", whole_escapes, True),
    ("RFC 9309, 2.2.2: octets are compared, however they are spelled", plain_octets, True),
    ("RFC 9309, 2.2.1: all groups of a crawler are one", groups_merged, False),
    ("Google's: who allows /index.html, with whatever behind it, allows the directory", directories, False),
    ("RFC 9309, 2.2.3: a dollar at the end is an anchor, elsewhere a character", plain_dollars, True),
    ("RFC 9309, 2.2.2: the longest match is counted in octets as they are sent; `?` is one", counted_once, True),
]


def explanation(peer, ours, text, agent, url):
    """The rule with which the peer comes to the same answer."""
    origin, path = "https://a.example", url.removeprefix("https://a.example")
    for because, rewrite, is_for_both in STEPS:
        text = rewrite(text)
        path = rewrite(path) if is_for_both else path
        if peer(text, agent, origin + path) == ours:
            return because
    return None


# ------------------------------------------------------------------


def in_batch(binary, questions):
    lines = "\n".join(json.dumps({"robots": text, "agent": agent, "url": url}) for text, agent, url in questions)
    code, out, err = crawl(binary, "robots", "--batch", text=lines.encode(), timeout=600)
    answers = [json.loads(line)["allowed"] for line in out.splitlines()]
    assert code == 0 and len(answers) == len(questions), err.decode()
    return answers


def from_files(binary, rng, tally):
    """Bytes that JSON cannot carry: other encodings must not change what a file says."""
    text = "# caf\u00e9\nUser-agent: *\nDisallow: /private\nAllow: /private/open\n"
    encodings = {"utf-8": text.encode(), "utf-8-sig": text.encode("utf-8-sig"), "utf-16": text.encode("utf-16"), "latin-1": text.encode("latin-1"),
                 "utf-16-be": codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "utf-16-le without a mark": text.encode("utf-16-le")}
    paths = ["/private", "/private/open/x", "/else", "/privat"]
    with tempfile.TemporaryDirectory() as directory:
        for name, data in encodings.items():
            file = pathlib.Path(directory, "robots.txt")
            file.write_bytes(data)
            _, out, err = crawl(binary, "robots", "--file", str(file), "--user-agent", "a", *paths)
            ours = [line.startswith(b"allowed") for line in out.splitlines()]
            theirs = [by_protego(text, "a", "https://a.example" + p) for p in paths]
            tally.same(len(paths)) if ours == theirs else tally.differs(name, ours, theirs)


def main():
    args = arguments(__doc__.splitlines()[0], seed=(1, "of the generator"))
    rng, tally = random.Random(args.seed), Tally(args.verbose)
    questions = []
    for _ in range(args.limit or 600):
        text = robots(rng)
        questions += [(text, agent, url) for url in urls(rng, text) for agent in rng.sample(AGENTS, 3)]
    for (text, agent, url), ours in zip(questions, in_batch(args.crawl, questions)):
        for peer in (by_protego, by_google):
            theirs = peer(text, agent, url)
            if theirs == ours:
                tally.same()
            else:
                tally.differs(f"{peer.__name__}: {agent} {url[:120]}\n{text}", ours, theirs, explanation(peer, ours, text, agent, url))
    from_files(args.crawl, rng, tally)
    tally.end()


main()
