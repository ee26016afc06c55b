"""Scores of other methods on the transcripts of docs/evaluation/real, for its report. For developers alone.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install torch==2.13.0 transformers==4.52.4 gguf==0.19.0 lxt==2.1 scikit-learn==1.9.1 accelerate
    /tmp/peers/bin/python tools/peers/peers.py model.gguf docs/evaluation/real/NAME.jsonl docs/evaluation/real/peers/NAME.jsonl --pad ID --count 64
    /tmp/peers/bin/python tools/peers/peers.py ... --attnlrp

Runs the file's dequantised weights in fp32 over the ids that were recorded, and writes each sentence's summed score, a line a transcript at once; run again, it goes on with those that are missing. What is explained is what every other method
of the report explains: log P of all that was generated.

- gradient x input: of the embeddings, signed.
- integrated gradients (Sundararajan et al. 2017), from the padding token's embedding, STEPS steps.
- AttnLRP (Achtibat et al. 2024): as `lxt.efficient` patches the model's classes (hence a run of its own), relevance of the embeddings for the generated tokens' logits.
- ContextCite (Cohen-Wang et al. 2024): MASKS random halves of the sentences left out (deleted), a sparse linear model (Lasso, alpha 0.01) of logit P of the generation.
"""
import argparse
import json
import random
import sys
import time
from pathlib import Path

import torch
from sklearn.linear_model import Lasso
from transformers import AutoModelForCausalLM

STEPS = 8
MASKS = 32
ALPHA = 0.01


def log_prob(model, ids, start):
    """Sum of log P of the tokens from `start` on."""
    with torch.no_grad():
        logits = model(torch.tensor([ids]), use_cache=False).logits[0, start - 1:-1]
    return torch.log_softmax(logits.double(), -1).gather(1, torch.tensor(ids[start:])[:, None]).sum().item()


def embedding_gradient(model, embedded, ids, start, of):
    embedded = embedded.detach().requires_grad_()
    logits = model(inputs_embeds=embedded, use_cache=False).logits[0, start - 1:-1]
    targets = torch.tensor(ids[start:])[:, None]
    (torch.log_softmax(logits, -1) if of == 'log P' else logits).gather(1, targets).sum().backward()
    return embedded.grad[0]


def gradient_input(model, ids, start, of='log P'):
    embedded = model.get_input_embeddings()(torch.tensor([ids])).detach()
    return (embedding_gradient(model, embedded, ids, start, of) * embedded[0]).sum(-1).tolist()


def integrated_gradients(model, ids, start, pad):
    embed = model.get_input_embeddings()
    whole = embed(torch.tensor([ids])).detach()
    neutral = whole.clone()
    neutral[0, :start] = embed(torch.tensor(pad)).detach()
    total = sum(embedding_gradient(model, neutral + (step + 0.5) / STEPS * (whole - neutral), ids, start, 'log P') for step in range(STEPS)) / STEPS
    return (total * (whole - neutral)[0]).sum(-1).tolist()


def context_cite(model, ids, start, sentences, seed):
    draw = random.Random(seed)
    masks, values = [], []
    for _ in range(MASKS):
        mask = [draw.random() < 0.5 for _ in sentences]
        gone = {i for (a, b), kept in zip(sentences, mask) if not kept for i in range(a, b)}
        left = [token for i, token in enumerate(ids) if i not in gone]
        p = log_prob(model, left, start - len(gone))
        masks.append([float(kept) for kept in mask])
        values.append(p - torch.log(-torch.expm1(torch.tensor(min(p, -1e-9), dtype=torch.float64))).item())
    scale = max(1e-9, (sum((v - sum(values) / MASKS) ** 2 for v in values) / MASKS) ** 0.5)
    fitted = Lasso(alpha=ALPHA).fit(masks, [v / scale for v in values])
    return [weight * scale for weight in fitted.coef_]


def load(path):
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, torch_dtype=torch.float32).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model


def patch(model):
    from lxt.efficient import monkey_patch
    monkey_patch(sys.modules[type(model).__module__], verbose=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('model', type=Path)
    parser.add_argument('records', type=Path)
    parser.add_argument('out', type=Path)
    parser.add_argument('--count', type=int, default=10 ** 9)
    parser.add_argument('--pad', type=int, required=True, help="id of the padding token, as the report's removals have it")
    parser.add_argument('--attnlrp', action='store_true')
    options = parser.parse_args()
    records = [json.loads(line) for line in options.records.read_text().splitlines()][:options.count]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.loads(line) for line in options.out.read_text().splitlines()] if options.out.exists() else []
    known = {line['id'] for line in lines if ('AttnLRP' in line['scores']) == options.attnlrp}
    model = load(options.model)
    if options.attnlrp:
        patch(model)
    waiting = [record for record in records if record['id'] not in known]
    for n, record in enumerate(waiting):
        ids, start = record['ids'], record['promptLength']
        sentences = [sentence['tokens'] for sentence in record['sentences']]
        scores, times = {}, {}

        def take(name, work):
            began = time.perf_counter()
            scores[name] = [round(value, 6) for value in work()]
            times[name] = round(1000 * (time.perf_counter() - began), 1)

        def by_sentence(values):
            return [sum(values[a:b]) for a, b in sentences]

        began = time.perf_counter()
        p = log_prob(model, ids, start)
        times['prefill'] = round(1000 * (time.perf_counter() - began), 1)
        if abs(p - record['logProb']) > 0.02 * abs(p) + 0.02:
            raise SystemExit(f"{record['id']}: log P is {p:.3f} here and {record['logProb']} in the record; these are other weights.")
        if options.attnlrp:
            take('AttnLRP', lambda: by_sentence(gradient_input(model, ids, start, 'logits')))
        else:
            take('gradient x input', lambda: by_sentence(gradient_input(model, ids, start)))
            take('integrated gradients', lambda: by_sentence(integrated_gradients(model, ids, start, options.pad)))
            take('ContextCite', lambda: context_cite(model, ids, start, sentences, records.index(record)))
        with options.out.open('a') as out:
            out.write(json.dumps({'id': record['id'], 'scores': scores, 'times': times}) + '\n')
        print(f'{n + 1} of {len(waiting)}', flush=True)


main()
