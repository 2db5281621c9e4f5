"""Exchanges between the tensors of processes that share a host's devices, for `decentlab gpu-check`.

Usage: device-exchange.py (nccl | gloo | ipc) (cuda | cpu) RANKS FLOATS...
Each rank averages its tensor with those of its two neighbours on a ring: through torch.distributed (nccl, gloo), or by
reading the neighbours' own memory (ipc: CUDA's handles on a GPU, shared memory on the processor). Prints a line for each
size: `ring`, the number of floats, and the milliseconds that each call took the slowest rank.
"""

import os
import sys
import tempfile
import time

os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
import torch
import torch.distributed as dist
import torch.multiprocessing as processes


def repetitions(floats):
    if floats <= 1 << 18:
        return 10, 50
    return (5, 20) if floats <= 1 << 22 else (2, 5)


class Group:
    """The ranks meet through torch.distributed; gloo takes tensors of the processor, so those of a GPU are copied."""

    def __init__(self, kind, rank, ranks, device, file):
        dist.init_process_group(kind, init_method="file://" + file, rank=rank, world_size=ranks)
        self.around = sorted({(rank - 1) % ranks, (rank + 1) % ranks} - {rank})
        self.is_copied = kind == "gloo" and device.type != "cpu"

    def prepare(self, x):
        self.arriving = [torch.empty_like(x, device="cpu" if self.is_copied else x.device) for _ in self.around]

    def neighbours(self, x):
        sent = x.cpu() if self.is_copied else x
        pairs = list(zip(self.around, self.arriving))
        ways = [dist.P2POp(dist.isend, sent, to) for to, _ in pairs]
        ways += [dist.P2POp(dist.irecv, z, of) for of, z in pairs]
        for one in dist.batch_isend_irecv(ways):
            one.wait()
        return [z.to(x.device) for z in self.arriving]

    def done(self):
        pass

    def close(self):
        dist.destroy_process_group()


class Shared:
    """The ranks see each other's memory, and wait for each other at a barrier before and after they read it."""

    def __init__(self, rank, ranks, barrier, queues):
        self.rank, self.ranks, self.barrier, self.queues = rank, ranks, barrier, queues
        self.around = sorted({(rank - 1) % ranks, (rank + 1) % ranks} - {rank})

    def prepare(self, x):
        x.share_memory_()
        for to in self.around:
            self.queues[to].put((self.rank, x))
        self.seen = [z for _, z in sorted((self.queues[self.rank].get() for _ in self.around), key=lambda one: one[0])]

    def neighbours(self, x):
        if x.is_cuda:
            torch.cuda.synchronize()
        self.barrier.wait()
        # Those on another device are brought here; on the same one this is no copy.
        return [z.to(x.device) for z in self.seen]

    def done(self):
        self.barrier.wait()

    def close(self):
        self.barrier.wait()


def settle(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


def work(rank, kind, name, ranks, sizes, file, barrier, queues, reports):
    torch.set_num_threads(1)
    device = torch.device(name, rank % torch.cuda.device_count()) if name == "cuda" else torch.device("cpu")
    if name == "cuda":
        torch.cuda.set_device(device)
    way = Shared(rank, ranks, barrier, queues) if kind == "ipc" else Group(kind, rank, ranks, device, file)
    for floats in sizes:
        x = torch.full((floats,), float(rank + 1), device=device)
        way.prepare(x)
        weight = 1 / (len(way.around) + 1)
        times = []
        warm_ups, calls = repetitions(floats)
        for k in range(warm_ups + calls):
            barrier.wait()
            began = time.perf_counter()
            y = x * weight
            for z in way.neighbours(x):
                y.add_(z, alpha=weight)
            settle(device)
            way.done()
            if k >= warm_ups:
                times.append(1000 * (time.perf_counter() - began))
        expected = (rank + 1 + sum(other + 1 for other in way.around)) * weight
        if abs(y[-1].item() - expected) > 1e-5 * expected:
            raise SystemExit(f"{kind}: rank {rank} has {y[-1].item()} in place of {expected}")
        reports.put((floats, times))
        barrier.wait()
    way.close()


if __name__ == "__main__":
    kind, name, ranks = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sizes = [int(word) for word in sys.argv[4:]]
    if kind == "nccl" and (name != "cuda" or torch.cuda.device_count() < ranks):
        raise SystemExit(f"nccl needs a GPU for each rank: {ranks} ranks")
    context = processes.get_context("spawn")
    barrier, reports = context.Barrier(ranks), context.Queue()
    queues = [context.Queue() for _ in range(ranks)]
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "meet")
        arguments = (kind, name, ranks, sizes, file, barrier, queues, reports)
        started = processes.spawn(work, arguments, nprocs=ranks, join=False)
        slowest = {}
        for _ in range(ranks * len(sizes)):
            while reports.empty():
                started.join(timeout=0.1)
            floats, times = reports.get()
            known = slowest.get(floats, times)
            slowest[floats] = [max(pair) for pair in zip(known, times)]
        while not started.join():
            pass
    for floats in sizes:
        print("ring", floats, *(f"{one:.6f}" for one in slowest[floats]), flush=True)
