"""Stop: whatever a cell does it ends soon, and variables are kept wherever that can be."""

import os
import sys
import time

import pytest

#: What the column "ours" promises, and room for a machine that is busy elsewhere.
CLIENT_LIMIT_S = 0.1 * 4
ENGINES_LIMIT_S = 1.0

ENDLESS = {
    "a busy loop": "display('on'); while (true) {}",
    "a busy loop after an await": "await null; display('on'); while (true) {}",
    "an awaiting cell": "display('on'); await new Promise(() => {})",
    "a timer": "await new Promise(() => setTimeout(() => { display('on'); while (true) {} }, 1))",
    "a promise chain": "display('on'); const chain = (): Promise<void> => Promise.resolve().then(chain); await chain()",
    "an asynchronous iterator": "async function* ever() { for (;;) yield 1 }; display('on'); for await (const _ of ever());",
    "a loop that catches every error": "display('on'); for (;;) try { for (;;); } catch { continue } finally { continue }",
    "a loop that prints": "display('on'); for (;;) console.log('again and again')",
}

#: None of these looks for a Stop.
STUCK = {
    "inside a library": "new Function('while (true) {}')()",
    "in a native call": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4) as never), 0, 0)",
    "in a regular expression": "/^(a+)+$/.test('a'.repeat(60) + 'b')",
    "waiting for a process": "require('node:child_process').execSync('sleep 60')",
}


def begin(kernel, code):
    """Starts a cell, and waits until it has displayed that it is on its way."""
    cell = kernel.begin(code)
    cell.until("display_data")
    return cell


def stopped(kernel, cell):
    """Presses Stop; the seconds until the cell has ended."""
    start = time.monotonic()
    kernel.stop()
    cell.end()
    return time.monotonic() - start


def is_within(limit, attempt):
    """Whether one of three attempts takes no longer: a machine that is busy elsewhere may hold up any of them."""
    return any(attempt() < limit for _ in range(3))


@pytest.mark.parametrize("what", ENDLESS)
def test_stop(kernel, what):
    """Stop ends busy loops, awaits, timers, promise chains and loops that catch errors, and keeps the variables"""
    kernel.run("const kept = 7")

    def attempt():
        cell = begin(kernel, ENDLESS[what])
        seconds = stopped(kernel, cell)
        assert cell.reply["ename"] == "Interrupted"
        assert kernel.run("kept").result == "7"
        return seconds

    assert is_within(CLIENT_LIMIT_S, attempt)


@pytest.mark.parametrize("what", STUCK)
def test_second_stop(kernel, what):
    """what cannot be interrupted is said to be running; a second Stop ends it and says that variables are gone"""
    cell = begin(kernel, f"display('on'); {STUCK[what]}")
    kernel.stop()
    cell.until("stream", lambda content: "Stop has had no effect yet" in content["text"])
    assert "second Stop ends the process" in cell.stderr
    kernel.stop()
    assert "second Stop), so the variables of all cells are gone" in cell.end().error
    assert kernel.run("1 + 1").result == "2"


@pytest.mark.skipif(sys.platform == "win32", reason="the shell of this row is a Unix shell")
def test_processes_go(kernel, tmp_path):
    """a second Stop also ends the process that the cell waits for"""
    note = tmp_path / "pid"
    wait = f"require('node:child_process').execSync('echo $$ > {note}; exec sleep 60')"
    cell = begin(kernel, f"display('on'); {wait}")
    while not (note.exists() and note.read_text().strip()):
        time.sleep(0.01)
    kernel.stop()
    kernel.stop()
    assert "second Stop" in cell.end().error
    limit = time.monotonic() + 10
    while is_alive(int(note.read_text())):
        assert time.monotonic() < limit
        time.sleep(0.01)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_double_press(kernel):
    """two Stops in a hurry are one: variables are kept"""
    kernel.run("const kept = 7")
    cell = begin(kernel, ENDLESS["a busy loop"])
    kernel.stop()
    kernel.stop()
    assert cell.end().reply["ename"] == "Interrupted"
    assert kernel.run("kept").result == "7"


def test_idle(kernel):
    """a Stop when nothing runs, or just after a cell, harms no later cell"""
    kernel.stop()
    for _ in range(20):
        cell = kernel.begin("1")
        kernel.stop()
        cell.end()
        assert kernel.run("2").result == "2"


def test_background(kernel):
    """a busy timer of an earlier cell is stopped too, though no cell runs"""
    cell = kernel.run("setTimeout(() => { display('on'); while (true) {} }, 1); 0")
    cell.until("display_data")
    kernel.stop()
    cell.until("stream", lambda content: content["text"] == "Stopped a background task.\n")
    assert kernel.run("3").result == "3"


def test_nothing_goes_on(kernel):
    """nothing of a stopped cell goes on behind the next cells"""
    kernel.run("let turns = 0; const pause = require('node:timers/promises').setTimeout")
    cell = begin(kernel, "display('on'); for (;;) try { await pause(50); turns++ } catch {}")
    stopped(kernel, cell)
    for code in ("1", "2", "turns = 0; await pause(200)"):
        kernel.run(code)
    assert kernel.run("turns").result == "0"


def test_queue(kernel):
    """cells queued behind a stopped one are aborted"""
    cell = begin(kernel, ENDLESS["a busy loop"])
    behind = [kernel.begin("'behind'"), kernel.begin("'behind'")]
    stopped(kernel, cell)
    assert [other.end().status for other in behind] == ["aborted", "aborted"]
    assert kernel.run("4").result == "4"


@pytest.mark.parametrize("what", ENDLESS)
def test_engines(engines, what):
    """Stop ends the same on four engines within a second, and keeps their variables"""
    engines.run("%%px\nlet kept = rank()")

    def attempt():
        cell = begin(engines, f"%%px\n{ENDLESS[what]}")
        seconds = stopped(engines, cell)
        assert cell.reply["ename"] == "Interrupted"
        assert engines.run("%%px --targets 3\nkept").result == "[3] 3"
        return seconds

    assert is_within(ENGINES_LIMIT_S, attempt)


def test_waiting_for_engines(engines):
    """Stop ends a client cell that waits for busy engines, and the engines"""
    engines.run("const mine = 5")

    def attempt():
        cell = engines.begin("await cluster.execute('console.log(1); for (;;) {}')")
        cell.until("stream")
        seconds = stopped(engines, cell)
        assert cell.status == "error"
        return seconds

    assert is_within(ENGINES_LIMIT_S, attempt)
    assert engines.run("%%px --targets 2\n'free'").result == "[2] 'free'"
    assert engines.run("mine").result == "5"


def test_stuck_engine(engines):
    """a stuck engine is named after the first Stop, and replaced by the second; the others keep their variables"""
    engines.run("%%px\nlet kept = rank()")
    stuck = STUCK["waiting for a process"]
    cell = begin(engines, f"%%px\nif (rank() === 1) {{ display('on'); {stuck} }}")
    engines.stop()
    cell.until("stream", lambda content: "no effect yet on the engine of rank 1" in content["text"])
    engines.stop()
    assert "process of rank 1 was replaced" in cell.end().error
    assert "its variables are gone" in cell.error
    assert engines.run("%%px --targets 1\n'new'").result == "[1] 'new'"
    assert engines.run("%%px --targets 3\nkept").result == "[3] 3"
