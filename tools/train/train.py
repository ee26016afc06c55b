"""Trains the embedded model further: python3 tools/train/train.py --out OUT --minutes 60 (README.md says more).

Loss on generated tokens only. Prompts grow in facts and length; families on which the model fails get more of the samples."""
import argparse, collections, datetime, os, shutil, tempfile, time
import torch, torch.distributed as dist, torch.multiprocessing, torch.nn.functional as F
from bpe import load
from decoder import load_checkpoint, save_checkpoint
from muon import Muon
from sample import answer_text, prompt_text, sample
from samples import MODEL
from tasks import DRILLS, FAMILIES, ORIGINAL
from words import draws

STAGES = [(.2, 6, 224), (.5, 8, 352), (1.1, 8, 512)]   # until this share of the time: facts up to, tokens up to


def encode(tokenizer, s):
    """Token ids of a chat with all its turns, and for each turn the range of ids that the model has to write."""
    ids, spans = tokenizer.encode(prompt_text(s.messages)), []
    for i, turn in enumerate(s.turns):
        if i: ids += tokenizer.encode(prompt_text([dict(role='user', content=turn.question)]))
        start = len(ids); ids += tokenizer.encode(answer_text(turn)); spans.append((start, len(ids)))
    return ids, spans


def draw(r, tokenizer, right, facts, tokens):
    """One training chat: (ids, spans, task). Asking several questions about the same facts makes the most of a long prompt.

    `right` (the share of turns that the model gets right, by task) says what to draw: weak tasks more often, and short until they are half learned."""
    task = r.choices(list(right), [.15 + (1 - x) ** .7 * (1 if x > .6 else 2 if t in DRILLS else 1.5) for t, x in right.items()])[0]; weak = right[task] < .6 or task in DRILLS
    if weak: facts, tokens = min(facts, 4 if right[task] < .45 else 6 if right[task] < .7 else 8), min(tokens, 224)
    few = task in ('override', 'injection')   # an obeyed note answers every question alike
    r.original = task in ORIGINAL and r.random() < .3   # a world without relations, say, is in no other form
    s = sample(r, tokenizer, task, (2, facts), tokens, r.choice([1, 2]) if few else 8 if weak else r.choice([1, 2, 4, 5]), .05 if weak else .35, weak or r.random() < .3, .4 if task in ('prefs', 'reverse') else None)
    r.original = False; ids, spans = encode(tokenizer, s)
    while len(ids) > tokens + 220: spans.pop(); ids = ids[:spans[-1][1]]
    return ids, spans, task


def batches(r, tokenizer, right, facts, tokens, size, count=24):
    """At least `count` batches of similar lengths, at most `size` tokens each, padding included."""
    chats, total = [], 0
    while total < size * count: chats.append(draw(r, tokenizer, right, facts, tokens)); total += len(chats[-1][0])
    chats.sort(key=lambda c: len(c[0])); groups, group = [], []
    for c in chats:
        if group and (len(group) + 1) * len(c[0]) > size: groups.append(group); group = []
        group.append(c)
    groups.append(group); r.shuffle(groups); return groups


def tensors(group, pad):
    """ids [B, T] and rows [B, T]: rows marks the positions whose next token counts."""
    T = max(len(ids) for ids, _, _ in group); ids = torch.full((len(group), T), pad); rows = torch.zeros(len(group), T, dtype=torch.bool)
    for i, (x, spans, _) in enumerate(group):
        ids[i, :len(x)] = torch.tensor(x)
        for a, b in spans: rows[i, a - 1:b - 1] = True
    return ids, rows


def train(rank, a, rendezvous):
    """One of `a.processes` workers. Gradients are summed over all of them and divided by the number of learned tokens: one large batch a step."""
    torch.set_num_threads(1); torch.set_flush_denormal(True); chief = rank == 0
    dist.init_process_group('gloo', init_method='file://' + rendezvous, rank=rank, world_size=a.processes)
    tokenizer, model = load(MODEL), load_checkpoint(a.start); pad = tokenizer.id['<|endoftext|>']; parameters = list(model.parameters())
    matrices = [x for x in model.model.layers.parameters() if x.dim() == 2]; others = [x for x in parameters if not any(x is m for m in matrices)]
    optimisers = [Muon(matrices, a.peak), torch.optim.AdamW(others, lr=a.peak, betas=(.9, .98), weight_decay=0)]
    r = draws(f'train/{a.seed}/{rank}'); begun = time.time(); saved = begun; step = seen = learned = 0; f = a.begin
    right = {t: .5 for t in a.task or (*FAMILIES, *DRILLS)}; losses = collections.deque(maxlen=100)
    while f < 1:
        stage = next(s for s in STAGES if f < s[0])
        for group in batches(r, tokenizer, right, stage[1], stage[2], a.tokens)[:20]:   # the same number in every worker
            ids, rows = tensors(group, pad); logits = model(ids, rows); want = torch.cat([ids[:, 1:], ids[:, :1]], 1)[rows]
            loss = F.cross_entropy(logits, want, reduction='sum'); model.zero_grad(); loss.backward()
            now = a.begin + (1 - a.begin) * (time.time() - begun) / 60 / a.minutes   # the first worker's clock rules the schedule
            flat = torch.cat([x.grad.reshape(-1) for x in parameters] + [torch.tensor([loss.item(), len(want), ids.numel(), now if chief else 0])])
            dist.all_reduce(flat); total, count, size, f = flat[-4:].tolist(); at = 0
            for x in parameters: x.grad = flat[at:at + x.numel()].view_as(x) / count; at += x.numel()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            for optimiser in optimisers:
                for g in optimiser.param_groups: g['lr'] = a.peak * min(1, (step + 1) / 100) * min(1, max(.01, (1 - f) / .25))
                optimiser.step()
            step += 1; seen += int(size); learned += int(count); losses.append(total / count)
            hit, at = (logits.detach().argmax(-1) == want).tolist(), 0   # greedy decoding writes the gold turn exactly if every token of it is the best one
            for _, spans, task in group:
                for x, y in spans: right[task] = .985 * right[task] + .015 * all(hit[at:at + y - x]); at += y - x
            if chief and step % 50 == 0:
                print(f"{datetime.datetime.now():%H:%M:%S} step {step} {f:.1%} loss {sum(losses) / len(losses):.4f} {seen / (time.time() - begun):.0f} tokens/s, {seen / 1e6:.2f}M seen, {learned / 1e6:.2f}M learned | "
                      + ' '.join(f'{t} {x:.2f}' for t, x in right.items()), flush=True)
            if chief and time.time() - saved > 180: save_checkpoint(model, a.out); saved = time.time()
            if f >= 1: break
    if chief:
        save_checkpoint(model, a.out)
        print(f'done: {step} steps, {seen} tokens, {learned} of them learned, {(time.time() - begun) / 60:.1f} minutes', flush=True)


def main():
    p = argparse.ArgumentParser(description='Trains the embedded model further.')
    p.add_argument('--out', required=True); p.add_argument('--minutes', type=float, required=True); p.add_argument('--start', default=MODEL, help='checkpoint folder to begin with')
    p.add_argument('--peak', type=float, default=1.5e-3); p.add_argument('--tokens', type=int, default=1800, help='of one worker in a step'); p.add_argument('--seed', type=int, default=4)
    p.add_argument('--processes', type=int, default=2, help='workers of one thread each; they share cores with other programs better than threads do')
    p.add_argument('--task', action='append', choices=[*FAMILIES, *DRILLS], help='only this family (may be given again)')
    p.add_argument('--begin', type=float, default=0, help='where in the schedule to begin, 0 to 1 (to go on after a stop)')
    a = p.parse_args(); os.makedirs(a.out, exist_ok=True)
    for name in ('tokenizer.json', 'tokenizer_config.json', 'generation_config.json'): shutil.copy(os.path.join(MODEL, name), a.out)
    with tempfile.TemporaryDirectory() as folder: torch.multiprocessing.spawn(train, (a, os.path.join(folder, 'rendezvous')), a.processes)


if __name__ == '__main__': main()
