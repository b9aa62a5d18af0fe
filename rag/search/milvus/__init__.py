"""The same index on Milvus, for archives and numbers of readers that one machine cannot serve.

A build is three collections, and NAME is an alias of the first of them::

    NAME_20251204093000123456_5f0c9a1e_about      the small files of the index, in parts: manifest, report, names, facets, words
    NAME_..._articles                             each article's line of JSON, in pieces, for VARCHAR ends at 65,535 bytes
    NAME_..._passages                             each passage: its line, vector, words, and numbers of what filters look at

A build is put in use by pointing the alias at it, which is one step. Who has the one before open goes on reading it: it is kept
until the next build. A process that searches keeps nothing between runs: it reads ``about`` when it opens the index (24 bytes an
article, 4 a passage, and the vocabulary), and the rest as it is asked for.

Words are sent as our own tokens with the BM25 weights of :mod:`rag.search.sparse` (a sparse vector, compared by inner product)
and not as text for an analyzer of the server's. ``{"tokenizer": "jieba"}`` was measured beside it, see :mod:`eval.milvus`: it knows
neither our glossary nor the pairs of characters nor the weight of heads, cannot count a synonym for less than the word asked
for, and works out its weights by segment. Its top 10 are other ones; ours are those of the folder. The price is that weights are
those of the build, and a build is always whole.

Filters are put to the values that occur, as in :mod:`rag.search.facets`, and sent as ranges of their numbers: what a user wrote is
in no expression. Home of pymilvus, which is imported when an index on Milvus is opened.
"""

from rag.search.milvus.index import manifest, open_
from rag.search.milvus.listing import listing
from rag.search.milvus.load import update

__all__ = ["listing", "manifest", "open_", "update"]
