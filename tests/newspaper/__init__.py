"""Made-up newspaper pages: words, the stories told with them, and how they are set. ``tests/pages.py`` puts pages together."""
