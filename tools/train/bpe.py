"""The tokenizer, in plain Python: byte-level BPE as tokenizer.json describes it (no training: the vocabulary stays as it is)."""
import json, os, re
PAT = re.compile(r"'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])|[^\r\nA-Za-z0-9]?[A-Za-z]+|[0-9]| ?[^\sA-Za-z0-9]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<think>', '</think>']
SPLIT = re.compile('(' + '|'.join(map(re.escape, SPECIAL)) + ')')

def byte_map():
    bs = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256)); cs = bs[:]; n = 0
    for b in range(256):
        if b not in bs: bs.append(b); cs.append(256 + n); n += 1
    return {b: chr(c) for b, c in zip(bs, cs)}
BM = byte_map()

class Tok:
    def __init__(s, vocab, merges):
        s.id = {t: i for i, t in enumerate(vocab)}
        for t in SPECIAL: s.id[t] = len(s.id)
        s.inv = {i: t for t, i in s.id.items()}; s.rank = {m: i for i, m in enumerate(merges)}; s.cache = {}
        s.unmap = {c: b for b, c in BM.items()}
    def word(s, w):
        if w in s.cache: return s.cache[w]
        x = [BM[b] for b in w.encode()]
        while len(x) > 1:
            best = min(((s.rank.get((x[i], x[i + 1]), 1e9), i) for i in range(len(x) - 1)))
            if best[0] == 1e9: break
            i = best[1]; x[i:i + 2] = [x[i] + x[i + 1]]
        o = [s.id[t] for t in x]; s.cache[w] = o; return o
    def encode(s, text):
        o = []
        for part in SPLIT.split(text):
            if not part: continue
            if part in SPECIAL: o.append(s.id[part])
            else:
                for w in PAT.findall(part): o += s.word(w)
        return o
    def decode(s, ids):
        out = b''
        for i in ids:
            t = s.inv[i]
            out += t.encode() if t in SPECIAL else bytes(s.unmap[c] for c in t)
        return out.decode('utf8', 'replace')



def load(folder):
    """The tokenizer of a checkpoint folder."""
    with open(os.path.join(folder, 'tokenizer.json'), encoding='utf8') as f: model = json.load(f)['model']
    return Tok(sorted(model['vocab'], key=model['vocab'].get), [tuple(m) for m in model['merges']])
