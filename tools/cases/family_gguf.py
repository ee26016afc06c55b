"""GGUF files of small checkpoints of many families: python tools/cases/family_gguf.py LLAMA_CPP CHECKPOINTS OUT [NAME...] (llama.cpp's sources; torch 2.13.0,
transformers 5.24.0, safetensors, numpy, in a virtual environment; gguf comes with the sources).

CHECKPOINTS holds a folder for each family: config.json, model.safetensors, cases.json with recorded sequences and scores. Every file is written by llama.cpp's own
converter, in BF16, in which such weights are what they were; what it does not take as it stands is changed as FILES says. Only the vocabulary is another: 256 bytes, ten
merges, control tokens. NAME.expected.json has what transformers computes in fp32 of the model that the file describes, and of the recorded fp64 scores those that hold for it.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

SOURCES, CHECKPOINTS, OUT = map(Path, sys.argv[1:4])
sys.path[:0] = [str(SOURCES / "gguf-py"), str(SOURCES)]

import gguf  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from conversion import ModelBase, ModelType, get_model_architecture, get_model_class  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from transformers.convert_slow_tokenizer import bytes_to_unicode  # noqa: E402

MERGES = ["Ġ t", "h e", "Ġt he", "i n", "e r", "a n", "o n", "r e", "Ġ a", "Ġ s"]
RECORDED = ["answer-after-reasoning-2", "span-1"]
PATTERN = "attention.sliding_window_pattern"
OLD_KINDS = {"linear_attention": "mamba", "full_attention": "attention"}


def old_kinds(config):
    """transformers 5's own spelling is converted without a word to a file of nothing but recurrent layers."""
    config["layer_types"] = [OLD_KINDS[kind] for kind in config["layer_types"]]


def one_layer(config, tensors):
    """The architecture has no dense layers."""
    config.update(mlp_only_layers=[], num_hidden_layers=1, layer_types=config.get("layer_types", ["full_attention"])[:1])
    for name in [name for name in tensors if ".layers.1." in name]:
        del tensors[name]


def predicting(config, tensors):
    """A layer that predicts a further token, as released checkpoints have one: random, and none of the decoder's."""
    generator = torch.Generator().manual_seed(5)
    full, width = config["layer_types"].index("full_attention"), config["hidden_size"]
    draw = lambda *shape: (torch.randn(shape, generator=generator) / 10).bfloat16()  # noqa: E731
    for name in [name for name in tensors if name.startswith(f"model.layers.{full}.")]:
        tensors["mtp.layers.0." + name.split(".", 3)[3]] = draw(*tensors[name].shape)
    tensors["mtp.fc.weight"] = draw(width, 2 * width)
    for norm in ["pre_fc_norm_embedding", "pre_fc_norm_hidden", "norm"]:
        tensors[f"mtp.{norm}.weight"] = draw(width)
    if config["model_type"].startswith("qwen3_5"):
        config["mtp_num_hidden_layers"] = 1


# What is changed before converting (`edit`: config, `change`: config and tensors), what the converter is told (`flags`), which keys are set that llama.cpp reads and the
# converter does not write (`keys`), and what the file says otherwise than config.json (`says`), with the reason.
FILES = {
    "cohere2": dict(edit=lambda c: c.update(rotary_pct=1.0), keys={PATTERN: [True, True, False, True], "rope.dimension_count": 16}),
    "exaone4": dict(flags=dict(fuse_qkv=True)),
    "gemma": {},
    "gemma2": dict(says=dict(query_pre_attn_scalar=24), why="no file has query_pre_attn_scalar"),
    "gemma3": dict(keys={PATTERN: [True, True, False, True]}, says=dict(query_pre_attn_scalar=16), why="no file has query_pre_attn_scalar"),
    "gemma4-e": {}, "gemma4-moe": {},
    "glm": dict(keys={"attention.key_length": 16, "attention.value_length": 16, "rope.dimension_count": 8, "context_length": 4096}),
    "glm4": {},
    "glm4-halves": dict(of="glm4", edit=lambda c: c["rope_parameters"].update(mrope_section=[2, 1, 1])),
    "gpt-oss": {}, "granite": {}, "granite-moe": {},
    "granite4-dense": dict(edit=old_kinds), "granite4-hybrid": dict(edit=old_kinds),
    "hunyuan-dense": {}, "lfm2": {},
    "llama-bias": dict(flags=dict(fuse_qkv=True)),
    "llama-yarn": {}, "ministral3": {}, "mixtral": {}, "olmo2": {}, "olmo3": {}, "olmoe": {}, "phi3": {}, "phi4-mini": {},
    "qwen2-moe": dict(flags=dict(fuse_qkv=True)),
    "qwen2-yarn-mscale": dict(
        says=dict(rope_parameters=dict(beta_fast=16, beta_slow=2, factor=16.0, original_max_position_embeddings=128, rope_theta=1000000.0, rope_type="yarn")),
        why="no file has mscale, mscale_all_dim and truncate"),
    "qwen2.5-vl": {},
    "qwen3-moe": dict(change=one_layer, is_other=True),
    "qwen3-next": dict(flags=dict(no_mtp=True, fuse_gate_up_exps=True)),
    "qwen3-next-mtp": dict(of="qwen3-next", change=predicting),
    "qwen3-vl": {},
    "qwen3.5-mtp": dict(of="qwen3.5", change=predicting),
    "qwen3.5-moe": dict(flags=dict(no_mtp=True, fuse_gate_up_exps=True)),
    "seed-oss": {},
    "smollm3": dict(says=dict(no_rope_layers=[1, 1, 1, 0]), why="no file has the list of layers without RoPE: every fourth"),
    "starcoder2": dict(says=dict(sliding_window=None), why="no file has its window"),
}


def vocabulary(size):
    texts = [text for _, text in sorted(bytes_to_unicode().items())] + [merge.replace(" ", "") for merge in MERGES]
    special = [f"<|special_{i}|>" for i in range(size - len(texts))]
    return texts + special, [1] * len(texts) + [3] * len(special)


def write_vocabulary(model):
    size = model.hparams["vocab_size"]
    texts, kinds = vocabulary(size)
    writer = model.gguf_writer
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(texts)
    writer.add_token_types(kinds)
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(size - 2)
    writer.add_eos_token_id(size - 1)
    writer.add_add_bos_token(False)


def convert(name, out, edit=None, flags=None):
    """The folder `name` as the file `out`; `edit` is of what the converter reads alone."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / name.name
        shutil.copytree(name, folder)
        config = json.loads((folder / "config.json").read_text())
        if edit:
            edit(config)
        (folder / "config.json").write_text(json.dumps(config))
        texts, _ = vocabulary(config.get("text_config", config)["vocab_size"])
        (folder / "tokenizer.json").write_text(json.dumps(dict(model=dict(type="BPE", vocab={text: i for i, text in enumerate(texts)}, merges=MERGES), added_tokens=[])))
        kind = get_model_class(get_model_architecture(ModelBase.load_hparams(folder, False), ModelType.TEXT))
        options = dict(flags or {})
        kind.no_mtp = ModelBase.no_mtp = options.pop("no_mtp", False)
        with torch.inference_mode():
            model = kind(folder, gguf.LlamaFileType.MOSTLY_BF16, out, eager=True, model_name=out.stem, **options)
            model = getattr(model, "impl", model)
            for base in type(model).__mro__:
                if "set_vocab" in base.__dict__:
                    base.set_vocab = write_vocabulary
            model.write()


def with_keys(path, keys):
    """The same file with other metadata."""
    reader = gguf.GGUFReader(path)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(path.with_suffix(".new"), architecture)
    for key, field in reader.fields.items():
        if key.startswith("GGUF.") or key == "general.architecture" or key.removeprefix(f"{architecture}.") in keys:
            continue
        writer.add_key_value(key, field.contents(), field.types[0], field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None)
    for key, value in keys.items():
        (writer.add_array if isinstance(value, list) else writer.add_uint32)(f"{architecture}.{key}", value)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    path.with_suffix(".new").rename(path)


def expected(folder, cases, says, why, is_other):
    """What transformers computes of the checkpoint with its config changed to what the file says."""
    config = json.loads((folder / "config.json").read_text())
    config.get("text_config", config).update(says or {})
    (folder / "config.json").write_text(json.dumps(config))
    model, found = getattr(transformers, config["architectures"][0]).from_pretrained(folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    assert not found["missing_keys"] and not found["mismatched_keys"], found
    sequences = []
    for sequence in cases["sequences"]:
        ids = sequence["input_ids"]
        with torch.inference_mode():
            logits = model.eval()(input_ids=torch.tensor([ids])).logits[0].float()
        of_next = logits.log_softmax(-1)[torch.arange(len(ids) - 1), torch.tensor(ids[1:])]
        sequences.append(dict(input_ids=ids, last_logits=[round(x, 6) for x in logits[-1].tolist()], log_probs=[round(x, 6) for x in of_next.tolist()]))
    differs = max(abs(a - b) for new, old in zip(sequences, cases["sequences"]) for a, b in zip(new["last_logits"], old["last_logits"]))
    assert (differs < 5e-4) == (not says and not is_other), differs
    recorded = [] if says or is_other else [{key: value for key, value in case.items() if key != "expected"} for case in cases["cases"] if case["name"] in RECORDED]
    source = f"sequences: transformers {transformers.__version__}, fp32, eager; expected_fp64: recorded with the checkpoint"
    return dict(source=source, **(dict(says=says, why=why) if says else {}), sequences=sequences, cases=recorded)


def make(name, of=None, edit=None, change=None, flags=None, keys=None, says=None, why=None, is_other=False):
    source = CHECKPOINTS / (of or name)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / name
        folder.mkdir()
        config, tensors = json.loads((source / "config.json").read_text()), load_file(source / "model.safetensors")
        if change:
            change(config, tensors)
        (folder / "config.json").write_text(json.dumps(config))
        save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, folder / "model.safetensors", metadata={"format": "pt"})
        path = OUT / f"{name}.gguf"
        convert(folder, path, edit, flags)
        if keys:
            with_keys(path, keys)
        record = expected(folder, json.loads((source / "cases.json").read_text()), says, why, is_other)
        (OUT / f"{name}.expected.json").write_text(json.dumps(record, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    OUT.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[4:] or FILES:
        # The converter's classes keep what they were told.
        child = os.fork()
        if child == 0:
            make(name, **FILES[name])
            os._exit(0)
        print(name, "made" if os.waitpid(child, 0)[1] == 0 else "FAILED", flush=True)
