"""Random small templates and what Jinja2 makes of them, for white space control, raw text, comments and loops: python tools/cases/jinja_renderings.py > test/data/prompts/jinja-renderings.json
(jinja2 3.1.6, in a virtual environment, set up as prompty 2.1.0 does)."""

import json
import random

from jinja2.sandbox import ImmutableSandboxedEnvironment

VALUES = {"name": "Ana", "empty": "", "items": ["lamp", "a \"big\" chair"], "lines": "one\n user:\ntwo ", "shop": {"city": "Oslo", "open": [1, 2]}, "braces": "{{ name }} {% x %}"}
TEXTS = ["", " ", "\n", "  \n", "\n\n  ", "a", "lamp ", "\nuser:\n", "{ }", "%}", "-%}", "}}", "#}", "\t", "é 漢 🙂", "'", '"', "a -", "- b"]
SIMPLE = ["{{ name }}", "{{-name-}}", "{{ name|upper -}}", "{{- empty }}", "{{ missing }}", "{{ shop.city ~ '}}' }}", "{{ lines }}", "{{ braces }}", "{# a #}", "{#- %} {{ -#}", "{{ {'a': {'b': 1}}['a']['b'] }}", "{{ \"%}\" }}",
          "{% raw %}{{ x }} {# {% endraw %}", "{%- raw -%} {{ y }} {%- endraw -%}", "{% set k = 'v' %}", "{%- set k = 'w' -%}", "{{ items | join(', ') }}", "{{ items|length }}"]
BLOCKS = [("{% if name %}", "{% else %}", "{% endif %}"), ("{%- if empty -%}", "{%- else -%}", "{%- endif -%}"), ("{% for i in items %}", None, "{% endfor %}"), ("{%- for i in items -%}", None, "{%- endfor %}"),
          ("{%+ if not empty +%}", None, "{% endif -%}"), ("{% for i in shop.open %}{{ i }}", None, "{{ loop.index }}{% endfor %}")]

rng = random.Random(5)


def template(depth: int = 0) -> str:
    out = ""
    for _ in range(rng.randint(1, 5)):
        out += rng.choice(TEXTS)
        if rng.random() < 0.3 and depth < 3:
            opening, otherwise, closing = rng.choice(BLOCKS)
            out += opening + template(depth + 1) + (otherwise + template(depth + 1) if otherwise and rng.random() < 0.5 else "") + closing
        else:
            out += rng.choice(SIMPLE)
    return out + rng.choice(TEXTS)


environment = ImmutableSandboxedEnvironment(keep_trailing_newline=True)
renderings = []
while len(renderings) < 400:
    source = template()
    renderings.append([source, environment.from_string(source).render(**VALUES)])
print(json.dumps({"by": "jinja2 3.1.6", "values": VALUES, "renderings": renderings}, ensure_ascii=False, indent=0))
