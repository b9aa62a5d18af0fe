"""Whether what is asked to be named is named: the rules stand by whom or what is to be named.

:mod:`.unnamed` asks all of them but two that :mod:`rag.answer.lacks` asks itself: :func:`.told_of.untold` and :func:`.siblings.elsewhere`.
"""
