"""Right values of families of chat templates: python tools/cases/family_values.py [--check] FOLDER... (transformers 5.24 and tokenizers, in a virtual environment).

A folder of test/data/cases/families holds a family's own chat_template.jinja and case.json: its special tokens, the turns of the prompt, and, by hand, what such a model generates behind
it (`generation`), with which token it ends (`end`), and which part of that is reasoning and which the answer. Written to expected.json: the prompt as apply_chat_template gives it, its
ids (number and SHA-256), the texts of the generation's tokens, where reasoning and answer stand in the generation (characters, half-open), and whether the template itself writes
the generation so when it gets the answer with its reasoning in `reasoning_content` (`written`). A template that refuses the turns has `refused`: what it says.
The vocabulary is that of the included model, with the family's special tokens behind it. The day is 2026-07-04.
"""

import datetime
import hashlib
import json
import sys
from pathlib import Path

import transformers.utils.chat_template_utils as chat_templates
from tokenizers import AddedToken, Tokenizer
from transformers import PreTrainedTokenizerFast


class Frozen(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 7, 4, 12)


chat_templates.datetime = Frozen
VOCABULARY = Path(__file__).parents[2] / "models" / "tracelet-1m" / "tokenizer.json"


def tokenizer_of(folder: Path, case: dict) -> PreTrainedTokenizerFast:
    base = Tokenizer.from_file(str(VOCABULARY))
    base.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in case["special"]])
    return PreTrainedTokenizerFast(tokenizer_object=base, chat_template=(folder / "chat_template.jinja").read_bytes().decode(), **case["tokens"])


def place(text: str, part: str | None):
    if part is None:
        return None
    assert text.count(part) == 1, f"{part!r} stands once in {text!r}"
    return [text.index(part), text.index(part) + len(part)]


def values(folder: Path) -> dict:
    case = json.loads((folder / "case.json").read_text())
    tokenizer = tokenizer_of(folder, case)
    render = lambda messages, generate: tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=generate, **case.get("variables", {}))
    if "refused" in case:
        try:
            return {"prompt": render(case["messages"], True)}
        except Exception as error:
            return {"refused": str(error)}
    prompt = render(case["messages"], True)
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False)
    ids = encode(prompt)
    answer = {"role": "assistant", "content": case["answer"]} | ({"reasoning_content": case["reasoning"]} if case["reasoning"] else {})
    return {
        "prompt": prompt,
        "promptIds": [len(ids), hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()],
        "generation": [tokenizer.decode([token]) for token in [*encode(case["generation"]), *encode(case["end"])]],
        "reasoning": place(case["generation"], case["reasoning"]),
        "answer": place(case["generation"], case["answer"]),
        "written": render([*case["messages"], answer], False).startswith(prompt + case["generation"]),
    }


check = "--check" in sys.argv
for folder in [Path(name) for name in sys.argv[1:] if name != "--check"]:
    right = values(folder)
    path = folder / "expected.json"
    if check:
        print(folder.name, "same" if json.loads(path.read_text()) == right else f"differs: {right}")
    else:
        path.write_text(json.dumps(right, indent=1, ensure_ascii=False) + "\n")
