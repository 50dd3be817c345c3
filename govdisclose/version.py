"""The version of the program, as pyproject.toml states it."""

VERSION = "0.1.0"
