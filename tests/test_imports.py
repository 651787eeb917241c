"""Importing Tidemill does nothing but define names, whichever room one enters by."""

from __future__ import annotations

import json
import pkgutil

import pytest

import tidemill

ROOMS = ["tidemill", *(each.name for each in pkgutil.walk_packages(tidemill.__path__, "tidemill.") if each.ispkg)]

# Runs `{action}` between two looks at what an import could change, and prints what differs.
WATCH = """
import json, logging, os, signal, sys, threading, warnings

def look():
    return {{
        "handlers": len(logging.root.handlers) + sum(len(getattr(each, "handlers", ())) for each in
                                                     list(logging.root.manager.loggerDict.values())),
        "level": logging.root.level,
        "filters": len(warnings.filters),
        "environment": dict(os.environ),
        "threads": threading.active_count(),
        "interrupt": str(signal.getsignal(signal.SIGINT)),
        "hooks": [str(sys.excepthook), len(sys.meta_path), len(sys.path)],
    }}

before, known = look(), set(sys.modules)
{action}
after = look()
foreign = {{name.partition(".")[0] for name in set(sys.modules) - known}} - sys.stdlib_module_names - {{"tidemill"}}
foreign -= {{"__mp_main__"}}  # what multiprocessing calls __main__
print(json.dumps([[key for key in before if before[key] != after[key]], sorted(foreign)]))
"""
RESOLVE = """
import importlib
room = importlib.import_module({room!r})
for name in getattr(room, "__all__", ()):
    getattr(room, name)
"""


@pytest.mark.parametrize("room", ROOMS)
def test_importing_a_room_changes_nothing(room, fresh_python):
    changed, foreign = json.loads(fresh_python(WATCH.format(action=f"import {room}")))

    assert changed == []
    assert set(foreign) <= {"pytest"} if room == "tidemill.testing" else foreign == []


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "tidemill.testing"])
def test_resolving_every_public_name_imports_the_standard_library_only(room, fresh_python):
    changed, foreign = json.loads(fresh_python(WATCH.format(action=RESOLVE.format(room=room))))

    assert changed == []
    assert set(foreign) <= ({"click"} if room == "tidemill.cli" else set())


def test_importing_the_front_door_leaves_the_rooms_closed(fresh_python):
    opened = fresh_python("import sys, tidemill; print(sorted(name for name in sys.modules if 'tidemill.' in name))")

    assert json.loads(opened.replace("'", '"')) == ["tidemill.names"]
