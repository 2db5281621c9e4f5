"""`%%px` and its family, on a cluster of four engines."""

import re

import pytest
from loops import LOOPS

SLEEP = "await new Promise(resolve => setTimeout(resolve, 300));"


def test_no_cluster(kernel):
    """without a cluster, %%px says how to start one"""
    assert "Cluster.start({ engines: 4 })" in kernel.run("%%px\n1").error


def test_px_ranks(engines):
    """%%px runs the cell on every engine, and values stand beside their ranks"""
    assert engines.run("%%px\nrank()").result == "[0] 0\n[1] 1\n[2] 2\n[3] 3"


def test_px_equal(engines):
    """equal values stand once, with their ranks"""
    assert engines.run("%%px\nsize()").result == "[0–3] 4"


@pytest.mark.parametrize(
    "targets, expected",
    [("all", "[0–3] 1"), ("2", "[2] 1"), ("0,2", "[0, 2] 1"), ("1:3", "[1–2] 1"), ("-1", "[3] 1"), ("::2", "[0, 2] 1")],
)
def test_px_targets(engines, targets, expected):
    """--targets takes all, a rank, a list, a range, a step, and counts from the end"""
    assert engines.run(f"%%px --targets {targets}\n1").result == expected


def test_px_targets_unknown(engines):
    """an unknown word for the ranks is answered with what is allowed"""
    error = engines.run("%%px --targets even\n1").error
    assert "expected all, or ranks from 0 to 3, such as 0,2 or 0:2 or -1, received even" in error


def test_px_option_unknown(engines):
    """an unknown option is answered with the options that there are"""
    error = engines.run("%%px --quick\n1").error
    assert '"--quick"' in error and "--targets all|0,2:4" in error and "--noblock" in error


def test_px_head(engines):
    """comments, empty lines and other magics may stand before %%px, and errors keep their lines"""
    assert engines.run("// average\n\n%%px -t 0\nrank()").result == "[0] 0"
    assert ":4:9" in engines.run("// average\n\n%%px -t 0\n  throw new Error('x')").error


def test_px_noblock(engines):
    """--noblock returns at once; the result comes later, below its own cell, while another cell runs"""
    cell = engines.run(f"%%px --noblock\n{SLEEP} rank() * 10")
    assert "Running on ranks 0–3 as px 1" in cell.result
    assert engines.run("1 + 1").result == "2"
    shown = cell.until("display_data", lambda content: "[3] 30" in content["data"]["text/plain"])
    assert shown["data"]["text/plain"] == "[0] 0\n[1] 10\n[2] 20\n[3] 30"


def test_pxresult(engines):
    """%pxresult waits for the newest of several outstanding cells, or for the one that is named"""
    engines.run(f"%%px --noblock --targets 0\n{SLEEP} 'first'")
    engines.run(f"%%px --noblock --targets 1\n{SLEEP} 'second'")
    newest = engines.run("%pxresult")
    assert newest.result == "[1] 'second'"
    assert "Also running: px 2 on ranks 0: 0 of 1 engines done" in newest.stdout or newest.stdout == ""
    assert engines.run("%pxresult 2").result == "[0] 'first'"


def test_pxresult_error(engines):
    """the error of an outstanding cell is the error of %pxresult, and stands below its own cell too"""
    cell = engines.run("%%px --noblock\nif (rank() > 0) throw new RangeError('too far')")
    assert "3 engines failed the same way (ranks 1, 2, 3)" in engines.run("%pxresult").error
    cell.until("stream", lambda content: "too far" in content["text"])


def test_pxresult_unknown(engines):
    """%pxresult of a number that does not exist names those that do"""
    assert re.search(r"started with --noblock \(1, 2, 3, 4\), received 99", engines.run("%pxresult 99").error)


def test_px_order(engines):
    """by default output is shown as it arrives, each line with its rank"""
    cell = engines.run("%%px\nconsole.log('a'); console.log('b')")
    assert sorted(cell.stdout.split("\n")[:-1]) == sorted(f"[{rank}] {text}" for rank in range(4) for text in "ab")


def test_px_group_engine(engines):
    """--group-outputs engine shows rank after rank"""
    cell = engines.run("%%px --group-outputs engine\nconsole.log('a'); console.log('b')")
    assert cell.stdout == "".join(f"[{rank}] a\n[{rank}] b\n" for rank in range(4))


def test_px_group_unknown(engines):
    """an unknown way of grouping is answered with the two that there are"""
    assert "--group-outputs order|engine" in engines.run("%%px --group-outputs rank\n1").error


def test_px_local(engines):
    """--local runs the cell on the client too"""
    engines.run("%%px --local\nconst everywhere = 5")
    assert engines.run("everywhere").result == "5"
    assert engines.run("%%px\neverywhere").result == "[0–3] 5"


def test_px_out(engines):
    """--out puts the values into a client variable, by rank, with their type"""
    cell = engines.run("%%px --out norms\nFloat64Array.of(rank(), 1)")
    assert cell.status == "ok" and cell.result is None
    assert engines.run("norms.map(v => v[0])").result == "[ 0, 1, 2, 3 ]"
    assert "is not assignable to type 'string'" in engines.run("const wrong: string = norms[0]").error


def test_px_out_matrix(engines):
    """a matrix arrives as a matrix, and operators work on it"""
    engines.run("%%px --out ms --targets 1:3\nidentity(2) * rank()")
    assert engines.run("(ms[0] + ms[1]).data").result == "Float64Array(4) [3, 0, 0, 3]"


def test_px_out_noblock(engines):
    """--noblock --out gives an AsyncResult at once, to be awaited when it is needed"""
    engines.run(f"%%px --noblock --out later\n{SLEEP} rank() + 1")
    assert engines.run("later instanceof AsyncResult").result == "true"
    assert engines.run("(await later).join()").result == "'1,2,3,4'"


def test_px_out_error(engines):
    """values that cannot travel are an error that says so, and the variable keeps what it had"""
    engines.run("%%px --out kept\n1")
    assert "function" in engines.run("%%px --out kept\n() => 1").error
    assert engines.run("kept.length").result == "4"


def test_px_line(engines):
    """%px runs one line on the engines, and several of them one after the other"""
    assert engines.run("%px rank() + 1").result == "[0] 1\n[1] 2\n[2] 3\n[3] 4"
    cell = engines.run("%px let steps = 1\n%px steps += 1; steps\n'client'")
    assert cell.displays[-1]["text/plain"] == "[0–3] 2"
    assert cell.result == "'client'"


def test_autopx(engines):
    """%autopx sends plain cells to the engines, each with a reminder, until the second %autopx"""
    assert "cells run on the engines" in engines.run("%autopx").result
    cell = engines.run("rank()")
    assert cell.result == "[0] 0\n[1] 1\n[2] 2\n[3] 3"
    assert "%autopx is on" in cell.displays[0]["text/plain"]
    assert "neighborAllreduce" in engines.request("complete_request", {"code": "neighborAllr", "cursor_pos": 12})["matches"]
    assert "on the client again" in engines.run("%autopx").result
    assert "only engines have a rank" in engines.run("rank()").error


def test_pxconfig(engines):
    """%pxconfig sets what %%px does where nothing else is said, and shows it"""
    engines.run("%pxconfig --targets 0,3 --noblock")
    cell = engines.run("%%px\nrank()")
    assert "Running on ranks 0, 3" in cell.result
    assert engines.run("%%px --block --targets 1\nrank()").result == "[1] 1"
    assert engines.run("%pxconfig").result.endswith("--targets 0,3 --noblock --group-outputs order")
    engines.run("%pxconfig --targets all --block")
    assert engines.run("%px 1").result == "[0–3] 1"


def test_pxconfig_wrong(engines):
    """%pxconfig refuses what it does not know, and --out, which belongs to one cell"""
    assert "--target" in engines.run("%pxconfig --target 0").error
    assert "--out belongs to one" in engines.run("%pxconfig --out x").error


def test_time_engines(engines):
    """%%time tells wall time and the processor time of the engines"""
    code = "%%time\n%%px\nlet t = performance.now(); while (performance.now() - t < 60) {} 'done'"
    cell = engines.run(code)
    assert cell.result == "[0–3] 'done'"
    assert re.search(r"Wall time \S+ m?s · processor time of the engines \S+ m?s in all, \S+ .?s to \S+ m?s each", cell.stdout)


def test_time_client(engines):
    """%time tells wall time and the processor time of the client"""
    cell = engines.run("%time Array.from({ length: 3 }, (_, k) => k)")
    assert cell.result == "[ 0, 1, 2 ]"
    assert re.search(r"Wall time .*s · processor time of the client .*s", cell.stdout)


def test_home(engines):
    """a variable of the engines has one home: what a later cell gives it, functions of earlier cells see"""
    engines.run("%%px\nlet rate = 1; const scaled = () => rate * 10; const named = 'a'")
    engines.run("%%px\nrate = 2 + rank(); const named = 3")
    assert engines.run("%%px\nscaled() + named").result.split("\n") == ["[0] 23", "[1] 33", "[2] 43", "[3] 53"]


def test_loop(engines):
    """a loop over variables of an earlier cell takes at most three times as long as one over local ones, on engines too"""
    engines.run("%%px\nlet total = 0; let gammaOfEarlier = 0.5")
    assert engines.run("%%px\n" + LOOPS).result == "[0–3] true"


def test_progress(engines, tmp_path):
    """progress(k, total) on the engines drives one live line with the slowest and the fastest rank, then settles it"""
    go = tmp_path / "go"
    code = f"""%%px
import {{ existsSync }} from 'node:fs';
progress(16 - 5 * rank(), 20);
while (!existsSync({str(go)!r})) await new Promise(resolve => setTimeout(resolve, 5));
progress(20, 20);"""
    cell = engines.begin(code)
    spread = "1–16 of 20 · rank 3 is slowest, rank 0 fastest"
    cell.until("update_display_data", lambda content: spread in content["data"]["text/plain"])
    go.touch()
    cell.end()
    [first] = [content for content in cell.published("display_data") if "of 20" in content["data"]["text/plain"]]
    updates = cell.published("update_display_data")
    assert {content["transient"]["display_id"] for content in updates} == {first["transient"]["display_id"]}
    texts = [content["data"]["text/plain"] for content in updates]
    assert re.fullmatch(r"20 of 20 · [\d.]+ s", texts[-1])
    assert len(updates) <= 1 + 4 * float(re.search(r"([\d.]+) s", texts[-1])[1]) + 1


def test_progress_client(engines):
    """progress(k, total) works in a plain cell too"""
    cell = engines.run("for (let k = 1; k <= 3; k++) progress(k, 3)")
    lines = cell.published("display_data", "update_display_data")
    assert re.fullmatch(r"3 of 3 · [\d.]+ s", lines[-1]["data"]["text/plain"])
    assert "received 1 of 0" in engines.run("progress(1, 0)").error


def test_errors_grouped(engines):
    """equal errors are told once, with the cell's own line; the ranks that succeeded are shown"""
    cell = engines.run("%%px\nif (rank() > 0) {\n  throw new RangeError('too far');\n}\n'fine'")
    assert re.search(r"3 engines failed the same way \(ranks 1, 2, 3\)[\s\S]*cell \d+:3:9", cell.error)
    assert cell.error.count("RangeError: too far") == 1
    assert cell.displays[-1]["text/plain"] == "[0] 'fine'"


def test_displays_alike(engines):
    """a display that all ranks show alike stands once, below their ranks; others stand below their own"""
    cell = engines.run("%%px\ndisplay(html`<b>same</b>`); display(html`<i>${rank()}</i>`)")
    html = [data["text/html"] for data in cell.displays]
    assert html.count("<b>same</b>") == 1
    assert sorted(text for text in html if text.startswith("<i>")) == [f"<i>{rank}</i>" for rank in range(4)]
    # An update may overtake the first picture before that has left.
    labels = cell.published("display_data", "update_display_data")
    assert "[0–3]" in [content["data"]["text/plain"] for content in labels]


def test_grid(engines):
    """pictures of several ranks, html, svg and png, stand side by side"""
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    code = f"%%px --targets 0:3\nrank() === 0 ? html`<b>h</b>` : rank() === 1 ? svg`<svg/>` : ({{ 'image/png': '{png}' }} as object)"
    grid = engines.run(code).published("execute_result")[0]["data"]["text/html"]
    assert re.search(r"flex.*\[0\].*<b>h</b>.*\[1\].*image/svg\+xml;base64.*\[2\].*image/png;base64,iVBOR", grid)


def test_plotly_per_rank(engines):
    """figures of several ranks are drawn each below its rank"""
    code = "%%px --targets 0,1\n({ 'application/vnd.plotly.v1+json': { data: [{ y: [rank()] }], layout: {} } })"
    plain = [data for data in engines.run(code).displays]
    figures = [data["application/vnd.plotly.v1+json"]["data"][0]["y"] for data in plain if len(data) == 1]
    assert figures == [[0], [1]]
    assert [data["text/plain"] for data in plain if "text/plain" in data] == ["[0]", "[1]"]


def test_comm_on_engines(engines):
    """input() and Comm on an engine say where they belong"""
    assert "only cells of the client" in engines.run("%%px\nawait input('x')").error
    assert "only cells of the client" in engines.run("%%px\nComm.open('x')").error


def test_complete_engines(engines):
    """completion in a %%px cell knows the variables of the engines, and only there"""
    engines.run("%%px\nlet learningRate = .1")
    ask = lambda code: engines.request("complete_request", {"code": code, "cursor_pos": len(code)})["matches"]
    assert "learningRate" in ask("%%px\nlearni")
    assert "learningRate" in ask("%px learni")
    assert "learningRate" not in ask("learni")


@pytest.mark.parametrize(
    "code, match",
    [
        ("%%p", "%%px"),
        ("%px", "%pxresult"),
        ("%%px --ta", "--targets"),
        ("%%px --targets ", "all"),
        ("%%px --targets ", "3"),
        ("%%px --group-outputs e", "engine"),
        ("%pxresult ", "1"),
        ("// note\n%%px --no", "--noblock"),
    ],
)
def test_complete_magic(engines, code, match):
    """completion offers magics, their options and their values"""
    assert match in engines.request("complete_request", {"code": code, "cursor_pos": len(code)})["matches"]


@pytest.mark.parametrize(
    "code, position, text",
    [
        ("%%px --targets 0", 2, "Runs the cell on the engines"),
        ("%%px --targets 0", 8, "a range `1:4`"),
        ("%autopx", 3, "every cell runs on the engines"),
    ],
)
def test_inspect_magic(engines, code, position, text):
    """hover on a magic or an option tells what it does"""
    content = {"code": code, "cursor_pos": position, "detail_level": 0}
    reply = engines.request("inspect_request", content)
    assert reply["found"] and text in reply["data"]["text/plain"]
