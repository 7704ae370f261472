"""What the proof jobs share: the tools that they use, and how they speak.

Progress goes to standard error, results to standard output. Faults are lower
case and name what was expected.
"""
import os
import re
import resource
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPT = os.path.basename(sys.argv[0])

# A line of libtest: the test's name and its result.
TEST = re.compile(r"^test (.+) \.\.\. (ok|FAILED|ignored)", re.M)


class Fault(Exception):
    """Something that ends the job, or one case of it."""


def step(text):
    print(f"{SCRIPT}: {text}", file=sys.stderr, flush=True)


def settings():
    """The versions that ci/versions.env names."""
    with open(os.path.join(ROOT, "ci", "versions.env"), encoding="utf-8") as file:
        return dict(re.findall(r"^([A-Z_]+)=(.*)$", file.read(), re.M))


def build_root():
    return os.path.abspath(os.environ.get("DFE_BUILD_ROOT", os.path.join(ROOT, "build")))


def corpus_root():
    cache = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))
    return os.path.abspath(os.environ.get("DFE_CORPUS", os.path.join(cache, "dfe-corpus")))


def output_of(words, **more):
    """What a program prints; its failure is a fault that shows the end of its messages."""
    run = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **more)
    if run.returncode:
        raise Fault(f"{' '.join(words[:3])}: exit code {run.returncode}\n{run.stderr[-3000:].rstrip()}")
    return run.stdout


def rust_bin():
    """The folder of the tested release's cargo and rustc, as ci/lib.sh finds it."""
    release = settings()["RUSTC_TESTED"].split()[0]
    script = f'source "$0" && rust_sysroot "$1"'
    try:
        return os.path.join(output_of(["bash", "-c", script, os.path.join(ROOT, "ci", "lib.sh"), release]).strip(), "bin")
    except Fault:
        raise Fault(f"rust: no toolchain of release {release}; ./ci/setup says more") from None


def llvm_bin():
    return output_of(["llvm-config-" + settings()["LLVM_MAJOR"], "--bindir"]).strip()


def release_file(*parts):
    """A file of our release build."""
    path = os.path.join(build_root(), "release", *parts)
    if not os.path.exists(path):
        raise Fault(f"build: {path}: expected a file; run ./ci/check --only build")
    return path


def environment(**more):
    """Of every program that is started: cargo of the tested release, our programs first,
    and neither a leftover of the user's setup nor of ours, and no network."""
    env = {key: value for key, value in os.environ.items()
           if not re.match(r"DFE_|RUSTFLAGS$|RUSTC|CARGO_(BUILD|PROFILE|ENCODED|TARGET)", key)}
    env["PATH"] = os.pathsep.join([os.path.dirname(release_file("bin", "dfe")), rust_bin(), env["PATH"]])
    env.update(CARGO_NET_OFFLINE="true", CARGO_TERM_COLOR="never", LC_ALL="C.UTF-8")
    if jobs := os.environ.get("CARGO_BUILD_JOBS"):
        env["CARGO_BUILD_JOBS"] = jobs
    env.update(more)
    return env


def corpus(name):
    """The folder of a published program's source."""
    return output_of([os.path.join(ROOT, "ci", "corpus"), name]).strip()


def copy_source(source, to):
    """A copy without what was built in it: builds here must not disturb others."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(source, to, symlinks=True, ignore=lambda folder, names: [
        name for name in names if name == ".git" or (name == "target" and folder == source)])
    return to


def change_last_byte(path):
    """Spoils a file, for jobs that show what they find."""
    with open(path, "r+b") as file:
        file.seek(-1, os.SEEK_END)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_END)
        file.write(bytes([byte ^ 1]))


class Timed:
    """CPU and wall seconds of the programs that ran and ended inside of it."""

    def __enter__(self):
        self.start, self.used = time.monotonic(), self._children()
        return self

    def __exit__(self, *_):
        self.wall, self.cpu = time.monotonic() - self.start, self._children() - self.used

    @staticmethod
    def _children():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime


def whole_number(text):
    """For argparse: 1 or more."""
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise ValueError(text)
    return int(text)


whole_number.__name__ = "whole number from 1"


def close(passed, failed):
    """Prints the closing line, and returns the exit code. Nothing done is a failure."""
    if passed + failed == 0:
        step("cases: expected at least 1 to run, got 0")
        failed = 1
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def run(main):
    """Calls main, and turns a fault into a message."""
    try:
        sys.exit(main())
    except Fault as fault:
        step(fault)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
