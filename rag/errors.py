"""What can go wrong, as one tree. Each message is one line: what was got, and what to do.

RagError
├── InputError          a file or an argument of the user's
│   ├── ReadError       a page that cannot be read: missing, empty, not text
│   └── SettingsError   a setting that makes no sense
├── StoreError          the built index
│   ├── NoIndexError    there is none yet
│   ├── StaleIndexError it was built with other models, settings or pages
│   └── BrokenIndexError its files are damaged or of another version
└── ModelError          a language model or encoder
    ├── NoModelError    it is not there and cannot be had here
    └── EndpointError   the language model's endpoint is down, slow or answers nonsense
        └── CutOffError its answer was cut off; what came until then is its beginning

``exit_code`` is what the command line returns: 2 for input, 3 for the index, 4 for models.
"""

from __future__ import annotations


class RagError(Exception):
    """Base of all errors this project raises on purpose."""

    exit_code = 1


class InputError(RagError):
    """A file or an argument of the user's is wrong."""

    exit_code = 2


class ReadError(InputError):
    """A page cannot be read: it is missing, empty or not text."""


class SettingsError(InputError):
    """A setting makes no sense."""


class StoreError(RagError):
    """The built index cannot be used."""

    exit_code = 3


class NoIndexError(StoreError):
    """There is no index yet."""


class StaleIndexError(StoreError):
    """The index was built with other models, settings or pages."""


class BrokenIndexError(StoreError):
    """The index's files are damaged or of another version."""


class ModelError(RagError):
    """A language model or an encoder cannot be used."""

    exit_code = 4


class NoModelError(ModelError):
    """The model is not there and cannot be had here."""


class EndpointError(ModelError):
    """The language model's endpoint is down, slow or answers nonsense."""


class CutOffError(EndpointError):
    """The language model's answer was cut off: it took too long, or was too long."""
