"""What transformers renders of each template: python tools/cases/template_values.py [--check] (transformers 5.24 and jinja2 3.1.6, in a virtual environment).

test/data/templates/expressions.json holds variables and templates; what each gives, or the class of what it raises, is written beside it. The day is 2026-07-04, 13:05:09.
"""

import datetime
import json
import sys
from pathlib import Path

import transformers.utils.chat_template_utils as chat_templates


class Frozen(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 7, 4, 13, 5, 9)


chat_templates.datetime = Frozen
path = Path(__file__).parents[2] / "test" / "data" / "templates" / "expressions.json"
data = json.loads(path.read_text())


def rendered(template: str) -> dict:
    try:
        return {"template": template, "expected": chat_templates._compile_jinja_template(template).render(**data["variables"])}
    except Exception as error:
        return {"template": template, "error": type(error).__name__}


cases = [rendered(case if isinstance(case, str) else case["template"]) for case in data["cases"]]
if "--check" in sys.argv:
    differing = [case for case, now in zip(data["cases"], cases) if case != now]
    sys.exit(f"{len(differing)} differ: {differing}" if differing else None)
body = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
path.write_text(f'{{\n "variables": {json.dumps(data["variables"], ensure_ascii=False)},\n "cases": [\n{body}\n ]\n}}\n')
