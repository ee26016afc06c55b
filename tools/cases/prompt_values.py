"""Right prompts of template cases: python tools/cases/prompt_values.py [--check] FOLDER... (transformers 5.24, in a virtual environment).

A folder holds a tokenizer with its chat templates and transcript.json, a request that ends with the assistant's turn. What apply_chat_template gives of the turns before
it, with the generation prompt, is written to expected.txt.
"""

import json
import sys
from pathlib import Path

from transformers import AutoTokenizer

check = "--check" in sys.argv
for folder in [Path(name) for name in sys.argv[1:] if name != "--check"]:
    request = json.loads((folder / "transcript.json").read_text())
    tokenizer = AutoTokenizer.from_pretrained(folder)
    given = {key: request[key] for key in ("tools", "documents") if key in request} | request.get("chat_template_kwargs", {})
    prompt = tokenizer.apply_chat_template(request["messages"][:-1], tokenize=False, add_generation_prompt=True, **given)
    path = folder / "expected.txt"
    if check:
        print(folder.name, "same" if path.read_bytes().decode() == prompt else f"differs: {prompt!r}")
    else:
        path.write_bytes(prompt.encode())
