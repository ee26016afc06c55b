"""Exact answers of greedy decoding, task by task: python3 tools/train/evaluate.py --model models/tracelet-1m --seed 1000 --count 100 [--facts 8]."""
import argparse, collections, json, os
import torch
from bpe import load
from decoder import load_checkpoint
from samples import MODEL, records
from sample import prompt_text
from tasks import FAMILIES, ORIGINAL


@torch.no_grad()
def decode(model, tokenizer, text, limit=260):
    """What the model writes behind `text`, the most probable token each time, up to `<|im_end|>`."""
    ids, cache, end, out = tokenizer.encode(text), [{} for _ in model.model.layers], tokenizer.id['<|im_end|>'], []
    rows = torch.zeros(1, len(ids), dtype=torch.bool); rows[0, -1] = True
    logits = model(torch.tensor([ids]), rows, cache)
    while len(out) < limit:
        best = int(logits.reshape(-1, logits.shape[-1])[-1].argmax())
        if best == end: break
        out.append(best); logits = model(torch.tensor([[best]]), None, cache)
    return tokenizer.decode(out)


def main():
    p = argparse.ArgumentParser(description='Exact answers of greedy decoding on seeded samples.')
    p.add_argument('--model', default=MODEL); p.add_argument('--seed', type=int, required=True); p.add_argument('--count', type=int, default=100, help='of each task')
    p.add_argument('--facts', type=int, default=8); p.add_argument('--tokens', type=int, default=512); p.add_argument('--task', action='append', choices=list(FAMILIES))
    p.add_argument('--original', action='store_true', help='as for samples.py'); p.add_argument('--failures', help='file for the failures, as JSON Lines')
    a = p.parse_args(); torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', 2)))
    tokenizer, model = load(a.model), load_checkpoint(a.model).eval()
    right, whole, total = collections.Counter(), collections.Counter(), collections.Counter(); cells = collections.defaultdict(lambda: [0, 0]); failures = []
    tasks = a.task or list(ORIGINAL if a.original else FAMILIES)
    for s in records(a.seed, a.count * len(tasks), a.facts, a.tokens, tasks, tokenizer, a.original):
        text = decode(model, tokenizer, prompt_text(s['messages'])); gold = f"<think>\n{s['reasoning']}\n</think>\n{s['answer']}"
        ok = text.rsplit('</think>\n', 1)[-1] == s['answer']; task = s['task']; total[task] += 1; right[task] += ok; whole[task] += text == gold
        for key in (f"{task} / {s['layout']}", f"tokens {s['tokens'] // 128 * 128}"): cells[key][0] += ok; cells[key][1] += 1
        if not ok: failures.append({**s, 'generated': text})
    for task in tasks: print(f'{task:12} answer {right[task]}/{total[task]} = {right[task] / total[task]:.3f}   reasoning and answer to the letter {whole[task] / total[task]:.3f}')
    print(f'all          answer {sum(right.values())}/{sum(total.values())}')
    for key, (ok, n) in sorted(cells.items()):
        if ok < n: print(f'  {key:28} {ok}/{n}')
    if a.failures:
        with open(a.failures, 'w', encoding='utf8') as f: f.writelines(json.dumps(x) + '\n' for x in failures)


if __name__ == '__main__': main()
