#!/usr/bin/env python3
"""Rules of this tree that a compiler does not check.

usage: test/house/house.py RULE [--root DIRECTORY] [--bin DIRECTORY]

Prints each break of the rule as FILE:LINE: what is wrong, and fails if there is
one. A rule that finds nothing to look at fails too: it would hide its own end.
Each rule has a test beside this file that also shows it firing on a small tree.
The files of a tree are those that git lists, or, where there is no checkout
(the small trees of the tests), all of them.
"""
import argparse
import fnmatch
import os
import re
import subprocess
import sys

CODE = (".h", ".cc", ".cpp", ".c", ".rs", ".py", ".sh")
TOUR = ("runtime/lib", "clang-plugin/lib")  # whose sources DESIGN.md has to name
# What DESIGN.md says in a line, in full.
ACCOUNTS = ("runtime/DESIGN.md", "clang-plugin/DESIGN.md", "rustc-patches/MEASURED.md")
LIT = (".ll", ".c", ".cpp", ".rs", ".test")
SOURCE_LINES_MAX = 700
LIT_LINES_MAX = 60


class Tree:
    """The files below a root, with their text."""

    def __init__(self, root):
        self.root = root
        if os.path.exists(os.path.join(root, ".git")):
            listing = subprocess.run(
                ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                check=True, capture_output=True, text=True).stdout
            names = [name for name in listing.split("\0") if name]
        else:
            names = [os.path.relpath(os.path.join(folder, file), root)
                     for folder, _, files in os.walk(root) for file in files]
        self.files = sorted(name for name in set(names) if os.path.isfile(self.path(name)))

    def path(self, name):
        return os.path.join(self.root, name)

    def text(self, name):
        """The text of a file, or "" for one that is not text."""
        with open(self.path(name), "rb") as file:
            data = file.read()
        return "" if b"\0" in data else data.decode("utf-8", "replace")

    def lines(self, name):
        return enumerate(self.text(name).splitlines(), 1)

    def below(self, *folders):
        return [name for name in self.files if name.startswith(tuple(f + "/" for f in folders))]

    def settings(self, name):
        pairs = re.findall(r"^([A-Z_]+)=(.*)$", self.text(name), re.M)
        return dict(pairs)


def is_script(tree, name):
    """Programs under ci/ have no suffix; their first line tells."""
    return os.path.splitext(name)[1] == "" and tree.text(name).startswith("#!")


# --- the rules: each yields (file, line, message), and says how much it saw ---


def rule_design(tree, seen, options):
    """Every file that DESIGN.md and ACCOUNTS name exists, and it names TOUR's sources."""
    tops = {name.split("/")[0] for name in tree.files}
    bases = {os.path.basename(name) for name in tree.files}
    folders = {os.path.dirname(name) + "/" for name in tree.files}
    folders |= {folder[: i + 1] for folder in folders for i, c in enumerate(folder) if c == "/"}
    if "DESIGN.md" not in tree.files:
        yield "DESIGN.md", 0, "expected a file, got none"
        return
    def named_in(document):
        """Yields (line number, what it names, whether that is there)."""
        for number, line in tree.lines(document):
            spans = re.findall(r"`([^`\s]+)`", line)
            # Links are relative to the document that has them.
            spans += [os.path.normpath(os.path.join(os.path.dirname(document), link))
                      for link in re.findall(r"\]\(([^)#:\s]+)\)", line)]
            for span in spans:
                name = span.rstrip("/")
                if "/" in span:
                    if span.split("/")[0] not in tops:
                        continue
                    exists = name in tree.files or name + "/" in folders or (
                        "*" in name and fnmatch.filter(tree.files, name))
                elif span.endswith(CODE) and "*" not in span:
                    exists = name in bases
                else:
                    continue
                yield number, span, bool(exists)

    named = []
    for document in ("DESIGN.md", *(name for name in ACCOUNTS if name in tree.files)):
        for number, span, exists in named_in(document):
            seen.append(span)
            if document == "DESIGN.md":
                named.append(span.rstrip("/"))
            if not exists:
                yield document, number, f"'{span}': expected a file of that name, got none"
    for name in tree.below(*TOUR):
        if name.endswith((".cc", ".cpp")) and not any(fnmatch.fnmatch(name, n) for n in named):
            yield name, 1, "expected DESIGN.md to name it in the tour"


def readme_commands(tree):
    """Yields (line number, words) of each command in a shell block of README.md."""
    block, pending, start = False, "", 0
    for number, line in tree.lines("README.md"):
        if line.lstrip().startswith("```"):
            block = not block and re.match(r"```(sh|bash|shell|console)\b", line.lstrip()) is not None
            continue
        if not block or line.lstrip().startswith("#"):
            continue
        start = start if pending else number
        pending += line.rstrip("\\")
        if line.endswith("\\"):
            continue
        for command in re.split(r"&&|\|\||[|;]", re.sub(r"\s#.*", "", pending)):
            words = command.removeprefix("$ ").split()
            while words and re.match(r"[A-Za-z_]+=|\$$|sudo$|time$|env$", words[0]):
                words.pop(0)
            if words:
                yield start, words
        pending = ""


# Commands of other programs that a reader of README.md has.
OTHERS = set("apt-get bash cargo cat cd clang clang++ cmake cp diff export git ls make mkdir ninja rustc rustup".split())
# Commands of dfe that hand what they do not know to cargo.
CARGO_COMMANDS = {"bench", "build", "check", "run", "test"}


def rule_readme(tree, seen, options):
    """Every command that README.md shows exists, with the options it shows."""
    if "README.md" not in tree.files:
        yield "README.md", 0, "expected a file, got none"
        return
    helps = {}

    def dfe_help(command):
        """What `dfe COMMAND --help` prints, None if it fails."""
        if command not in helps:
            words = [os.path.join(options.bin, "dfe"), *([command] if command else []), "--help"]
            run = subprocess.run(words, capture_output=True, text=True, check=False)
            helps[command] = run.stdout if run.returncode == 0 else None
        return helps[command]

    for number, words in readme_commands(tree):
        seen.append(words)
        if words[0] == "cargo" and words[1:2] == ["dfe"]:
            words = words[1:]
        program = words[0]
        own = words[: words.index("--")] if "--" in words else words
        flags = [word.split("=")[0] for word in own if word.startswith("--")]
        if "/" in program and not program.startswith(("build/", "./build/")):
            name = os.path.normpath(program)
            if name not in tree.files or not os.access(tree.path(name), os.X_OK):
                yield "README.md", number, f"'{program}': expected a program of this tree, got none"
                continue
            text = tree.text(name)
        elif os.path.basename(program) == "dfe":
            command = words[1] if len(words) > 1 and words[1][0] != "-" else ""
            text = dfe_help(command)
            program = f"dfe {command}"
            if text is None:
                yield "README.md", number, f"'{program}': expected a command of dfe, got none"
                continue
            if command in CARGO_COMMANDS:
                continue
        else:
            program = os.path.basename(program)
            if program not in OTHERS and not os.path.exists(os.path.join(options.bin, program)):
                yield "README.md", number, f"'{program}': expected a known program, got none"
            continue
        for flag in flags:
            if flag not in text:
                yield "README.md", number, f"'{program}': expected the option '{flag}', got none"


def rule_versions(tree, seen, options):
    """Supported versions are named in ci/versions.env only."""
    settings = tree.settings("ci/versions.env") if "ci/versions.env" in tree.files else {}
    releases = f"{settings.get('LLVM_TESTED', '')} {settings.get('RUSTC_TESTED', '')}".split()
    stems = sorted({".".join(release.split(".")[:2]) for release in releases})
    if not stems:
        yield "ci/versions.env", 0, "expected LLVM_TESTED and RUSTC_TESTED, got none"
        return
    # A figure (22.1 %, 1.95 s, 1.95x) is no version.
    pattern = re.compile(r"(?<![\w.])(%s)(\.\d+)?(?![\w.]*\d)(?!x|\s?%%|\s?(s|ms|MB|GB)\b)"
                         % "|".join(map(re.escape, stems)))
    tool = re.compile(r"(?<![\w-])(clang|clang\+\+|llvm|opt|lld|ld\.lld|llvm-config|clang-tidy|clang-format)-%s\b"
                      % settings.get("LLVM_MAJOR", "0"))
    allowed = [line.split("#")[0].strip() for _, line in tree.lines("test/house/versions.allow")
               ] if "test/house/versions.allow" in tree.files else []
    for name in tree.files:
        if any(glob and fnmatch.fnmatch(name, glob) for glob in allowed):
            continue
        seen.append(name)
        for number, line in tree.lines(name):
            found = pattern.search(line) or tool.search(line)
            if found:
                yield name, number, (f"'{found.group(0)}': expected versions in ci/versions.env only; "
                                     "a file that must name one goes into test/house/versions.allow")


# Written so that this file does not break its own rule.
MACHINE_PATH = re.compile(r"(?:(?<![\w.}/-])|(?<=-[IL]))/(?:ro{2}t|ho{1}me|wo{1}rk)(?![\w-])|/tm{1}p/w")
# The same in a SQLite file, where texts stand beside each other with nothing
# between them, and where deleted ones stay.
DATABASE_PATH = re.compile(r"/(?:ro{2}t|ho{1}me|wo{1}rk|tm{1}p|Us{1}ers)/[^\x00-\x1f]*")
REGISTRY_HOST = re.compile(
    r"\b(?:(?:index|static)\.)?cr{1}ates\.io\b|\b(?:files\.)?pyth{1}onhosted\.org|\bpyp{1}i\.org"
    r"|\bnpm{1}js\.(?:org|com)|\bpro{1}xy\.golang\.org|\bmav{1}en\.org|\bdeb{1}ian\.org|\bde{1}b\.debian")


def rule_private(tree, seen, options):
    """No file names a path of one machine, or a host of a package registry."""
    for name in tree.files:
        seen.append(name)
        with open(tree.path(name), "rb") as file:
            data = file.read()
        if data.startswith(b"SQLite format 3\0"):
            for found in sorted(set(DATABASE_PATH.findall(data.decode("utf-8", "replace")))):
                yield name, 0, f"'{found[:80]}': expected no path of a machine, but variables"
        for number, line in tree.lines(name):
            found = MACHINE_PATH.search(line)
            if found:
                yield name, number, f"'{found.group(0)}': expected no path of a machine"
            # A lock file names its registry; cargo writes and needs it.
            found = None if name.endswith("Cargo.lock") else REGISTRY_HOST.search(line)
            if found:
                yield name, number, f"'{found.group(0)}': expected packages by name, got a registry's host"


def rule_size(tree, seen, options):
    """Source files have at most SOURCE_LINES_MAX lines."""
    for name in tree.files:
        if name.endswith(CODE) or is_script(tree, name):
            seen.append(name)
            count = len(tree.text(name).splitlines())
            if count > SOURCE_LINES_MAX:
                yield name, count, f"expected at most {SOURCE_LINES_MAX} lines, got {count}"


def rule_purpose(tree, seen, options):
    """Every source file opens with a comment that says what it is for."""
    for name in tree.below("runtime", "llvm-pass", "clang-plugin", "ci"):
        cmake = os.path.basename(name) == "CMakeLists.txt"
        if not (name.endswith(CODE) or cmake or is_script(tree, name)):
            continue
        seen.append(name)
        lines = [line.strip() for line in tree.text(name).splitlines()]
        if lines and lines[0].startswith("#!"):
            lines = lines[1:]
        first = lines[0] if lines else ""
        # LLVM's banner line is followed by an empty comment line and the text.
        if re.match(r"//===-+.*-+===//$", first):
            first = next((line for line in lines[1:] if re.match(r"//[/!]?\s*\w", line)), "")
        mark = r'(#|""")' if cmake or name.endswith((".py", ".sh")) or is_script(tree, name) else r"(//[/!]?|/\*)"
        words = re.findall(r"\w+", first) if re.match(mark + r"\s*\S", first) else []
        if len(words) < 3 or re.search(r"copyright|licen[cs]e", first, re.I):
            yield name, 1, f"expected a comment on the file's purpose, got '{first}'"


def rule_layers(tree, seen, options):
    """runtime/ includes no header of LLVM."""
    for name in tree.below("runtime"):
        if name.endswith(CODE):
            seen.append(name)
            for number, line in tree.lines(name):
                if re.match(r'\s*#\s*include\s*[<"](llvm|clang|lld)(-c)?/', line):
                    yield name, number, f"'{line.strip()}': expected no LLVM header in runtime/"


def rule_lit(tree, seen, options):
    """A lit test has at most LIT_LINES_MAX lines, or a line 'LONG: reason'."""
    for name in tree.below("test"):
        parts = name.split("/")
        if parts[1] == "unit" or "Inputs" in parts or not name.endswith(LIT):
            continue
        text = tree.text(name)
        seen.append(name)
        count = len(text.splitlines())
        if "RUN:" not in text:
            yield name, 1, "expected a RUN line, got none"
        if count > LIT_LINES_MAX and not re.search(r"(?<!\w)LONG: \w+", text):
            yield name, count, f"expected at most {LIT_LINES_MAX} lines or 'LONG: reason', got {count}"


def rule_folders(tree, seen, options):
    """Unit tests run side by side: files of theirs have the process in their names."""
    for name in tree.below("test/unit"):
        if not name.endswith(CODE):
            continue
        text = tree.text(name)
        seen.append(name)
        for use in re.finditer(r"TempDir\(\)|temp_directory_path\(\)", text):
            statement = text[use.start():].split(";", 1)[0]
            if not re.search(r"getpid\(\)|XXXXXX", statement):
                yield (name, text.count("\n", 0, use.start()) + 1,
                       f"{use.group()}: expected getpid() or XXXXXX in the name")


RULES = {name.removeprefix("rule_"): value for name, value in globals().items()
         if name.startswith("rule_")}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n", 1)[0],
        epilog="; ".join(f"{name}: {rule.__doc__}" for name, rule in RULES.items()))
    parser.add_argument("rule", choices=RULES)
    parser.add_argument("--root", default=os.path.join(os.path.dirname(__file__), "..", ".."))
    parser.add_argument("--bin", default="build/release/bin", help="where our built programs are")
    options = parser.parse_args()

    seen, count = [], 0
    for name, line, message in RULES[options.rule](Tree(options.root), seen, options):
        print(f"{name}:{line}: {message}")
        count += 1
    if not seen and not count:
        print(f"house: {options.rule}: expected something to look at in {options.root}, got nothing")
        count = 1
    print(f"house: {options.rule}: {len(seen)} looked at, {count} faults")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
