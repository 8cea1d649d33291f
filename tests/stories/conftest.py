"""A real browser over the live desk, for the stories that are walked in one."""

from tests.desk.browser import context, page

__all__ = ["context", "page"]
