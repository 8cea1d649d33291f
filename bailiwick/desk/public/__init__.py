"""Pages without log-in: the law, the atlas, a case to try."""
