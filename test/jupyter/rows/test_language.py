"""TypeScript as an editor gives it: types, errors at their place, packages, files beside the notebook."""

import json

import pytest
from loops import LOOPS


def complete(kernel, code):
    return kernel.request("complete_request", {"code": code, "cursor_pos": len(code)})["matches"]


def hover(kernel, code, position):
    content = {"code": code, "cursor_pos": position, "detail_level": 0}
    return kernel.request("inspect_request", content)["data"].get("text/plain", "")


def test_top_level_await(kernel):
    """await works at the top of a cell, in loops and in declarations"""
    assert kernel.run("const three = await Promise.resolve(3); for await (const x of [1]) await x; three").result == "3"


def test_one_home(kernel):
    """a variable that a later cell changes is changed for the functions of earlier cells"""
    kernel.run("let gamma = .1; function step() { return gamma }")
    assert kernel.run("gamma = .01; [gamma, step()]").result == "[ 0.01, 0.01 ]"


def test_redeclare(kernel):
    """const, let, class and function may be declared again, with another type"""
    kernel.run("const again = 1; class Again { a = 1 }; function twice() { return 1 }")
    assert kernel.run("const again = 'x'; class Again { b = 2 }; function twice() { return again }").status == "ok"
    assert kernel.run("[again, new Again().b, twice()]").result == "[ 'x', 2, 'x' ]"


def test_type_error(kernel):
    """a type error names line and column, shows the line, and the cell does not run"""
    cell = kernel.run("console.log('ran');\nconst text: string =\n  5;")
    assert "TypeScriptError" in cell.error and ":2:7" in cell.error
    assert "2 | const text: string =" in cell.error and cell.stdout == ""


def test_runtime_error(kernel):
    """a runtime error points to the cell's own line, also through functions of earlier cells, without our frames"""
    first = kernel.run("interface Shape { sides: number }\n\nfunction fail(shape: Shape): never {\n  throw new RangeError(`${shape.sides}`);\n}")
    name = f"cell {first.reply['execution_count']}"
    cell = kernel.run("// the caller\n\nfail({ sides: 3 })")
    assert f"{name}:4:9" in cell.error and f"cell {cell.reply['execution_count']}:3:1" in cell.error
    assert "node:" not in cell.error and "decentlab/dist" not in cell.error


def test_operators(kernel):
    """operators work on vectors, and a wrong operand is a type error at its place"""
    assert kernel.run("const x = Float64Array.of(1, 2); 2 * x - x / 2").result == "Float64Array(2) [1.5, 3]"
    assert ":1:" in kernel.run("x + 'a' * x").error


def test_completion(kernel):
    """completion knows earlier cells, members and types"""
    kernel.run("/** Speed of learning. */\nconst learningRate = { warm: 1, cold: 2 }")
    assert "learningRate" in complete(kernel, "learn")
    assert complete(kernel, "learningRate.") == ["cold", "warm"]
    assert "toFixed" in complete(kernel, "learningRate.warm.")
    assert "neighborAllreduce" in complete(kernel, "neighb")


def test_hover(kernel):
    """hover tells type and documentation, of cells, of the library and of the language"""
    assert "const learningRate: {" in hover(kernel, "learningRate", 3)
    assert "Speed of learning." in hover(kernel, "learningRate", 3)
    assert "ringGraph(n: number" in hover(kernel, "ringGraph(4)", 4)
    assert "Math.max" in hover(kernel, "Math.max(1)", 6)


def test_loop(kernel):
    """a loop over variables of an earlier cell takes at most three times as long as one over local ones"""
    kernel.run("let total = 0; let gammaOfEarlier = 0.5")
    assert kernel.run(LOOPS).result == "true"


def test_answers_while_running(kernel):
    """completion, hover and signature answer while a cell computes"""
    cell = kernel.begin("display('on'); while (true) {}")
    cell.until("display_data")
    assert "floor" in complete(kernel, "Math.flo")
    assert "Speed of learning." in hover(kernel, "learningRate", 3)
    assert "hypot(...values: number[]): number" in hover(kernel, "Math.hypot(", 11)
    kernel.stop()
    assert cell.end().status == "error"


@pytest.fixture(scope="module")
def folder(kernel):
    """The notebook's folder, with packages beside the notebook."""
    modules = kernel.folder / "node_modules"
    packages = {
        "only-esm": ({"type": "module", "exports": "./index.js"}, {"index.js": "export const kind = 'esm';"}),
        "mapped": (
            {"type": "module", "exports": {"./deep": {"types": "./d.d.ts", "import": "./d.js"}}},
            {"d.js": "export const deep = 7;", "d.d.ts": "export declare const deep: number;"},
        ),
        "only-cjs": ({"main": "main.js"}, {"main.js": "exports.kind = 'cjs';"}),
    }
    for name, (manifest, files) in packages.items():
        (modules / name).mkdir(parents=True)
        (modules / name / "package.json").write_text(json.dumps({"name": name, "version": "1.0.0", **manifest}))
        for file, text in files.items():
            (modules / name / file).write_text(text)
    return kernel.folder


@pytest.mark.parametrize(
    "code, result",
    [
        ("import { kind } from 'only-esm'; kind", "'esm'"),
        ("import { deep } from 'mapped/deep'; deep + 1", "8"),
        ("import cjs from 'only-cjs'; cjs.kind", "'cjs'"),
        ("(await import('only-esm')).kind", "'esm'"),
        ("import { basename } from 'node:path'; basename('/a/b')", "'b'"),
    ],
)
def test_packages(kernel, folder, code, result):
    """packages are found by Node's own rules: ESM only, exports maps, CommonJS, node: modules, dynamic import"""
    assert kernel.run(code).result == result


def test_package_types(kernel, folder):
    """the types of a package behind an exports map are known"""
    assert "'number' is not assignable to type 'string'" in kernel.run("import { deep } from 'mapped/deep'; const s: string = deep").error


def test_package_missing(kernel, folder):
    """a package that is not there is an error that names it, before the cell runs"""
    cell = kernel.run("console.log('ran'); import x from 'not-installed-at-all'; x")
    assert "not-installed-at-all" in cell.error and cell.stdout == ""


@pytest.mark.parametrize("specifier", ["./local", "./local.ts"])
def test_local_file(kernel, folder, specifier):
    """a file beside the notebook is imported with and without its ending, and read again when it changed"""
    file = folder / "local.ts"
    file.write_text("export const value: number = 1;")
    assert kernel.run(f"import {{ value }} from '{specifier}'; value").result == "1"
    file.write_text("export const value: number = 22;")
    assert kernel.run(f"import {{ value }} from '{specifier}'; value").result == "22"


def test_local_type_error(kernel, folder):
    """a type error in such a file is shown with its name and line"""
    (folder / "wrong.ts").write_text("export const ok = 1;\nexport const bad: string = 5;\n")
    assert "wrong.ts:2:14" in kernel.run("import { ok } from './wrong'; ok").error


@pytest.mark.parametrize(
    "code, text",
    [
        ("setTimeout(() => { throw new Error('in a timer') }, 1)", "in a timer"),
        ("void Promise.reject(new Error('unhandled'))", "unhandled"),
    ],
)
def test_stray_error(kernel, code, text):
    """an error in a timer and an unhandled rejection go to stderr of their cell; the kernel lives"""
    cell = kernel.run(code)
    assert text in cell.until("stream", lambda content: content["name"] == "stderr")["text"]
    assert kernel.run("1").result == "1"


def test_late_print(kernel):
    """what an earlier cell prints late stands below that cell"""
    first = kernel.run("setTimeout(() => console.log('late'), 200); 'started'")
    second = kernel.begin("await new Promise(resolve => setTimeout(resolve, 600)); 'second'")
    first.until("stream", lambda content: content["text"] == "late\n")
    assert second.end().stdout == ""


def test_environment(kernel):
    """cells have the environment of Jupyter, without what the kernelspec sets for the kernel alone"""
    code = "[process.env.JUPYTER_PATH !== undefined, Object.keys(process.env).filter(name => /^MALLOC_/.test(name))]"
    assert kernel.run(code).result == "[ true, [] ]"
