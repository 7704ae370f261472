"""The lit test format of the suite "dfe".

A module of its own because lit hands tests to worker processes, which must be
able to import the class of a test's format.
"""
import os
import shutil

import lit.formats


class CleanShTest(lit.formats.ShTest):
    """A shell test whose user cache folder is its own, and empty when it starts."""

    def execute(self, test, lit_config):
        exec_dir, name = os.path.split(test.getExecPath())
        cache = os.path.join(exec_dir, "Output", name + ".cache")
        shutil.rmtree(cache, ignore_errors=True)
        os.makedirs(cache)
        # Workers run one test at a time, on their own copy of the config.
        test.config.environment["XDG_CACHE_HOME"] = cache
        return super().execute(test, lit_config)
