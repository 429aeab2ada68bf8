"""The residual U-Net with a style vector of algorithm.md §1 in PyTorch, for comparison."""
import torch
from torch import nn
from torch.nn import functional as F


def batchconv(ci, co, size=3):
    return nn.Sequential(
        nn.BatchNorm2d(ci), nn.ReLU(inplace=False), nn.Conv2d(ci, co, size, padding=size // 2)
    )


def projection(ci, co):
    return nn.Sequential(nn.BatchNorm2d(ci), nn.Conv2d(ci, co, 1))


class StyleConv(nn.Module):
    def __init__(self, co, style):
        super().__init__()
        self.conv = batchconv(co, co)
        self.full = nn.Linear(style, co)

    def forward(self, style, x, skip=None):
        if skip is not None:
            x = x + skip
        return self.conv(x + self.full(style)[:, :, None, None])


class Down(nn.Module):
    def __init__(self, ci, co):
        super().__init__()
        self.conv = nn.Module()
        for k in range(4):
            self.conv.add_module(f"conv_{k}", batchconv(ci if k == 0 else co, co))
        self.proj = projection(ci, co)

    def forward(self, x):
        c = self.conv
        x = self.proj(x) + c.conv_1(c.conv_0(x))
        return x + c.conv_3(c.conv_2(x))


class Up(nn.Module):
    def __init__(self, ci, co, style):
        super().__init__()
        self.conv = nn.Module()
        self.conv.conv_0 = batchconv(ci, co)
        for k in (1, 2, 3):
            self.conv.add_module(f"conv_{k}", StyleConv(co, style))
        self.proj = projection(ci, co)

    def forward(self, x, skip, style):
        c = self.conv
        x = self.proj(x) + c.conv_1(style, c.conv_0(x), skip)
        return x + c.conv_3(style, c.conv_2(style, x))


class CPnet(nn.Module):
    def __init__(self, nbase=(2, 32, 64, 128, 256), nout=3):
        super().__init__()
        self.diam_mean = nn.Parameter(torch.ones(1) * 30, requires_grad=False)
        self.diam_labels = nn.Parameter(torch.ones(1) * 30, requires_grad=False)
        levels = len(nbase) - 1
        self.downsample = nn.Module()
        self.downsample.down = nn.Module()
        self.upsample = nn.Module()
        self.upsample.up = nn.Module()
        for n in range(levels):
            self.downsample.down.add_module(f"res_down_{n}", Down(nbase[n], nbase[n + 1]))
            above = nbase[min(n + 2, levels)]
            self.upsample.up.add_module(f"res_up_{n}", Up(above, nbase[n + 1], nbase[-1]))
        self.output = batchconv(nbase[1], nout, 1)
        self.levels = levels

    def forward(self, x):
        downs = []
        for n in range(self.levels):
            if n:
                x = F.max_pool2d(x, 2)
            x = getattr(self.downsample.down, f"res_down_{n}")(x)
            downs.append(x)
        style = x.mean(dim=(2, 3))
        style = style / style.pow(2).sum(dim=1, keepdim=True).sqrt()
        for n in reversed(range(self.levels)):
            if n < self.levels - 1:
                x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = getattr(self.upsample.up, f"res_up_{n}")(x, downs[n], style)
        return self.output(x), style


def load(path):
    """A network ready for inference from a PyTorch checkpoint or from our safetensors."""
    state = read_safetensors(path) if str(path).endswith(".safetensors") else torch.load(path)
    levels = 1 + max(int(k.split("_")[2].split(".")[0]) for k in state if ".res_down_" in k)
    first = "downsample.down.res_down_{}.conv.conv_0.2.weight"
    shapes = [state[first.format(n)].shape for n in range(levels)]
    net = CPnet([shapes[0][1]] + [s[0] for s in shapes], state["output.2.weight"].shape[0])
    net.load_state_dict(state, strict=False)
    missing = [k for k in net.state_dict() if k not in state and "diam_" not in k and "num_" not in k]
    if missing:
        raise ValueError(f"{path} lacks {missing[0]}")
    return net.eval()


def read_safetensors(path):
    """Header length u64, JSON header, raw little-endian data."""
    import json
    import numpy as np

    kinds = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8"}
    raw = open(path, "rb").read()
    size = int.from_bytes(raw[:8], "little")
    state = {}
    for name, entry in json.loads(raw[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        data = np.frombuffer(raw[8 + size + begin : 8 + size + end], kinds[entry["dtype"]])
        array = data.reshape(entry["shape"])
        state[name] = torch.from_numpy(
            array.astype(np.int64 if entry["dtype"] == "I64" else np.float32)
        )
    return state
