/** Python's torch as a contender of `bench tensor`, in a process of its own. */
import { PYTHON_TORCH, type TorchPython } from '../torch-python.js';
import { Side } from './side.js';

const SCRIPT = `
import json, sys, time
import torch

torch.set_num_threads(1)
torch.set_grad_enabled(False)
device = sys.argv[1]
# Named each time: a default device would make every call dearer.
small = torch.ones(10, device=device)
M = torch.full((1024, 1024), 0.5, device=device)
A = torch.full((1000, 100), 0.1, device=device)
At = A.t()
b = torch.ones(1000, 1, device=device)
x = torch.zeros(100, 1, device=device)


def least_squares():
    global x
    x = x - (At @ (A @ x - b)) * 1e-6


calls = {"add": lambda: small + small, "matmul": lambda: M @ M, "leastSquares": least_squares}
print("ready", flush=True)
for line in sys.stdin:
    name, batches, batch = json.loads(line)
    call = calls[name]
    times = []
    for _ in range(batches):
        started = time.perf_counter()
        for _ in range(batch):
            call()
        if device != "cpu":
            torch.cuda.synchronize()
        times.append(1e6 * (time.perf_counter() - started) / batch)
    print(json.dumps(times), flush=True)
`;

/** Starts it on a device as PyTorch names it. Rejects if this Python cannot load torch. */
export function pythonTorch({ command, env }: TorchPython, device = 'cpu'): Promise<Side> {
  return Side.start(PYTHON_TORCH, [command, '-c', SCRIPT, device], env);
}
