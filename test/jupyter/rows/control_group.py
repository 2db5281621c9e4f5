"""A control group of Linux with a memory limit, as a container has: version 2 where there is one, else version 1."""

import contextlib
import os
import time
from pathlib import Path

#: No process takes this long to end.
PATIENCE_S = 20
ROOT = Path("/sys/fs/cgroup")


class Unavailable(Exception):
    """Why no group can be made here."""


@contextlib.contextmanager
def control_group(name, megabytes):
    """A group whose processes may use so much memory together; it is removed at the end. @raises Unavailable"""
    is_new = (ROOT / "cgroup.controllers").exists()
    group = (ROOT if is_new else ROOT / "memory") / name
    limit = "memory.max" if is_new else "memory.limit_in_bytes"
    try:
        group.mkdir()
    except OSError as error:
        raise Unavailable(f"no control group can be made here: {error}") from error
    try:
        try:
            (group / limit).write_text(str(megabytes * 2**20))
            swap = group / ("memory.swap.max" if is_new else "memory.memsw.limit_in_bytes")
            if swap.exists():
                swap.write_text("0" if is_new else str(megabytes * 2**20))
        except OSError as error:
            raise Unavailable(f"control groups have no memory limit here: {error}") from error
        yield group
    finally:
        remove(group)


def remove(group):
    """Removes a group as soon as its last process is gone."""
    for _ in range(PATIENCE_S * 20):
        with contextlib.suppress(OSError):
            return group.rmdir()
        time.sleep(0.05)
    group.rmdir()


def enter(group, pid):
    """Moves a process and all its descendants into a group; what they start later is born there."""
    (group / "cgroup.procs").write_text(str(pid))
    for child in children(pid):
        enter(group, child)


def children(pid):
    """The processes that `pid` has started."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            after_name = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        if entry.isdigit() and int(after_name[1]) == pid:
            found.append(int(entry))
    return found
