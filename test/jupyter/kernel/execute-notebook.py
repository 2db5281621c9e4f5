"""Runs a notebook as papermill and nbclient do: cells from argv (JSON), parameters injected; prints its outputs."""

import json
import sys

import nbformat
from nbclient import NotebookClient

cells, parameters = json.loads(sys.argv[1])
notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "decentlab", "display_name": "x"}})
for source, tags in cells:
    notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
    if "parameters" in tags:
        lines = ["// Parameters"] + [f"{name} = {json.dumps(value)};" for name, value in parameters.items()]
        notebook.cells.append(nbformat.v4.new_code_cell("\n".join(lines), metadata={"tags": ["injected-parameters"]}))

NotebookClient(notebook, kernel_name="decentlab", timeout=60).execute()
print(json.dumps([cell.outputs for cell in notebook.cells]))
