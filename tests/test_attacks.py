"""That the browser tests of hostile texts can fail: each text, shown carelessly, is noticed."""

import pytest
from attacks import ATTACKS, WAYS, traces, watched

pytestmark = pytest.mark.browser


def test_each_attack_shown_as_it_must_not_be_is_noticed(browser):
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(status=204))  # nothing leads away from the page
    seen, asleep = watched(page), []
    for kind, way in WAYS.items():
        for attack in kind:
            page.set_content(f"<!DOCTYPE html>{way(attack)}")
            if not traces(page, seen, page.locator("html")):
                asleep.append(attack)
            page.evaluate("document.documentElement.remove(); delete window.pwned")
            seen.clear()
    page.close()
    assert asleep == []
    assert len(set(ATTACKS)) == len(ATTACKS) >= 30


def test_each_attack_escaped_leaves_no_trace(browser):
    page = browser.new_page()
    seen = watched(page)
    page.goto("about:blank")
    page.evaluate("text => { document.body.textContent = text }", "".join(ATTACKS))
    assert traces(page, seen, page.locator("html")) == []
    assert page.text_content("body") == "".join(ATTACKS)
    page.close()
