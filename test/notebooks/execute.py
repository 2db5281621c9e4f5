"""Executes one notebook through the DecentLab kernel: execute.py NOTEBOOK COPY REPORT PARAMETERS.

PARAMETERS are JSON, and are injected by papermill. Writes the executed copy, and a report as JSON: the failing cell, if
any, and the lines of the check cells.
"""

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

CELL_TIMEOUT_S = 240
FAILURES = (CellExecutionError, CellTimeoutError, DeadKernelError)


def texts(cell):
    """All plain text that a code cell printed or showed, an output at a time."""
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            yield output["text"]
        elif "data" in output:
            yield output["data"].get("text/plain", "")


def check_lines(notebook):
    """The lines of all outputs that begin with a check's mark."""
    return [
        {"cell": number, "line": line.strip()}
        for number, cell in enumerate(notebook.cells)
        for text in texts(cell)
        for line in text.splitlines()
        if line.strip().startswith(("✓", "✗"))
    ]


def failing_cell(notebook, current, error):
    """What to tell about the cell that stopped the notebook."""
    cell = notebook.cells[current]
    said = [o for o in cell.get("outputs", []) if o["output_type"] == "error"]
    text = f"{said[-1]['ename']}: {said[-1]['evalue']}" if said else str(error)
    return {"cell": current, "source": cell["source"], "error": text}


def read(source, parameters):
    """The notebook; with a cell that sets the parameters behind the one that has their defaults, if there are any."""
    if not parameters:
        return nbformat.read(source, as_version=4)
    # Imported here: it takes a second, and most notebooks have no parameters.
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    notebook = load_notebook_node(source)
    assert any("parameters" in cell.metadata.tags for cell in notebook.cells), "no cell has the defaults"
    return parameterize_notebook(notebook, parameters)


def main(source, copy, report, parameters):
    notebook = read(source, json.loads(parameters))
    current = 0

    def remember(cell, cell_index):
        nonlocal current
        current = cell_index

    client = NotebookClient(
        notebook,
        kernel_name="decentlab",
        timeout=CELL_TIMEOUT_S,
        resources={"metadata": {"path": str(Path(source).parent)}},
        on_cell_start=remember,
    )
    failure = None
    try:
        client.execute()
    except FAILURES as error:
        failure = failing_cell(notebook, current, error)
    nbformat.write(notebook, copy)
    result = {"failure": failure, "checks": check_lines(notebook)}
    Path(report).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
