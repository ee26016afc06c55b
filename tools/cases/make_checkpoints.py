"""Makes the checkpoint cases that were not found in the wild: python tools/cases/make_checkpoints.py (then right_values.py on each).

Each is a random model of width 32 that transformers saves, with its config.json or its tensors changed as some tool, version or person leaves them.
"""

import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

CASES = Path(__file__).parents[2] / "test/data/cases/checkpoints"
SIZES = dict(vocab_size=128, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=8, num_key_value_heads=2, max_position_embeddings=512)


def make(name: str, about: str, family: str, sizes: dict | None = None, change=None, tensors=None) -> None:
    torch.manual_seed(len(name))
    config = transformers.AutoConfig.for_model(family, **{**SIZES, **(sizes or {})}, initializer_range=0.3)
    folder = CASES / name
    transformers.AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    written = json.loads((folder / "config.json").read_text())
    if change:
        change(written)
    (folder / "config.json").write_text(json.dumps(written, indent=1))
    if tensors:
        path = folder / "model.safetensors"
        save_file(tensors(load_file(path)), path, metadata={"format": "pt"})
    ids = torch.randint(3, 128, (40,)).tolist()
    case = dict(name=name, input_ids=ids, prompt_length=20, prompt_tokens=["x"] * 20, generation_tokens=["y"] * 20, method="ifr-span", output_span=[0, 19], hops=0)
    (folder / "cases.json").write_text(json.dumps({"cases": [case]}))
    (folder / "case.json").write_text(json.dumps({"about": about, "origin": f"tools/cases/make_checkpoints.py; right values: tools/cases/right_values.py, transformers {transformers.__version__}"}, indent=1) + "\n")


def both_thetas(config: dict) -> None:
    del config["rope_parameters"]
    config.update(rope_theta=10_000.0, rope_scaling={"rope_type": "linear", "factor": 2.0, "rope_theta": 500_000.0})


def scaling_without_theta(config: dict) -> None:
    config.update(rope_parameters={"rope_type": "default", "rope_theta": 500_000.0}, rope_scaling={"type": "linear", "factor": 2.0})


def llama3_without_original(config: dict) -> None:
    config["rope_parameters"] = {"rope_type": "llama3", "rope_theta": 500_000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}


make("rope-theta-inside-and-outside", "the base inside rope_scaling goes before the one outside", "llama", change=both_thetas)
make("rope-scaling-takes-the-base-away", "rope_scaling replaces rope_parameters whole: its base is gone, too, and the class's default holds", "llama", change=scaling_without_theta)
make("llama3-rope-without-original-length", "original_max_position_embeddings is max_position_embeddings where it is missing", "llama", change=llama3_without_original)
make("mistral-without-kv-heads", "the class's default, 8, where num_key_value_heads is missing", "mistral", {"num_key_value_heads": 8}, change=lambda config: config.pop("num_key_value_heads"))
make("swish-is-silu", "hidden_act has two names", "qwen2", change=lambda config: config.update(hidden_act="swish"))
make("names-without-prefix", "a model saved without its head: tensors without the prefix \"model.\"", "qwen3", {"tie_word_embeddings": True, "head_dim": 8},
     tensors=lambda all: {name.removeprefix("model."): tensor for name, tensor in all.items()})
make("tied-head-written-twice", "the tied tensor stands in the file twice, as some tools write it", "llama", {"tie_word_embeddings": True},
     tensors=lambda all: {**all, "lm_head.weight": all["model.embed_tokens.weight"].clone()})
