# Configuration of the lit suite "dfe": everything under test/ but unit/.
#
# Run it by `./ci/check --only lit`, by the build's `check` target, or for single
# tests by `lit build/release/test/llvm-pass/NAME.ll`. A run starts from
# lit.site.cfg.py in the build tree, which CMake writes; a run that starts in the
# source tree (`lit test/llvm-pass/NAME.ll`) takes the release preset's.
#
# Substitutions, besides lit's own (%s, %S, %t, …):
#   %opt %clang %clangxx %lld   LLVM's programs; %lld is ld.lld
#   %llvm_tools                 the folder that holds them
#   %plugin                     the pass plugin, DeadFnElim.so
#   %headers_plugin %imports_plugin   the Clang plugins dfe-headers.so, dfe-imports.so
#   %rustc %cargo %rust_lld     of the tested Rust release
#   %dfe %cargo_dfe %dfe_rustc %dfe_cc %dfe_graph %header_dump %fuzz_modules
#   %std_bitcode %debug_info    our programs
#   %dfe_toolchain              the folder of the patched rustc, as ci/rustc builds it;
#                               test/rustc is left out where there is none
#   %root                       the source tree
# FileCheck, not, count and split-file are on PATH. RUN lines run in bash.
import os
import shlex
import subprocess
import sys

import lit.formats

SITE = "build/release/test/lit.site.cfg.py"

if not hasattr(config, "dfe_build_dir"):
    here = os.path.dirname(os.path.abspath(__file__))
    site = os.path.join(here, SITE)
    if not os.path.exists(site):
        lit_config.fatal(f"lit: {site}: expected a configured build; run ./ci/check --only build")
    lit_config.load_config(config, site)
else:
    sys.path.insert(0, os.path.join(config.dfe_root, "ci"))
    import dfe_lit_format

    config.name = "dfe"
    config.suffixes = [".ll", ".c", ".cpp", ".rs", ".test"]
    config.excludes = ["unit", "Inputs", "CMakeLists.txt"]
    config.test_source_root = os.path.join(config.dfe_root, "test")
    config.test_exec_root = os.path.join(config.dfe_build_dir, "test")
    config.test_format = dfe_lit_format.CleanShTest(execute_external=True)

    if not lit_config.maxIndividualTestTime:
        lit_config.maxIndividualTestTime = 600

    # lit itself passes on only a short list of variables; none is ours.
    sysroot_bin = os.path.dirname(config.rustc)
    config.environment["PATH"] = os.pathsep.join(
        [config.llvm_tools, sysroot_bin, config.environment["PATH"]]
    )
    for name in ("HOME", "RUSTUP_HOME", "CARGO_HOME", "CI"):
        if name in os.environ:
            config.environment[name] = os.environ[name]
    config.environment["LC_ALL"] = "C.UTF-8"
    config.environment["CARGO_NET_OFFLINE"] = "true"
    config.environment["CARGO_TERM_COLOR"] = "never"

    bin_dir = os.path.join(config.dfe_build_dir, "bin")
    programs = {
        "opt": os.path.join(config.llvm_tools, "opt"),
        "clang": os.path.join(config.llvm_tools, "clang"),
        "clangxx": os.path.join(config.llvm_tools, "clang++"),
        "lld": os.path.join(config.llvm_tools, "ld.lld"),
        "llvm_tools": config.llvm_tools,
        "plugin": os.path.join(config.dfe_build_dir, "lib", "DeadFnElim.so"),
        "headers_plugin": os.path.join(config.dfe_build_dir, "lib", "dfe-headers.so"),
        "imports_plugin": os.path.join(config.dfe_build_dir, "lib", "dfe-imports.so"),
        "rustc": config.rustc,
        "cargo": config.cargo,
        "rust_lld": config.rust_lld,
        "dfe": os.path.join(bin_dir, "dfe"),
        "cargo_dfe": os.path.join(bin_dir, "cargo-dfe"),
        "dfe_rustc": os.path.join(bin_dir, "dfe-rustc"),
        "dfe_cc": os.path.join(bin_dir, "dfe-cc"),
        "header_dump": os.path.join(bin_dir, "dfe-header-dump"),
        "dfe_graph": os.path.join(bin_dir, "dfe-graph"),
        "std_bitcode": os.path.join(bin_dir, "dfe-std-bitcode"),
        "debug_info": os.path.join(bin_dir, "dfe-debug-info"),
        "fuzz_modules": os.path.join(bin_dir, "dfe-fuzz-modules"),
        "root": config.dfe_root,
    }
    # Only tests of the patched compiler need it, and only ci/rustc makes one.
    patched = subprocess.run(
        [os.path.join(config.dfe_root, "ci", "rustc"), "--path"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
    )
    if patched.returncode == 0:
        programs["dfe_toolchain"] = patched.stdout.strip()
    else:
        config.excludes.append("rustc")
    for name, path in programs.items():
        # The word end keeps %clang out of %clangxx, and %dfe out of %dfe_rustc.
        config.substitutions.append((f"%{name}\\b", shlex.quote(path)))
