"""Answers pairs of pattern and texts the way `re` does."""
import json
import re
import signal
import sys
import warnings

warnings.simplefilter("ignore")


class Late(Exception):
    pass


def late(*_):
    raise Late


signal.signal(signal.SIGALRM, late)


def answer(pattern, texts):
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return {"error": error.msg, "position": error.pos}
    except (ValueError, OverflowError) as error:
        return {"error": str(error), "position": None}
    except RecursionError:
        return {"skip": True}
    found = []
    for text in texts:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        try:
            found.append(compiled.search(text) is not None)
        except (Late, SystemError, MemoryError):  # some are bugs of the engine
            found.append(None)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return {"found": found}


cases = json.load(sys.stdin)
json.dump([answer(case["pattern"], case["texts"]) for case in cases], sys.stdout)
