"""`bailiwick jobs`: what runs by itself."""

from __future__ import annotations


def jobs() -> int:
    """Run what runs by itself: alarms, checkpoints of the record, deliveries, retention.

    `bailiwick serve` starts one; more may run beside it, on other machines too. Over DATABASE_URL. Stops on Ctrl-C.
    """
    from bailiwick.commands.desk import open_desk

    open_desk()
    from bailiwick.desk.jobs import work

    work()
    return 0
