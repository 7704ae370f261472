"""What the workload generators share: options, and inputs that are complete or absent.

A workload is an input that is the same everywhere (made from a fixed seed, with
nothing of the clock, the machine or the user in it) and the command line that a
measured program runs on it. In that line {} stands for the program, and the word
< for reading what follows.
"""
import argparse
import os
import shlex
import shutil
import sys
import tempfile

# English-like words without meaning: what matters is their number and length.
SYLLABLES = "ba ce di fu gu la me ni po ru sa ti vi xo zu tor len gan mik sel".split()


def words(rng, count):
    """Distinct words of two to four syllables."""
    found = {}
    while len(found) < count:
        found["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4)))] = True
    return list(found)


def write_text(path, rng, vocabulary, lines):
    """Lines of 3 to 12 words at random."""
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(lines):
            file.write(" ".join(rng.choices(vocabulary, k=rng.randint(3, 12))) + "\n")


def shown(word, folder, called):
    """The word for a shell, with `called` wherever it holds the folder."""
    if word == "<":
        return word
    return called.join(shlex.quote(part) if part else "" for part in word.split(folder)) or "''"


def main(doc, name, make, command):
    """Makes the input below DIRECTORY unless it is there, and prints the command.

    With --called, the command names DIRECTORY by that text, not by its path.
    `make(folder)` fills a new folder; `command(folder)` gives the words after the
    program. `name` carries a number that changes whenever `make` does.
    """
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", help="where inputs are kept")
    parser.add_argument("--called", metavar="TEXT",
                        help="what the command line calls DIRECTORY, such as '$DFE_CORPUS/workload'")
    options = parser.parse_args()
    root = os.path.abspath(options.directory)
    folder = os.path.join(root, name)
    if not os.path.isdir(folder):
        print(f"workload: making {name}", file=sys.stderr)
        os.makedirs(root, exist_ok=True)
        scratch = tempfile.mkdtemp(prefix=".making-", dir=root)
        try:
            os.mkdir(os.path.join(scratch, "input"))
            make(os.path.join(scratch, "input"))
            os.rename(os.path.join(scratch, "input"), folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    if options.called is None:
        print(" ".join(["{}"] + [shown(word, folder, shlex.quote(folder)) for word in command(folder)]))
        return
    # In double quotes, so that the shell puts in the folder of its machine.
    called = f'"{options.called}/{name}"'
    print(" ".join(["{}"] + [shown(word, folder, called) for word in command(folder)]))
