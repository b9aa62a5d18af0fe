"""What axe-core finds wrong with a page for people who cannot see it, or not well, or who use no mouse."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

AT_REST = """
() => new Promise(requestAnimationFrame).then(() => Promise.all(document.getAnimations()
  .filter(a => a.effect.getComputedTiming().endTime < Infinity).map(a => a.finished.catch(() => null))))
"""
"""What fades in has less contrast until it is there."""


def findings(frame, where: str) -> list[str]:
    """What is wrong with a page or frame, however slight: ``where`` and, of each element, the rule, the element and why.

    A frame inside it is left out and needs a call of its own.
    """
    frame.evaluate(AT_REST)
    return [
        f"{where}: {found['id']} ({found['impact']}): {node['html'][:160]}: {node['failureSummary'][:200]}"
        for found in Axe().run(frame, options={"iframes": False}).response["violations"]
        for node in found["nodes"]
    ]
