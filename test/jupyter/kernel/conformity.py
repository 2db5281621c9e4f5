"""Jupyter's own conformity suite (jupyter_kernel_test) on the DecentLab kernel; prints one JSON object a test."""

import json
import sys
import unittest

import jupyter_kernel_test


class DecentLabTests(jupyter_kernel_test.KernelTests):
    kernel_name = "decentlab"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    completion_samples = [
        {"text": "Math.flo", "matches": {"floor"}},
        {"text": "conso", "matches": {"console"}},
    ]
    complete_code_samples = ["1", "function f() { return 1 }", "let x = 1;"]
    incomplete_code_samples = ["function f() {", "let x = [1,", "`text"]
    invalid_code_samples = ["let = = 1", "1 +* 2"]
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "await Promise.resolve(5)", "result": "5"},
    ]
    code_display_data = [
        {"code": "display({ 'text/html': '<b>x</b>' })", "mime": "text/html"},
        {"code": "display({ 'image/svg+xml': '<svg/>' })", "mime": "image/svg+xml"},
    ]
    code_generate_error = "throw new Error('boom')"
    code_history_pattern = "1 ? 2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.floor"
    code_clear_output = "clearOutput()"


class DecentLabWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "decentlab"
    support_iopub_welcome = True


class JsonResult(unittest.TestResult):
    """Prints each outcome as a line of JSON."""

    def report(self, test, outcome, detail=""):
        print(json.dumps({"test": test.id().split(".")[-1], "outcome": outcome, "detail": detail}), flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.report(test, "passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.report(test, "skipped", reason)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.report(test, "failed", str(error[1]))

    def addError(self, test, error):
        super().addError(test, error)
        self.report(test if hasattr(test, "_testMethodName") else self, "failed", str(error[1]))

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.report(test, "failed", str(error[1]))

    def id(self):
        return "setup"


if __name__ == "__main__":
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    suite = unittest.TestSuite([load(DecentLabTests), load(DecentLabWelcomeTests)])
    outcome = suite.run(JsonResult())
    sys.exit(0 if outcome.wasSuccessful() else 1)
