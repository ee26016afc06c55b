"""What config.json may leave out: python tools/cases/config_defaults.py [MODEL_TYPE...] (transformers 5.24.0, torch, in a virtual environment).

Writes test/data/families/defaults.json, an entry for every model_type that is there or named:
- `fields`: what the fields of its configuration class are before anything is derived from them, and `default_theta`, the base of RoPE;
- `others`: keys that the class takes for others (its `attribute_map`);
- `whole`: the config.json that transformers makes of one that holds the model_type alone.
and test/data/families/partial.json: configurations with a few keys (PARTIAL) as `config`, each with the `whole` that transformers makes of it, and where its
RoPE is one that the family's own code computes, the `inverse` frequencies.

A multimodal one has the `whole` of an empty text_config, and `flat`: whether its class takes the decoder's fields from the top where there is no text_config.
`--check` compares both with what is there instead.
"""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from transformers import AutoModel, PreTrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

FOLDER = Path(__file__).resolve().parents[2] / "test" / "data" / "families"
# Of every class, and of training or generating: no number of a forward pass hangs on them.
OTHERS = {field.name for field in dataclasses.fields(PreTrainedConfig)} | {
    "attention_dropout", "bos_token_id", "eod_token_id", "eos_token_id", "initializer_range", "output_router_logits", "pad_token_id", "pretraining_tp",
    "router_aux_loss_coef", "router_jitter_noise", "output_attentions", "use_cache", "embd_pdrop", "resid_pdrop", "embedding_dropout", "residual_dropout",
}

YARN = {"rope_type": "yarn", "factor": 4.0}
LONG = {"type": "su", "short_factor": [1.0] * 48, "long_factor": [2.0] * 48, "original_max_position_embeddings": 1000}
PARTIAL = [
    {"model_type": "qwen2", "use_sliding_window": True, "max_window_layers": 2, "num_hidden_layers": 4},
    {"model_type": "qwen2_moe", "use_sliding_window": True, "max_window_layers": 5, "num_hidden_layers": 8},
    {"model_type": "qwen3_moe", "use_sliding_window": True, "num_hidden_layers": 2},
    {"model_type": "qwen3_moe", "num_experts": 16, "num_hidden_layers": 2},
    {"model_type": "qwen3_moe", "num_local_experts": 16, "num_hidden_layers": 2},
    {"model_type": "mixtral", "num_experts": 4, "num_hidden_layers": 2},
    {"model_type": "lfm2", "block_ff_dim": 6656, "tie_embedding": False, "full_attn_idxs": [1], "num_hidden_layers": 3},
    {"model_type": "gemma", "hidden_act": "gelu", "num_hidden_layers": 2},
    {"model_type": "gemma3_text", "num_hidden_layers": 6, "rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 5.0}}},
    {"model_type": "gemma3_text", "num_hidden_layers": 6, "rope_theta": 5.0, "rope_local_base_freq": 7.0, "rope_scaling": {"rope_type": "linear", "factor": 8.0}, "sliding_window_pattern": 2},
    {"model_type": "gemma4_text", "num_hidden_layers": 14, "global_head_dim": 128, "num_global_key_value_heads": 2, "attention_k_eq_v": True},
    {"model_type": "gemma4_text", "num_hidden_layers": 3, "layer_types": ["full_attention", "sliding_attention", "sliding_attention"]},
    {"model_type": "gpt_oss", "num_hidden_layers": 2, "rope_theta": 777.0},
    {"model_type": "ministral", "num_hidden_layers": 2, "sliding_window": None},
    {"model_type": "ministral3", "num_hidden_layers": 2, "rope_theta": 777.0},
    {"model_type": "ministral3", "num_hidden_layers": 2, "rope_parameters": {"rope_type": "default"}},
    {"model_type": "olmo3", "num_hidden_layers": 4, "rope_scaling": {**YARN, "original_max_position_embeddings": 512}},
    {"model_type": "phi3", "num_hidden_layers": 2, "rope_scaling": LONG, "original_max_position_embeddings": 2048, "max_position_embeddings": 8192},
    {"model_type": "phi3", "num_hidden_layers": 2, "rope_scaling": {**LONG, "type": "yarn"}, "max_position_embeddings": 8192},
    {"model_type": "llama", "num_hidden_layers": 2, "rope_scaling": YARN, "original_max_position_embeddings": 2048, "max_position_embeddings": 8192},
    {"model_type": "glm", "num_hidden_layers": 2, "rope_parameters": {"rope_type": "default", "rope_theta": 5.0}},
    {"model_type": "exaone4", "num_hidden_layers": 6, "sliding_window": 128, "sliding_window_pattern": 3},
    {"model_type": "cohere2", "num_hidden_layers": 4, "sliding_window_pattern": 2},
    {"model_type": "smollm3", "num_hidden_layers": 4, "no_rope_layer_interval": 2, "use_sliding_window": True, "sliding_window": 64},
    {"model_type": "granitemoehybrid", "num_hidden_layers": 2, "layers_block_type": ["mamba", "attention"], "mamba_n_heads": 64},
    {"model_type": "qwen3_next", "num_hidden_layers": 6, "full_attention_interval": 3},
    {"model_type": "qwen2_5_vl", "num_hidden_layers": 2, "hidden_size": 2048, "num_attention_heads": 16, "num_key_value_heads": 2, "rope_theta": 5.0, "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]}},
    {"model_type": "hunyuan_v1_dense", "num_hidden_layers": 1, "vocab_size": 8, "hidden_size": 32, "intermediate_size": 8, "num_attention_heads": 2, "head_dim": 16,
     "rope_scaling": {"type": "dynamic", "alpha": 1000.0, "factor": 1.0, "beta_fast": 32, "beta_slow": 1, "mscale": 1.0, "mscale_all_dim": 1.0}},
]


def own_fields(config_class: type) -> dict:
    fields = {}
    for field in dataclasses.fields(config_class):
        if field.name in OTHERS or "config" in field.name:
            continue
        if field.default is not dataclasses.MISSING:
            fields[field.name] = field.default
        elif field.default_factory is not dataclasses.MISSING:
            fields[field.name] = field.default_factory()
    return fields


def spelled(values: dict) -> dict:
    """As in a file, which has a spelling of its own for what JSON has no number for."""
    return json.loads(PreTrainedConfig(values=values).to_json_string(use_diff=False))["values"]


def written(config: PreTrainedConfig) -> dict:
    whole = json.loads(config.to_json_string(use_diff=False))
    return {key: value for key, value in whole.items() if key not in OTHERS and not key.startswith("_")}


def entry_of(model_type: str) -> dict:
    config_class = CONFIG_MAPPING[model_type]
    if "text_config" in config_class.sub_configs:
        config = config_class(text_config={})
        flat = config_class(num_hidden_layers=3).text_config.num_hidden_layers == 3
        return {"whole": {"model_type": model_type, "tie_word_embeddings": config.tie_word_embeddings, "text_config": written(config.text_config)}, "flat": flat}
    return {
        "fields": {**spelled(own_fields(config_class)), "default_theta": config_class.default_theta},
        "others": config_class.attribute_map,
        "whole": written(config_class()),
    }


def partial_of(config: dict) -> dict:
    made = CONFIG_MAPPING[config["model_type"]].from_dict(dict(config))
    whole = written(made)
    if "text_config" in type(made).sub_configs:
        whole = {"model_type": whole["model_type"], "tie_word_embeddings": made.tie_word_embeddings, "text_config": written(made.text_config)}
    entry = {"config": config, "whole": whole}
    if (config.get("rope_scaling") or {}).get("alpha"):
        entry["inverse"] = AutoModel.from_config(made).rotary_emb.inv_freq.tolist()
    return entry


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model_types", nargs="*")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    defaults, partial = FOLDER / "defaults.json", FOLDER / "partial.json"
    there = json.loads(defaults.read_text()) if defaults.exists() else {}
    found = {model_type: entry_of(model_type) for model_type in sorted({*there, *options.model_types})}
    cases = [partial_of(config) for config in PARTIAL]
    if options.check:
        wrong = [model_type for model_type in found if found[model_type] != there.get(model_type)] + (["partial.json"] if cases != json.loads(partial.read_text()) else [])
        print(f"{len(found) + 1 - len(wrong)} of {len(found) + 1} are as recorded{': not ' + ', '.join(wrong) if wrong else ''}")
        return 1 if wrong else 0
    defaults.write_text("{\n" + ",\n".join(f"{json.dumps(model_type)}: {json.dumps(entry)}" for model_type, entry in found.items()) + "\n}\n")
    partial.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
