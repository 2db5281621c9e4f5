"""A cell that ends its process, by whatever way: the reply names the cause, and everything else lives on."""

import os
import signal

import pytest
from control_group import Unavailable, control_group, enter
from front_end import FrontEnd

CONTAINER_MB = 600
HEAP_MB = 150
MEMORY_MB = 700


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A kernel whose cells have little memory, so that they run out of it soon."""
    limits = {"DECENTLAB_HEAP_LIMIT_MB": str(HEAP_MB), "DECENTLAB_MEMORY_LIMIT_MB": str(MEMORY_MB)}
    front_end = FrontEnd(cwd=str(tmp_path_factory.mktemp("notebook")), env={**os.environ, **limits})
    yield front_end
    front_end.close()


DEATHS = {
    "process.exit(3)": "exit code 3",
    "process.abort()": "signal SIGABRT: it aborted itself",
    "process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {})": "segmentation fault",
    "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})": "signal SIGKILL: somebody ended it",
    "const all: unknown[] = []; for (;;) all.push(Array(1000).fill(Math.random()))": f"heap may take {HEAP_MB} MB",
    "const texts: string[] = []; for (;;) texts.push(Math.random().toString().repeat(9).split('').join('-'))": (
        f"heap may take {HEAP_MB} MB"
    ),
    "const blocks: Buffer[] = []; for (;;) blocks.push(Buffer.alloc(5e7, 1))": f"more than the limit of {MEMORY_MB} MB",
    "Array.from({ length: 2 ** 26 }).fill(0).map(String)": f"heap may take {HEAP_MB} MB",
}


@pytest.mark.parametrize("code", DEATHS)
def test_death(kernel, code):
    """a cell that ends its process gets an error with the cause; the variables are gone, the next cell works"""
    kernel.run("const lost = 1")
    cell = kernel.begin(code)
    behind = kernel.begin("'behind'")
    assert DEATHS[code] in cell.end().error
    assert "so the variables of all cells are gone" in cell.error
    assert cell.stderr == ""
    assert behind.end().status == "aborted"
    assert kernel.run("1 + 1").result == "2"
    assert "Cannot find name 'lost'" in kernel.run("lost").error


@pytest.fixture
def container(tmp_path):
    """A kernel all of whose processes have little memory together, as in a container."""
    try:
        with control_group(f"decentlab-{os.getpid()}-{tmp_path.name}", CONTAINER_MB) as group:
            front_end = FrontEnd(cwd=str(tmp_path))
            enter(group, front_end.manager.provisioner.pid)
            yield front_end
            front_end.close()
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize(
    "code",
    [
        "Buffer.alloc(2e9, 1).length",
        "const blocks: Buffer[] = []; for (;;) {"
        " blocks.push(Buffer.alloc(1e7, 1)); await new Promise(resolve => setTimeout(resolve, 40)) }",
    ],
)
def test_container_memory(container, code):
    """a cell that uses up its container's memory, at once or slowly, gets an error that names the limit; the kernel lives"""
    container.run("const lost = 1")
    cell = container.run(code)
    assert "out of memory" in cell.error and f"{CONTAINER_MB} MB" in cell.error
    assert "so the variables of all cells are gone" in cell.error
    assert container.run("1 + 1").result == "2"
    assert "Cannot find name 'lost'" in container.run("lost").error


@pytest.mark.parametrize(
    "code, expected",
    [
        ("const deep = (n: number): number => 1 + deep(n + 1); deep(0)", "RangeError: Maximum call stack"),
        (
            "const wait = async (n: number): Promise<number> => 1 + (await wait(n + 1)); await wait(0)",
            "RangeError: Maximum call stack",
        ),
        ("let text = 'x'; for (;;) text += text", "RangeError: Invalid string length"),
        ("throw new Error('e'.repeat(1e6))", "990000 more characters"),
    ],
)
def test_survivable(kernel, code, expected):
    """a stack overflow and a text beyond all bounds are ordinary errors, and the variables are kept"""
    kernel.run("const kept = 1")
    cell = kernel.run(code)
    assert expected in cell.error
    assert cell.stderr == ""
    assert kernel.run("kept").result == "1"


@pytest.mark.parametrize(
    "code",
    [
        "void Promise.reject(new Error('astray'))",
        "void setTimeout(() => { throw new Error('astray') }, 20)",
        "process.nextTick(() => { throw new Error('astray') })",
        "new EventTarget().constructor; const target = new EventTarget(); target.addEventListener('x', () => {"
        " throw new Error('astray') }); void setTimeout(() => target.dispatchEvent(new Event('x')), 20)",
    ],
)
def test_stray_error(kernel, code):
    """an error that nobody waits for is told under the cell that began it, and the variables are kept"""
    kernel.run("const kept = 1")
    cell = kernel.run(code)
    other = kernel.run("await new Promise(resolve => setTimeout(resolve, 60)); kept")
    cell.until("stream", lambda content: "astray" in content["text"])
    assert "Error: astray" in cell.stderr
    assert (other.result, other.stderr) == ("1", "")


def test_killed_between_cells(kernel):
    """a process that is killed from outside between two cells is told under the last cell"""
    cell = kernel.run("process.pid")
    os.kill(int(cell.result), signal.SIGKILL)
    cell.until("stream", lambda content: "signal SIGKILL" in content["text"])
    assert kernel.run("2").result == "2"


def test_foreign_messages(kernel):
    """a library that speaks to its parent process does not disturb the kernel"""
    assert kernel.run("(process as any).send?.(null); (process as any).send?.({ type: 'result' }); 3").result == "3"
    assert kernel.run("4").result == "4"


@pytest.mark.parametrize("code, cause", [(code, DEATHS[code]) for code in list(DEATHS)[::2]])
def test_engine_death(engines, code, cause):
    """an engine that dies is told with its rank and the cause; the others keep their variables and the cluster lives"""
    engines.run("%%px\nlet kept = rank()")
    cell = engines.run(f"%%px\nif (rank() === 2) {{ {code} }}")
    assert "rank 2, whose engine process has ended" in cell.error
    assert cause in cell.error
    assert "The engine of rank 2 has ended" in cell.stderr and cause in cell.stderr
    assert engines.run("%%px --targets 3\nkept").result == "[3] 3"
    assert engines.run("await cluster.restart(2)").status == "ok"
    assert engines.run("%%px --targets 2\nrank()").result == "[2] 2"
