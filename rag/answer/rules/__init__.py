"""What the gate looks for in a report, rule by rule, given what is asked: each form of question and what must stand where it is answered.

Sentences here are plain text; scores and the choice between sentences are a matter of :mod:`rag.answer` itself.
"""
