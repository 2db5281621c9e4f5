"""A training step of ResNet-20 in PyTorch, for `decentlab bench train`.

Usage: train.py BATCH STEPS (gpu | cpu)
Prints one line of JSON: the milliseconds of each step after 20 that warm up, the number of parameters, the version and
the device. One thread on the processor.
"""

import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

batch, steps = int(sys.argv[1]), int(sys.argv[2])
device = torch.device("cuda" if sys.argv[3] == "gpu" and torch.cuda.is_available() else "cpu")
torch.set_num_threads(1)
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, before, filters):
        super().__init__()
        self.halves = before != filters
        self.more = filters - before
        stride = 2 if self.halves else 1
        self.first = nn.Conv2d(before, filters, 3, stride, 1, bias=False)
        self.second = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(filters), nn.BatchNorm2d(filters)])

    def forward(self, x):
        y = self.norms[1](self.second(F.relu(self.norms[0](self.first(x)))))
        if self.halves:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.more // 2, self.more - self.more // 2))
        return F.relu(x + y)


stages = [(16, 16)] * 3 + [(16, 32)] + [(32, 32)] * 2 + [(32, 64)] + [(64, 64)] * 2
model = nn.Sequential(
    nn.Conv2d(3, 16, 3, 1, 1, bias=False),
    nn.BatchNorm2d(16),
    nn.ReLU(),
    *[Block(before, filters) for before, filters in stages],
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(64, 10),
).to(device)
xs = torch.randn(batch, 3, 32, 32, device=device)
ys = torch.arange(batch, device=device) % 10
# SGD with momentum, in PyTorch's operators on lists: torch.optim would need packages that PyTorch itself does not.
parameters = list(model.parameters())
momenta = [torch.zeros_like(one) for one in parameters]


def step():
    began = time.perf_counter()
    loss = F.cross_entropy(model(xs), ys)
    gradients = torch.autograd.grad(loss, parameters)
    with torch.no_grad():
        torch._foreach_mul_(momenta, 0.9)
        torch._foreach_add_(momenta, gradients)
        torch._foreach_add_(parameters, momenta, alpha=-0.01)
    loss.item()
    return 1000 * (time.perf_counter() - began)


for _ in range(20):
    step()
print(
    json.dumps(
        {
            "times": [step() for _ in range(steps)],
            "parameters": sum(p.numel() for p in model.parameters()),
            "version": torch.__version__,
            "device": torch.cuda.get_device_name() if device.type == "cuda" else "CPU, one thread",
        }
    )
)
