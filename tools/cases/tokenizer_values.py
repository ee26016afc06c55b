"""Right ids of tokenizer cases: python tools/cases/tokenizer_values.py FOLDER... (tokenizers 0.23, in a virtual environment).

A folder holds tokenizer.json and texts.json; the ids that the tokenizers library gives, without special tokens of its own, are written to expected.json.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

for folder in map(Path, sys.argv[1:]):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    texts = json.loads((folder / "texts.json").read_text())
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    (folder / "expected.json").write_text(json.dumps(ids) + "\n")
