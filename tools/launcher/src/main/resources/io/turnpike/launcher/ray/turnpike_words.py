"""What a driver says on standard output, and the ways in which something does not work."""
import json
import time


def say(event, **fields):
    """One event a line; nobody else writes such lines."""
    print(json.dumps({"turnpike": event, "time": round(time.time(), 3), **fields}), flush=True)


class Lost(Exception):
    """The job cannot go on; with the last lines of the log that explains it."""

    def __init__(self, message, log=()):
        super().__init__(message)
        self.log = list(log)


class Refused(Exception):
    """An order that cannot be done."""
