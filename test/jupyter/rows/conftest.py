"""What the rows share: a Jupyter of their own, one kernel a file, and the verdict of each row for who started us."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from front_end import FrontEnd

RUNTIME = Path(__file__).parents[3] / "kernel-runtime"
KERNEL = RUNTIME / "dist/programs/kernel.js"
KERNELSPEC = RUNTIME / "assets/kernelspec/kernel.json"

#: Names the file that receives the verdicts; unset when pytest is started by hand.
VERDICTS = "DECENTLAB_ROWS"


def pytest_configure(config):
    """Nothing of the user's Jupyter is seen or changed: the kernelspec, the clusters and the history are ours."""
    config.jupyter = Path(tempfile.mkdtemp(prefix="decentlab-rows-"))
    spec = json.loads(KERNELSPEC.read_text())
    spec["argv"] = [os.environ.get("NODE", "node"), str(KERNEL), "{connection_file}"]
    kernels = config.jupyter / "share/kernels/decentlab"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(json.dumps(spec))
    os.environ.pop("DECENTLAB_HISTORY", None)
    os.environ.update(
        JUPYTER_PATH=str(config.jupyter / "share"),
        JUPYTER_RUNTIME_DIR=str(config.jupyter / "runtime"),
        JUPYTER_DATA_DIR=str(config.jupyter / "data"),
        JPY_SESSION_NAME=str(config.jupyter / "rows.ipynb"),
    )


def pytest_unconfigure(config):
    shutil.rmtree(config.jupyter, ignore_errors=True)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """The kernel of the file, in a folder of its own."""
    front_end = FrontEnd(cwd=str(tmp_path_factory.mktemp("notebook")))
    yield front_end
    front_end.close()


@pytest.fixture(scope="module")
def engines(kernel):
    """The kernel of the file, with a cluster of four engines."""
    started = kernel.run("const cluster = await Cluster.start({ engines: 4, idleLimit: 20_000 })")
    assert started.status == "ok", started.error
    yield kernel
    kernel.run("await (await Cluster.connect()).stop()")


@pytest.fixture(autouse=True)
def stopped(request):
    """A cell that a failed row has left running must not fail the rows behind it."""
    yield
    front_end = request.node.funcargs.get("kernel") or request.node.funcargs.get("engines")
    if front_end is not None and front_end.unfinished():
        front_end.stop()
        front_end.unfinished()[-1].end()


def pytest_runtest_logreport(report):
    """Writes down how a row ended; a fixture that fails, fails the row."""
    if VERDICTS not in os.environ or (report.when != "call" and report.outcome == "passed"):
        return
    detail = report.longrepr[-1] if report.outcome == "skipped" else report.longreprtext
    verdict = {"name": report.nodeid.split("::")[-1], "outcome": report.outcome, "detail": detail}
    with open(os.environ[VERDICTS], "a") as file:
        file.write(json.dumps(verdict) + "\n")
