"""Cited answers from an archive of newspaper pages.

>>> from rag.assistant import Assistant
>>> from rag.config import Settings
>>> assistant = Assistant.open(Settings())          # doctest: +SKIP
>>> assistant.ask("福建联席会议一年开几次？").text   # doctest: +SKIP

Importing this package loads no model and none of torch, faiss, gradio or langchain.
"""

__version__ = "0.1.0"
