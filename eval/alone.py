"""The way a module of this package is run by itself: what goes wrong is one line, as with ``rag``."""

import sys
from collections.abc import Callable

from rag.errors import RagError


def by_itself(main: Callable[[], object]) -> None:
    """Call ``main``; an error of the program ends the process with its message and exit code 1."""
    try:
        main()
    except RagError as error:
        sys.exit(str(error))
