"""Writes seeded samples as JSON Lines: python3 tools/train/samples.py --seed 1 --count 200 --facts 8 --out samples.jsonl (format: README.md)."""
import argparse, json, os, sys
from bpe import load
from sample import sample
from tasks import FAMILIES, ORIGINAL
from words import draws

MODEL = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'models', 'tracelet-1m')


def records(seed, count, facts, tokens=512, tasks=None, tokenizer=None, original=False):
    """`count` samples as dictionaries; families take turns, so that each has the same number to within one."""
    tokenizer = tokenizer or load(MODEL)
    tasks = tasks or list(ORIGINAL if original else FAMILIES)
    for i in range(count):
        task = tasks[i % len(tasks)]
        s = sample(draws(f'{seed}/{i}/{task}', original), tokenizer, task, (2, facts), tokens); turn = s.turns[0]
        yield dict(task=task, seed=seed, index=i, layout=s.layout, tokens=s.tokens, messages=s.messages, question=turn.question, reasoning=turn.reasoning, answer=turn.answer,
                   evidence=[dict(message=m, start=a, end=b) for m, a, b in turn.evidence])


def main(argv):
    p = argparse.ArgumentParser(description='Seeded samples with gold evidence, one JSON object a line.')
    p.add_argument('--seed', type=int, required=True); p.add_argument('--count', type=int, required=True)
    p.add_argument('--facts', type=int, default=8, help='at most this many facts of the main kind (2 to 8)')
    p.add_argument('--tokens', type=int, default=512, help='prompt and answer have at most this many tokens')
    p.add_argument('--task', action='append', choices=list(FAMILIES), help='only this family (may be given again)')
    p.add_argument('--original', action='store_true', help='only the six families, wordings and layouts that the first weights have seen')
    p.add_argument('--model', default=MODEL, help='folder of the tokenizer that counts'); p.add_argument('--out', required=True)
    a = p.parse_args(argv)
    if not 2 <= a.facts <= 8: p.error(f'--facts is {a.facts}; it must be from 2 to 8')
    if a.tokens < 200: p.error(f'--tokens is {a.tokens}; it must be at least 200, for the longest two-fact prompts need that')
    with open(a.out, 'w', encoding='utf8', newline='\n') as f:
        for record in records(a.seed, a.count, a.facts, a.tokens, a.task, load(a.model), a.original): f.write(json.dumps(record, ensure_ascii=False) + '\n')


if __name__ == '__main__': main(sys.argv[1:])
