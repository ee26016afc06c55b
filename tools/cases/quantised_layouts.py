"""Quantised layouts beside those of the small models: python tools/cases/quantised_layouts.py test/data/quantised (torch, bitsandbytes 0.50.2, compressed-tensors 0.20.0,
mlx 0.32.4 for the CPU, safetensors, numpy, in a virtual environment).

Writes layouts-mlx, layouts-compressed-tensors and layouts-bitsandbytes: a few linear weights in every width and grouping that the format has, and what its own library makes of
them again (expected.json: SHA-256 of the little-endian fp32, and sums).
"""

import hashlib
import json
import sys
from pathlib import Path

import bitsandbytes.functional as bnb
import mlx.core as mx
import numpy as np
import torch
from compressed_tensors.compressors import BaseCompressor
from compressed_tensors.quantization import QuantizationScheme
from safetensors.torch import save_file


def write(folder: Path, config: dict, tensors: dict, numbers: dict) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "model.safetensors", metadata={"format": "pt"})
    expected = {
        f"{name}.weight": {
            "shape": list(w.shape), "sha256_f32": hashlib.sha256(np.ascontiguousarray(w, "<f4").tobytes()).hexdigest(),
            "sum": float(w.astype(np.float64).sum()), "abs_sum": float(np.abs(w.astype(np.float64)).sum()),
        } for name, w in numbers.items()
    }
    (folder / "expected.json").write_text(json.dumps({"tensors": expected}, indent=1) + "\n")


def weight(seed: int, out: int, width: int) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((out, width)) / 8 + 0.02).astype(np.float32)


def make_mlx(folder: Path) -> None:
    tensors, numbers, modules = {}, {}, {}
    for seed, (bits, group) in enumerate([(2, 32), (3, 64), (4, 128), (5, 32), (6, 64), (8, 128)]):
        name = f"linear_{bits}bit"
        q, scales, biases = mx.quantize(mx.array(weight(seed, 40, 256)).astype(mx.float16), group_size=group, bits=bits)
        tensors[f"{name}.weight"] = torch.from_numpy(np.array(q))
        tensors[f"{name}.scales"] = torch.from_numpy(np.array(scales))
        tensors[f"{name}.biases"] = torch.from_numpy(np.array(biases))
        modules[name] = {"bits": bits, "group_size": group}
        numbers[name] = np.array(mx.dequantize(q, scales.astype(mx.float32), biases.astype(mx.float32), group_size=group, bits=bits))
    write(folder, {"quantization": {"bits": 4, "group_size": 64, "plain": False, **modules}}, tensors, numbers)


def make_compressed(folder: Path) -> None:
    layouts = {
        "packed_8bit_channel": ("pack-quantized", dict(num_bits=8, type="int", symmetric=True, strategy="channel")),
        "packed_8bit_group_asymmetric": ("pack-quantized", dict(num_bits=8, type="int", symmetric=False, strategy="group", group_size=64)),
        "packed_4bit_channel_asymmetric": ("pack-quantized", dict(num_bits=4, type="int", symmetric=False, strategy="channel")),
        "int8_group": ("int-quantized", dict(num_bits=8, type="int", symmetric=True, strategy="group", group_size=32)),
        "int8_channel_asymmetric": ("int-quantized", dict(num_bits=8, type="int", symmetric=False, strategy="channel")),
        "int8_tensor": ("int-quantized", dict(num_bits=8, type="int", symmetric=True, strategy="tensor")),
        "float_tensor": ("float-quantized", dict(num_bits=8, type="float", symmetric=True, strategy="tensor")),
        "float_block": ("float-quantized", dict(num_bits=8, type="float", symmetric=True, strategy="block", block_structure=[32, 64])),
    }
    tensors, numbers, groups = {}, {}, {}
    for seed, (name, (layout, args)) in enumerate(layouts.items()):
        out, width = 44, 192
        w = torch.from_numpy(weight(100 + seed, out, width))
        shape = {"tensor": (1,), "channel": (out, 1), "group": (out, width // args.get("group_size", 1)), "block": (-(-out // 32), width // 64)}[args["strategy"]]
        scale = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) / 100 + 0.5 / (448 if args["type"] == "float" else 2 ** (args["num_bits"] - 1))
        if args["type"] == "int":
            scale = scale.to(torch.bfloat16).float()  # as they are mostly stored
        state = {"weight": w, "weight_scale": scale}
        if not args["symmetric"]:
            high = 2 ** (args["num_bits"] - 1)
            state["weight_zero_point"] = torch.randint(-high, high, shape, generator=torch.Generator().manual_seed(seed), dtype=torch.int8)
        scheme = QuantizationScheme(targets=["Linear"], weights=args)
        compressor = BaseCompressor.get_value_from_registry(layout)
        stored = compressor.compress(state, scheme)
        numbers[name] = compressor.decompress(stored, scheme)["weight"].float().numpy()
        for key, value in stored.items():
            tensors[f"{name}.{key}"] = value.to(torch.bfloat16) if key == "weight_scale" and args["type"] == "int" else value
        groups[name] = {"targets": [name], "format": layout, "weights": {**args, "dynamic": False}}
    write(folder, {"quantization_config": {"quant_method": "compressed-tensors", "format": "mixed-precision", "config_groups": groups}}, tensors, numbers)


def make_bitsandbytes(folder: Path) -> None:
    tensors, numbers = {}, {}
    for seed, (kind, nested, block, storage) in enumerate([("fp4", False, 64, torch.uint8), ("nf4", False, 128, torch.bfloat16), ("fp4", True, 64, torch.uint8)]):
        name = f"{kind}{'_double' if nested else ''}_blocks_of_{block}"
        w = torch.from_numpy(weight(200 + seed, 160, 128))
        q, state = bnb.quantize_4bit(w, blocksize=block, compress_statistics=nested, quant_type=kind, quant_storage=storage)
        tensors[f"{name}.weight"] = q
        for key, value in state.as_dict(packed=True).items():
            tensors[f"{name}.weight.{key}"] = value
        numbers[name] = bnb.dequantize_4bit(q, state).numpy()
    q, stats, _ = bnb.int8_vectorwise_quant(torch.from_numpy(weight(300, 48, 160)).half())
    tensors |= {"int8.weight": q, "int8.SCB": stats, "int8.weight_format": torch.tensor(0, dtype=torch.uint8)}
    numbers["int8"] = bnb.int8_vectorwise_dequant(q, stats).numpy()
    write(folder, {"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}}, tensors, numbers)


if __name__ == "__main__":
    base = Path(sys.argv[1])
    make_mlx(base / "layouts-mlx")
    make_compressed(base / "layouts-compressed-tensors")
    make_bitsandbytes(base / "layouts-bitsandbytes")
