"""Facts, and how a prompt shows them: lists, sentences, tables, records, JSON. Keeps the character range of every fact."""
from dataclasses import dataclass, field
from words import filler


@dataclass(eq=False)
class Fact:
    """One statement. `cells` ({column: value}) lets tables and JSON show it; a fact without cells is always a sentence."""
    sentence: str
    cells: dict = field(default_factory=dict)
    shown: str = ''


@dataclass
class Query:
    """A question, the reasoning that answers it and the facts that this rests on. A step is a Fact (copied as it is shown) or text."""
    question: str
    steps: list
    answer: str

    @property
    def evidence(self): return [step for step in self.steps if isinstance(step, Fact)]


class Text:
    """A message under construction: text, and [start, end) of each fact in it."""
    def __init__(self): self.text, self.ranges = '', {}

    def add(self, text, fact=None):
        start = len(self.text); self.text += text
        if fact: self.ranges[id(fact)] = (start, len(self.text))
        return self


TABULAR = ('table', 'record', 'json')


def choose_layout(r, facts, plain_share=.75):
    if r.original: return r.choice(['dash', 'running', 'lines'])
    if r.random() < plain_share or not any(f.cells for f in facts): return r.choice(['dash', 'dash', 'running', 'running', 'lines', 'lines', 'numbered', 'star'])
    return r.choice(TABULAR)


def show(fact, layout):
    """The text that stands for a fact under a layout."""
    if not fact.cells or layout not in TABULAR: return fact.sentence
    if layout == 'table': return '| ' + ' | '.join(fact.cells.values()) + ' |'
    if layout == 'record': return ', '.join(f'{k}: {v}' for k, v in fact.cells.items())
    return '{' + ', '.join(f'"{k}": "{v}"' for k, v in fact.cells.items()) + '}'


def add_facts(r, text, facts, layout, fillers):
    """Appends facts and filler sentences, shuffled. Under a tabular layout facts of the same columns stand together."""
    for fact in facts: fact.shown = show(fact, layout)
    loose = [f for f in facts if layout not in TABULAR or not f.cells]
    items = loose + list(fillers); r.shuffle(items)
    if layout in TABULAR:
        groups = {}
        for fact in facts:
            if fact.cells: groups.setdefault(tuple(fact.cells), []).append(fact)
        blocks = list(groups.values()); r.shuffle(blocks)
        for block in blocks: r.shuffle(block)
        place = r.randrange(len(items) + 1) if items else 0
        items = items[:place] + blocks + items[place:]
    separator, mark = {'running': (' ', ''), 'dash': ('\n', '- '), 'star': ('\n', '* ')}.get(layout, ('\n', ''))
    for i, item in enumerate(items):
        if i: text.add(separator)
        if layout == 'numbered': mark = f'{i + 1}. '
        if isinstance(item, list):
            if layout == 'table': text.add('| ' + ' | '.join(item[0].cells) + ' |\n')
            for j, fact in enumerate(item):
                if j: text.add('\n')
                text.add('- ' if layout == 'record' else '').add(fact.shown, fact)
        elif isinstance(item, Fact): text.add(mark).add(item.shown, item)
        else: text.add(mark + item)
    return text


def reasoning(query):
    """The steps as one text: sentences follow each other on a line, table rows and records stand on lines of their own."""
    texts = [(s.shown, s.shown != s.sentence) if isinstance(s, Fact) else (s, False) for s in query.steps]
    out = texts[0][0]
    for (_, before), (text, row) in zip(texts, texts[1:]): out += ('\n' if before or row else ' ') + text
    return out


def fillers_for(r, count): return [filler(r) for _ in range(count)]
