"""A real browser over the live desk, for the stories that are walked in one."""

from tests.desk.browser import chromium, context, page

__all__ = ["chromium", "context", "page"]
