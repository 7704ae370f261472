"""Printed IR of a module, as definitions that can be compared across modules.

Two modules that define the same thing print it alike but for numbers and names
that only mean something inside a module. A definition's canonical text has

 * for `#N` the attributes of that group, sorted by nothing: as printed;
 * for `!N` a hash of that node, which covers what it refers to eight deep, so
   that circles (loops, scopes, debug information) come to an end;
 * for an unnamed global `@N` the same kind of hash of its definition;
 * no comments, because `; preds =` lists them in the order of uses;
 * for a name that a split gave a local (`NAME.dfe.KEY`) the local's old one.

All else counts: every instruction, its operands, flags and metadata, all
attributes, and the line that names linkage, visibility, comdat and section.
"""
import hashlib
import re

NAME = r'@(?:"(?:[^"\\]|\\.)*"|[-a-zA-Z$._0-9]+)'
LINKAGES = ("private internal available_externally linkonce linkonce_odr weak weak_odr common appending "
            "extern_weak external").split()
LOCAL = {"private", "internal"}
# What a linker may leave out, so that no half has to have it.
DISCARDABLE = LOCAL | {"linkonce", "linkonce_odr", "available_externally"}
ROUNDS = 8

GLOBAL = re.compile(rf"^({NAME}) = (.*)$")
FUNCTION = re.compile(rf"^(define|declare) (.*?)({NAME})\((.*)$")
COMMENT = re.compile(r"\s+; preds = .*$", re.M)
# Text in quotation marks stands for itself, whatever it looks like; most names
# do so too, and are only looked for where they have to be.
TEXT = r'c?"(?:[^"\\]|\\.)*"'
NUMBER = r"(?<![\w@%$!])#\d+|![0-9]+"
TOKEN = re.compile(rf"{TEXT}|{NAME}|{NUMBER}")
FEW_TOKENS = re.compile(rf'"(?:[^"\\]|\\.)*"|{NUMBER}|@\d+')


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:24]


class Definition:
    """One function, variable, alias or ifunc of a module."""

    def __init__(self, name, kind, linkage, defined, text):
        self.name, self.kind, self.linkage = name, kind, linkage
        self.defined, self.text = defined, text

    def references(self):
        """The names in it, but its own."""
        return {token for token in TOKEN.findall(self.text) if token[0] == "@"} - {self.name}

    @property
    def external(self):
        return self.linkage not in LOCAL and self.linkage != "available_externally"


def linkage_of(words):
    for word in words.split()[:4]:
        if word in LINKAGES:
            return word
    return ""


def unpromoted(name):
    """The name that a local had before a split made it unique."""
    return re.sub(r'\.dfe\.[^"@]*("?)$', r"\1", name)


class Module:
    """The definitions of one printed module, by name."""

    def __init__(self, text):
        self.symbols, self.assembly = {}, []
        self._attributes, self._nodes, self._unnamed = {}, {}, {}
        lines = iter(text.splitlines())
        raw = []
        for line in lines:
            if match := FUNCTION.match(line):
                body = [line]
                if match.group(1) == "define":
                    for line in lines:
                        body.append(line)
                        if line == "}":
                            break
                linkage = linkage_of(match.group(2))
                raw.append((match.group(3), "function", linkage, match.group(1) == "define", body))
            elif match := GLOBAL.match(line):
                words = re.split(r"[\"(]", match.group(2))[0].split()
                linkage = linkage_of(match.group(2))
                kind = next((w for w in words if w in ("global", "constant", "alias", "ifunc")), "global")
                defined = linkage not in ("external", "extern_weak")
                raw.append((match.group(1), kind, linkage, defined, [line]))
            elif match := re.match(r"^attributes (#\d+) = (.*)$", line):
                self._attributes[match.group(1)] = match.group(2)
            elif match := re.match(r"^(!\d+) = (.*)$", line):
                self._nodes[match.group(1)] = match.group(2)
            elif line.startswith("module asm "):
                self.assembly.append(line)
        for name, _, _, _, body in raw:
            if re.fullmatch(r"@\d+", name):
                self._unnamed[name] = "\n".join(body).replace(name, "@", 1)
        hashes = self._refine()
        for name, kind, linkage, defined, body in raw:
            text = COMMENT.sub("", "\n".join(body))
            self.symbols[name] = Definition(name, kind, linkage, defined, self._canonical(text, hashes))

    def _refine(self):
        """A hash of each metadata node and unnamed global that covers ROUNDS steps."""
        hashes = {}
        texts = {**self._nodes, **self._unnamed}
        for _ in range(ROUNDS):
            hashes = {key: digest(self._canonical(text, hashes)) for key, text in texts.items()}
        return hashes

    def _canonical(self, text, hashes):
        def replace(match):
            token = match.group()
            if token[0] == '"':
                return token
            if token[0] == "#":
                return "#" + self._attributes.get(token, token)
            if token[0] == "!" or token in self._unnamed:
                return token[0] + hashes.get(token, "")
            return unpromoted(token) if token[0] == "@" else token
        return (TOKEN if ".dfe." in text else FEW_TOKENS).sub(replace, text)

    def defined(self):
        """The names that the module defines, without LLVM's own lists."""
        return {name for name, symbol in self.symbols.items() if symbol.defined and not is_list(name)}


def is_list(name):
    """llvm.used, llvm.global_ctors and their kin: no symbols of the program."""
    return name.lstrip('@"').startswith("llvm.")
