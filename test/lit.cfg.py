# Lets `lit test/…` find the suite; all of its configuration is ../lit.cfg.py.
import os

lit_config.load_config(
    config,
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lit.cfg.py"),
)
