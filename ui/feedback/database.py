"""The SQLite file: opened for each call, so that threads and processes share nothing but the file.

With a write-ahead log a reader never waits for a writer, and with ``synchronous=FULL`` what was committed is on the disk, whatever
happens to the process or the machine afterwards.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rag.errors import InputError

VERSION = 1
"""Of the tables, kept as SQLite's ``user_version``."""

PATIENCE = 5.0
"""Seconds to wait while another writes."""

_TABLES = (
    """CREATE TABLE feedback (
    id TEXT PRIMARY KEY, moment TEXT NOT NULL, question TEXT NOT NULL, understood_as TEXT NOT NULL, answer TEXT NOT NULL,
    citations TEXT NOT NULL, status TEXT NOT NULL, verdict TEXT NOT NULL, reasons TEXT NOT NULL, comment TEXT NOT NULL,
    language TEXT NOT NULL, index_id TEXT NOT NULL
) STRICT""",
    "CREATE INDEX feedback_by_time ON feedback (moment)",
    """CREATE TABLE refused (
    question TEXT PRIMARY KEY, count INTEGER NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL
) STRICT""",
    f"PRAGMA user_version = {VERSION}",
)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the file at ``path``, which is made if it is not there; what is done with it is one transaction.

    Raises :class:`InputError` when the file cannot be opened or written, is none of SQLite's, or of another version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # questions are for nobody else on the machine; the log beside it is made like it
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
            _prepare(connection, path)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
    except (OSError, sqlite3.Error) as error:
        raise InputError(
            f"{path}: feedback cannot be kept here ({error}); check RAG_FEEDBACK and permissions"
        ) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    # In one statement, for another process may be making the tables.
    version, tables = connection.execute(
        "SELECT user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_user_version"
    ).fetchone()
    if version == VERSION:
        return
    if version:
        raise InputError(
            f"{path}: feedback of version {version}, this program keeps version {VERSION}; name another file"
        )
    if tables:
        raise InputError(f"{path}: this is another program's file; name one for feedback alone")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone() == (0,):
        for statement in _TABLES:
            connection.execute(statement)
    connection.execute("COMMIT")
