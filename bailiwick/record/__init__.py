"""The append-only record of what was known, seen and done, and the proofs that it was not changed."""
