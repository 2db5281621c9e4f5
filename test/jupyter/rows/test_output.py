"""Output: in order, under its own cell, in few messages, and never more than a notebook, a server or a memory holds."""

import json
import os
import re
import stat
import sys
import time
from pathlib import Path

import pytest

#: Jupyter's server drops what exceeds this in a second, measured over three.
WINDOW_S = 3
SHOWN = ("stream", "display_data", "update_display_data")
MESSAGES = 1000 * WINDOW_S
BYTES = 1e6 * WINDOW_S

SAVED = r"(/\S+/\S+-run-\d+\.txt)"
pipes = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the memory of processes on Linux only")


def sent_at(message):
    """When the kernel has sent it, in seconds: on a busy machine this process may read much of it at once."""
    return message["header"]["date"].timestamp()


def size_of(message):
    return len(json.dumps(message["content"]))


def assert_within_limits(messages):
    """No three seconds hold more than the server passes on."""
    counted = [message for message in messages if message["msg_type"] not in ("status", "execute_input", "execute_reply")]
    for k, first in enumerate(counted):
        window = [message for message in counted[k:] if sent_at(message) < sent_at(first) + WINDOW_S]
        assert len(window) <= MESSAGES
        assert sum(map(size_of, window)) <= BYTES


def test_lines(kernel):
    """20,000 printed lines come in order, before idle, in at most 20 messages, or ten a second on a busy machine"""
    start = time.monotonic()
    cell = kernel.run("for (let i = 0; i < 20000; i++) console.log(i)")
    seconds = time.monotonic() - start
    assert cell.stdout == "".join(f"{i}\n" for i in range(20000))
    assert len(cell.published("stream")) <= max(20, 10 * seconds + 2)
    assert cell.messages[-1]["content"] == {"execution_state": "idle"}


def test_long_print(kernel):
    """one print of 50 MB is shortened after 1 MB, with its end and the private file that holds the rest"""
    cell = kernel.run("console.log('x'.repeat(49_999_990) + ' the end.'); 'done'")
    assert 0.9e6 <= len(cell.stdout) <= 1e6
    told = cell.published("display_data", "update_display_data")[-1]["data"]["text/plain"]
    assert "49.0 MB more" in told and told.endswith("the end.\n")
    path = Path(re.search(SAVED, told)[1])
    assert len(cell.stdout) + path.stat().st_size == 50_000_000
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert cell.result == "'done'"
    assert_within_limits(cell.messages)


@pipes
@pytest.mark.parametrize(
    "code",
    [
        "for (;;) console.log('x'.repeat(100))",
        "for (;;) display({ 'text/html': '<b>x</b>' })",
        "for (;;) { clearOutput(true); console.log('frame '.repeat(1000)) }",
    ],
)
def test_endless(kernel, code):
    """an endless loop of outputs exceeds neither the server's limits nor any memory, and Stop ends it at once"""
    pids = [int(kernel.run("process.ppid").result), int(kernel.run("process.pid").result)]
    before = [resident(pid) for pid in pids]
    cell = kernel.begin(code)
    kernel.until(lambda message: message in cell.messages and message["msg_type"] in SHOWN)
    pump(kernel, seconds=1.5)
    grown = [resident(pid) - old for pid, old in zip(pids, before)]
    kernel.stop()
    cell.end()
    assert cell.reply["ename"] == "Interrupted"
    # What is not held back grows by some hundred MB a second.
    assert max(grown) < 250
    assert sum(size_of(message) for message in cell.messages) < 4e6
    assert_within_limits(cell.messages)


def test_many_large_displays(kernel):
    """four displays of 1 MB each arrive all, in order, no faster than the server passes them on"""
    cell = kernel.run("for (let k = 0; k < 4; k++) display({ 'text/html': k + 'x'.repeat(1e6) })")
    assert [data["text/html"][0] for data in cell.displays] == list("0123")
    assert_within_limits(cell.messages)


def test_too_large(kernel):
    """data that is larger than the server lets through is told, with its place"""
    data = kernel.run("({ 'text/html': 'x'.repeat(1e7), 'text/plain': 'short' })").published("execute_result")[0]["data"]
    assert list(data) == ["text/plain"]
    assert data["text/plain"].startswith("short\ntext/html of 10.0 MB is not shown")


LATE = {
    "a timer": "void setTimeout(() => console.log('late'), 150)",
    "a timer in a timer": "void setTimeout(() => setTimeout(() => console.log('late'), 75), 75)",
    "a promise chain": "void new Promise(r => setTimeout(r, 150)).then(() => {}).then(() => console.log('late'))",
    "an interval": "let count = 0; const timer = setInterval(() => { if (++count === 3) { console.log('late');"
    " clearInterval(timer) } }, 50)",
    "a library that prints": "void setTimeout(() => process.stdout.write('late\\n'), 150)",
}


@pytest.mark.parametrize("what", LATE)
def test_late(kernel, what):
    """a late print comes under its own cell"""
    cell = kernel.run(LATE[what])
    other = kernel.run("await new Promise(resolve => setTimeout(resolve, 300)); 'other'")
    cell.until("stream")
    assert (cell.stdout, other.stdout) == ("late\n", "")


@pytest.mark.parametrize("what", LATE)
def test_late_engines(engines, what):
    """a late print of an engine comes under its own cell"""
    cell = engines.run(f"%%px --targets 1\n{LATE[what]}")
    other = engines.run("%%px --targets 1\nawait new Promise(resolve => setTimeout(resolve, 300)); 'other'")
    cell.until("stream")
    assert (cell.stdout, other.stdout) == ("[1] late\n", "")


def test_console(kernel):
    """every method of the console prints where it belongs"""
    cell = kernel.run(
        "console.log('log'); console.info('info'); console.table([{ a: 1 }]); console.dir({ b: 2 });"
        "console.group('group'); console.log('inner'); console.groupEnd(); console.count(); console.time('t');"
        "console.timeEnd('t'); console.error('error'); console.warn('warn'); console.assert(false, 'assert')"
    )
    for text in ("log\ninfo\n", "│ 0       │ 1 │", "{ b: 2 }", "group\n  inner\n", "default: 1\n", "t: "):
        assert text in cell.stdout
    assert cell.stderr == "error\nwarn\nAssertion failed: assert\n"


def test_inherited(kernel):
    """what a cell's own processes print comes under the cell, before idle"""
    cell = kernel.run(
        "const { execSync } = await import('node:child_process');"
        "execSync('echo out; echo err >&2', { stdio: 'inherit' }); 'done'"
    )
    assert (cell.stdout, cell.stderr, cell.result) == ("out\n", "err\n", "'done'")


def test_clear(kernel):
    """clear_output(wait) and updates arrive in order"""
    cell = kernel.run("display('a', { displayId: 'd' }); await new Promise(r => setTimeout(r, 150)); clearOutput(true); console.log('b')")
    kinds = [message["msg_type"] for message in cell.messages if message["channel"] == "iopub"]
    assert kinds[2:-1] == ["display_data", "clear_output", "stream"]


def test_folder_goes(tmp_path):
    """the folder with the saved outputs goes with the kernel"""
    from front_end import FrontEnd

    own = FrontEnd(cwd=str(tmp_path))
    told = own.run("console.log('x'.repeat(2e6))").published("display_data", "update_display_data")[-1]
    folder = Path(re.search(SAVED, told["data"]["text/plain"])[1]).parent
    assert folder.is_dir()
    own.close()
    assert not folder.exists()


@pipes
def test_endless_engines(kernel):
    """eight engines that print without end exceed neither the server's limits nor any memory, and Stop ends them"""
    kernel.run("const eight = await Cluster.start({ engines: 8, idleLimit: 20_000 })")
    pids = kernel.run("[process.ppid, ...eight.state.engines.map(e => e.pid)].join()").result.strip("'").split(",")
    before = [resident(pid) for pid in pids]
    cell = kernel.begin("%%px\nfor (;;) console.log('x'.repeat(100))")
    cell.until("stream")
    pump(kernel, seconds=1.5)
    grown = [resident(pid) - old for pid, old in zip(pids, before)]
    start = time.monotonic()
    kernel.stop()
    cell.end()
    # A second Stop, which replaces engines, would be needed otherwise.
    assert time.monotonic() - start < 10
    assert cell.reply["ename"] == "Interrupted"
    assert max(grown) < 150
    assert sum(size_of(message) for message in cell.messages) < 4e6
    assert_within_limits(cell.messages)
    kernel.run("await eight.stop()")


def pump(kernel, seconds):
    """Takes messages for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        kernel.receive(0.1)


def resident(pid):
    """The memory of a process, in MB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024
