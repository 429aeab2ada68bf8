#!/usr/bin/python3
"""PyTorch and a hand-written safetensors reader look at the model files that test-weights writes.

torch-load.py variants DIR   base.pth, base.safetensors and half.safetensors in DIR hold one network:
                             compare them, then write the same network as PyTorch can (several ways)
torch-load.py same A B       two checkpoints hold the same tensors, name by name and bit by bit
Leaves with 77 where PyTorch is not installed.
"""
import json
import os
import pickle
import struct
import sys
from collections import OrderedDict

try:
    import numpy as np
    import torch
except ImportError:
    sys.exit(77)


def read_safetensors(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    assert length % 8 == 0, "header not padded"
    header = json.loads(data[8:8 + length])
    meta = header.pop("__metadata__")
    kinds = {"F32": "<f4", "F64": "<f8", "F16": "<f2", "I64": "<i8"}
    out, end = {}, 0
    for name, entry in header.items():
        begin, stop = entry["data_offsets"]
        assert begin == end, name
        end = stop
        raw = data[8 + length + begin:8 + length + stop]
        out[name] = np.frombuffer(raw, kinds[entry["dtype"]]).reshape(entry["shape"])
    assert 8 + length + end == len(data)
    return out, meta


def load(path):
    return torch.load(path, weights_only=True)


def same(a, b):
    assert list(a) == list(b) or sorted(a) == sorted(b), set(a) ^ set(b)
    for name in a:
        assert a[name].dtype == b[name].dtype and a[name].shape == b[name].shape, name
        assert torch.equal(a[name], b[name]), name


def check_ours(folder):
    ours = load(folder + "/base.pth")
    assert list(ours)[:2] == ["diam_mean", "diam_labels"]
    tensors, meta = read_safetensors(folder + "/base.safetensors")
    assert meta["format"] == "pt" and float(meta["diam_mean"]) == 17.0, meta
    plain = {k: v for k, v in tensors.items() if not k.startswith("size.")}
    assert list(plain) == list(ours)
    for name, tensor in ours.items():
        assert tensor.dtype == (torch.int64 if "num_batches" in name else torch.float32), name
        assert tensor.shape == plain[name].shape, name
        assert tensor.numpy().tobytes() == plain[name].tobytes(), name
    half, _ = read_safetensors(folder + "/half.safetensors")
    for name, full in plain.items():
        expected = full.astype("<f2") if full.ndim > 1 else full
        assert half[name].dtype == expected.dtype and half[name].tobytes() == expected.tobytes(), name
    return ours


def write_variants(folder, base):
    def save(name, value, **options):
        torch.save(value, "%s/%s.pth" % (folder, name), **options)

    def floats(convert):
        return OrderedDict((k, convert(v) if v.is_floating_point() else v) for k, v in base.items())

    save("zip", base)
    save("legacy", base, _use_new_zipfile_serialization=False)
    save("dict", dict(base))
    save("protocol4", base, pickle_protocol=4)
    save("legacy4", base, _use_new_zipfile_serialization=False, pickle_protocol=4)
    save("module", OrderedDict(("module." + k, v) for k, v in base.items()))
    save("wrapped", {"epoch": 7, "state_dict": base, "loss": 0.25, "optimizer": {"lr": [0.1, None]}})
    save("wrapped-legacy", {"model": base, "x": torch.zeros(3)}, _use_new_zipfile_serialization=False)
    save("parameters", floats(lambda v: torch.nn.Parameter(v)))
    save("double", floats(lambda v: v.double()))
    save("strided", floats(lambda v: v.transpose(0, -1).contiguous().transpose(0, -1)
                           if v.dim() > 1 else v))
    whole = torch.cat([v.reshape(-1) for v in base.values() if v.is_floating_point()])
    shared, at = OrderedDict(), 0
    for name, v in base.items():
        if v.is_floating_point():
            shared[name] = whole[at:at + v.numel()].view(v.shape)
            at += v.numel()
        else:
            shared[name] = v
    save("shared", shared)
    save("shared-legacy", shared, _use_new_zipfile_serialization=False)
    save("half", floats(lambda v: v.half()))
    save("half-as-float", floats(lambda v: v.half().float()))
    save("bfloat16", floats(lambda v: v.bfloat16()))
    save("bfloat16-as-float", floats(lambda v: v.bfloat16().float()))
    save("bad-whole", torch.nn.Linear(2, 2))
    save("bad-list", [torch.zeros(2)])
    script = torch.jit.script(torch.nn.Linear(2, 2))
    script.save(folder + "/bad-script.pth")
    np.savez(folder + "/bad-npz.npz", a=np.zeros(3))
    os.rename(folder + "/bad-npz.npz", folder + "/bad-npz.pth")

    class Evil:
        def __reduce__(self):
            return os.system, ("touch %s/harm" % folder,)

    torch.save({"a": Evil()}, folder + "/bad-evil.pth")
    pickle.dump({"a": 1}, open(folder + "/bad-pickle.pth", "wb"), 4)


if sys.argv[1] == "variants":
    write_variants(sys.argv[2], check_ours(sys.argv[2]))
else:
    same(load(sys.argv[2]), load(sys.argv[3]))
