"""From a family to a chat: messages, the gold reasoning and answer, and the evidence as character ranges of the messages."""
from dataclasses import dataclass
from layouts import Fact, Text, add_facts, choose_layout, reasoning
from tasks import DRILLS, FAMILIES
from words import draws, filler

HEADS = ['', '', 'Facts:\n', 'Context:\n', 'Notes:\n']
MARKS = ['Question: ', 'Q: ', '']


@dataclass
class Turn:
    """One question of a chat: what the model shall think and say, and what that rests on (message index, start, end)."""
    question: str
    reasoning: str
    answer: str
    evidence: list


@dataclass
class Sample:
    """`messages` end before the first answer. `turns[1:]` are further questions about the same facts (training only)."""
    task: str
    layout: str
    messages: list
    turns: list
    tokens: int


def _build(r, world, queries, layout, fillers):
    """Messages and turns. Evidence ranges are recorded while the text is put together, never searched for."""
    messages, places = [], {}

    def put(role, text):
        for key, (start, end) in text.ranges.items(): places[key] = (len(messages), start, end)
        messages.append(dict(role=role, content=text.text))

    if world.system or world.system_facts:
        text = Text().add(world.system)
        for fact in world.system_facts:
            fact.shown = fact.sentence
            text.add(' ' if text.text else '').add(fact.sentence, fact)
        put('system', text)
    ask = queries[0].question
    if world.tool:
        put('user', Text().add(r.choice(MARKS) + ask))
        put('tool', add_facts(r, Text(), world.facts, layout, fillers))
    else:
        head, text = r.choice(HEADS), Text()
        if r.random() < .85: add_facts(r, text.add(head), world.facts, layout, fillers).add('\n' + r.choice(MARKS) + ask)
        else: add_facts(r, text.add(r.choice(MARKS[:2]) + ask + '\n' + head), world.facts, layout, fillers)
        put('user', text)
    turns = []
    for query in queries:
        steps = []
        for step in query.steps:   # a list of facts: in the order in which the prompt shows them
            steps += sorted(step, key=lambda f: places[id(f)]) if isinstance(step, list) else [step]
        query.steps = steps
        turns.append(Turn(query.question, reasoning(query), query.answer, sorted(places[id(f)] for f in steps if isinstance(f, Fact))))
    return messages, turns


def prompt_text(messages):
    return ''.join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages) + '<|im_start|>assistant\n'


def answer_text(turn): return f'<think>\n{turn.reasoning}\n</think>\n{turn.answer}<|im_end|>\n'


def sample(r, tokenizer, task=None, facts=(2, 8), tokens=512, questions=1, long_share=.4, drills=False, plain_share=None):
    """One chat whose prompt has at most `tokens` tokens, the first answer included.

    `facts` is the range of the number of facts of the family's main kind. A share of the prompts (`long_share`) is filled up with sentences
    that no answer rests on, to a length drawn evenly up to the limit. `plain_share`: of layouts without tables, in place of the family's own."""
    task = task or r.choice(list(FAMILIES))
    k = max(2, r.randint(*facts)); count = lambda s: len(tokenizer.encode(s))
    while True:
        world = (FAMILIES.get(task) or DRILLS[task])(r, k)
        pool = world.queries + world.drills if drills else world.queries
        queries = r.sample(pool, min(questions, len(pool)))
        layout = choose_layout(r, world.facts, world.plain_share if plain_share is None else plain_share)
        seed = r.getrandbits(32); fillers = [filler(r) for _ in range(r.choice([0, 0, 1, 2, 4]))]
        build = lambda extra: _build(draws(seed, r.original), world, [type(q)(q.question, list(q.steps), q.answer) for q in queries], layout, extra)
        size = lambda made: count(prompt_text(made[0])) + count(answer_text(made[1][0]))
        made = build(fillers); length = size(made)
        if length > tokens: k = max(2, k - 1); continue
        if r.random() < long_share:
            goal = r.uniform(length, tokens)
            while True:
                more = filler(r); cost = count(' ' + more) + 3
                if length + cost > goal: break
                fillers.append(more); length += cost
            made = build(fillers); length = size(made)
            if length > tokens: continue
        return Sample(task, layout, *made, length)
