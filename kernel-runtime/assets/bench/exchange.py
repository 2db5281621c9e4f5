"""What gloo takes for the exchanges of `decentlab bench collectives`, one process a rank.

Usage: exchange.py RANK SIZE FILE (OPERATION FLOATS BATCH WARM_UPS BATCHES)...
FILE is where the ranks find each other. Rank 0 prints a line for each job: its operation, its number of floats, and for
each batch that counts the milliseconds that one call took the slowest rank.
"""

import os
import sys
import time

os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
import torch
import torch.distributed as dist

rank, size = int(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(1)
dist.init_process_group("gloo", init_method="file://" + sys.argv[3], rank=rank, world_size=size)
period = max(1, (size - 1).bit_length())


def average_with(x, arriving, sources, destinations):
    pending = [dist.isend(x, to) for to in destinations]
    pending += [dist.irecv(z, source) for z, source in zip(arriving, sources)]
    for one in pending:
        one.wait()
    weight = 1 / (len(sources) + 1)
    y = x * weight
    for z, _ in zip(arriving, sources):
        y.add_(z, alpha=weight)
    return y


def neighbours(distances):
    """Sources and destinations, each once."""
    ahead = list(dict.fromkeys(distance % size for distance in distances))
    return [(rank - d) % size for d in ahead if d], [(rank + d) % size for d in ahead if d]


def call(operation, step, x, y, arriving):
    if operation == "one-peer":
        return average_with(x, arriving, *neighbours([1 << (step % period)]))
    if operation == "static":
        return average_with(x, arriving, *neighbours([1 << k for k in range(period)]))
    if operation == "ring":
        return average_with(x, arriving, *neighbours([1, -1]))
    if operation == "allreduce":
        y.copy_(x)
        dist.all_reduce(y)
        return y.mul_(1 / size)
    if operation == "broadcast":
        dist.broadcast(y, 0)
        return y
    raise SystemExit(f"unknown operation {operation}")


def expected(operation, last):
    if operation == "broadcast":
        return 1
    if operation == "allreduce":
        return (size + 1) / 2
    distances = {"one-peer": [1 << (last % period)], "static": [1 << k for k in range(period)], "ring": [1, -1]}
    sources, _ = neighbours(distances[operation])
    return (rank + 1 + sum(source + 1 for source in sources)) / (len(sources) + 1)


def run(operation, floats, batch, warm_ups, batches):
    x = torch.full((floats,), float(rank + 1))
    y = x.clone()
    arriving = [torch.zeros(floats) for _ in range(max(2, period) if operation != "allreduce" else 0)]
    words = [operation, str(floats)]
    for k in range(-warm_ups, batches):
        dist.barrier()
        started = time.perf_counter()
        for step in range(batch):
            result = call(operation, step, x, y, arriving)
        took = torch.tensor([(time.perf_counter() - started) * 1000 / batch])
        dist.all_reduce(took, op=dist.ReduceOp.MAX)
        if k >= 0:
            words.append(f"{took.item():.6f}")
    for entry in (result[0].item(), result[-1].item()):
        if abs(entry - expected(operation, batch - 1)) > 1e-5 * entry:
            raise SystemExit(f"{operation}: rank {rank} has {entry} in place of {expected(operation, batch - 1)}")
    if rank == 0:
        print(*words, flush=True)


jobs = sys.argv[4:]
for k in range(0, len(jobs), 5):
    run(jobs[k], *(int(word) for word in jobs[k + 1 : k + 5]))
dist.destroy_process_group()
