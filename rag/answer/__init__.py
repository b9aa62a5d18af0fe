"""From passages to a checked, cited answer. The modules here are the way of an answer, and :func:`.find.find` is its beginning.

A question is made whole (``rewrite``, ``reword``), searched for and read (``find``); every sentence found is looked at (``features``) and
scored (``evidence``); those that may hold the answer are told (``bearing``, ``reached``), and so is what they lack (``lacks``) and whether
there is an answer at all (``gate``). What is shown is put in order (``aim``, ``sides``) and taken over (``extract``) or written by a model
(``material``, ``llm``, ``drafts``, ``written``), each claim checked (``cite``); else it is said what is missing (``refusal``).

What they call stands in ``rules`` (what must stand in a report), ``asked`` (what a question asks) and ``stated`` (what a text states).
Imports go that way, too.
"""
