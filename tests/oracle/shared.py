"""What the oracle scripts share: arguments, the command under test, a loopback server, and the closing count."""

import argparse
import contextlib
import http.server
import pathlib
import subprocess
import sys
import threading


def arguments(description, **more):
    """Parses `--crawl PATH`, `--limit N` and `-v`; `more` adds options as name=(default, help)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--crawl", required=True, help="the built command")
    parser.add_argument("--limit", type=int, default=0, help="files at the most; 0: all")
    parser.add_argument("-v", "--verbose", action="store_true", help="explained differences, too")
    for name, (default, text) in more.items():
        parser.add_argument(f"--{name}", default=default, type=type(default), help=text)
    args = parser.parse_args()
    args.crawl = str(pathlib.Path(args.crawl).resolve())
    return args


def crawl(binary, *words, text=None, timeout=60):
    """Runs `crawl WORDS…` with `text` (bytes) on standard input; returns (exit code, stdout, stderr), both as bytes."""
    done = subprocess.run([binary, *words], input=text, capture_output=True, timeout=timeout)
    return done.returncode, done.stdout, done.stderr


@contextlib.contextmanager
def serve(pages):
    """Serves {path: (content type, body)} on a free loopback port, and yields the base URL, without a final slash."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            kind, body = pages.get(self.path.partition("?")[0], ("text/plain", b""))
            self.send_response(200 if self.path.partition("?")[0] in pages else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def documents(*suffixes, limit=0, roots=("/usr/share/doc", "/usr/share/gtk-doc", "/usr/share/help")):
    """Yields real files with one of the suffixes below the directories of Debian's documentation packages, in a fixed order."""
    found = sorted({p.resolve() for root in roots for s in suffixes for p in pathlib.Path(root).rglob(f"*{s}") if p.is_file()})
    step = max(1, len(found) // limit) if limit else 1
    return found[::step][: limit or None]


class Tally:
    """Counts agreements and differences, prints the latter, and ends the script."""

    def __init__(self, verbose=False):
        self.agree, self.explained, self.unexplained, self.verbose = 0, {}, 0, verbose

    def same(self, count=1):
        self.agree += count

    def differs(self, what, ours, theirs, because=None):
        """Notes a difference; `because` names the rule that explains it."""
        if because:
            self.explained[because] = self.explained.get(because, 0) + 1
        else:
            self.unexplained += 1
        if self.verbose or (not because and self.unexplained <= 20):
            print(f"{'explained' if because else 'DIFFERS'}: {what}\n  crawl: {str(ours)[:300]}\n  other: {str(theirs)[:300]}")

    def end(self):
        """Prints the counts and exits: 1 where a difference is left without an explanation."""
        for because, count in sorted(self.explained.items()):
            print(f"explained {count:6}: {because}")
        total = self.agree + sum(self.explained.values()) + self.unexplained
        share = 100 * self.agree / total if total else 0.0
        print(f"{self.agree} of {total} agree ({share:.2f} %), {sum(self.explained.values())} explained, {self.unexplained} unexplained")
        sys.exit(1 if self.unexplained or not total else 0)
