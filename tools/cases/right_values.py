"""Right values of checkpoint cases: python tools/cases/right_values.py FOLDER... (transformers 5.24.0, torch, in a virtual environment).

A folder holds a checkpoint and cases.json (token ids). What transformers computes from it in fp32 with eager attention is written to expected.json: the most
likely token at every position, and the first eight logits of the last one. `--check` compares with what is there instead.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
import transformers


def right_values(folder: Path) -> dict:
    (case,) = json.loads((folder / "cases.json").read_text())["cases"]
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    with torch.no_grad():
        logits = model(torch.tensor([case["input_ids"]])).logits[0]
    return {
        "by": f"transformers {transformers.__version__} fp32 eager",
        "argmax_per_position": logits.argmax(-1).tolist(),
        "last_logits_head": logits[-1, :8].tolist(),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    wrong = 0
    for folder in options.folders:
        found = right_values(folder)
        path = folder / "expected.json"
        if not options.check:
            path.write_text(json.dumps(found))
            continue
        there = json.loads(path.read_text())
        off = max(abs(a - b) for a, b in zip(found["last_logits_head"], there["last_logits_head"]))
        same = found["argmax_per_position"] == there["argmax_per_position"] and off < 1e-5
        wrong += not same
        print(f"{'same' if same else 'DIFFERS'} ({off:.1e}) {folder.name}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
