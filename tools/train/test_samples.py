"""python3 -m unittest discover -s tools/train: the generator keeps its promises. Needs no PyTorch."""
import json, os, sys, tempfile, unittest
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bpe import load
from layouts import TABULAR
from sample import prompt_text
from samples import MODEL, main, records
from tasks import FAMILIES


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tokenizer = load(MODEL); cls.samples = list(records(11, 600, 8, tokenizer=cls.tokenizer))

    def evidence(self, s): return [s['messages'][e['message']]['content'][e['start']:e['end']] for e in s['evidence']]

    def test_every_family_the_same_number_of_times(self):
        self.assertEqual(sorted(s['task'] for s in self.samples), sorted(list(FAMILIES) * 60))

    def test_evidence_is_what_the_reasoning_copies(self):
        for s in self.samples:
            texts = self.evidence(s)
            self.assertTrue(texts, s)
            for text in texts: self.assertIn(text, s['reasoning'])
            rest = s['reasoning']   # nothing but evidence and a conclusion
            for text in sorted(texts, key=len, reverse=True): rest = rest.replace(text, '', 1)
            self.assertRegex(rest.strip(), r'^(In \w+:)?\s*(So .*\.)?$', s)

    def test_evidence_holds_the_answer(self):
        for s in self.samples:
            for part in s['answer'].split(' and '): self.assertTrue(any(part in text for text in self.evidence(s)), s)

    def test_evidence_is_whole_facts_outside_the_question(self):
        for s in self.samples:
            for e, text in zip(s['evidence'], self.evidence(s)):
                content = s['messages'][e['message']]['content']; at = content.find(s['question'])
                self.assertTrue(at < 0 or e['end'] <= at or e['start'] >= at + len(s['question']), s)
                self.assertTrue(e['start'] == 0 or content[e['start'] - 1] in ' \n', s)
                self.assertTrue(e['end'] == len(content) or content[e['end']] in ' \n', s)
                if s['layout'] not in TABULAR: self.assertTrue(text.endswith('.'), s)
            ranges = [(e['message'], e['start'], e['end']) for e in s['evidence']]
            self.assertEqual(ranges, sorted(set(ranges)))

    def test_one_question_and_no_answer_in_the_prompt(self):
        for s in self.samples:
            self.assertEqual(sum(m['content'].count(s['question']) for m in s['messages']), 1)
            self.assertNotIn('assistant', [m['role'] for m in s['messages']])

    def test_length(self):
        lengths = [len(self.tokenizer.encode(prompt_text(s['messages']) + f"<think>\n{s['reasoning']}\n</think>\n{s['answer']}<|im_end|>\n")) for s in self.samples]
        self.assertEqual(lengths, [s['tokens'] for s in self.samples])
        self.assertLessEqual(max(lengths), 512); self.assertGreater(max(lengths), 480)
        self.assertLessEqual(max(s['tokens'] for s in records(3, 60, 4, 256, tokenizer=self.tokenizer)), 256)

    def test_original_forms(self):
        for s in records(2, 120, 8, 210, tokenizer=self.tokenizer, original=True):
            self.assertIn(s['layout'], ('dash', 'lines', 'running')); self.assertLessEqual(s['tokens'], 210)
            facts = [s['messages'][e['message']]['content'][e['start']:e['end']] for e in s['evidence']]
            for fact in facts: self.assertRegex(fact, r' (works at|is based in|sits in the|drinks|lives in) |^The (manager|mentor|sister|neighbor|friend) of|^VAR |^The code for the|^Every .* customer gets|is a \w+ customer|answer')

    def test_same_seed_same_file_other_seed_other_file(self):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name, seed in (('a', 5), ('b', 5), ('c', 6)):
                path = os.path.join(folder, name); main(['--seed', str(seed), '--count', '40', '--facts', '6', '--out', path])
                with open(path, encoding='utf8') as f: files.append(f.read())
        self.assertEqual(files[0], files[1]); self.assertNotEqual(files[0], files[2])
        self.assertEqual(len([json.loads(line) for line in files[0].splitlines()]), 40)

    def test_samples_do_not_depend_on_the_count(self):
        self.assertEqual(list(records(5, 10, 8, tokenizer=self.tokenizer)), list(records(5, 30, 8, tokenizer=self.tokenizer))[:10])

    def test_tokenizer_gives_the_text_back(self):
        for text in ('Zoë said: "naïve", 12.5 %\n\n  done', self.samples[0]['messages'][-1]['content']):
            self.assertEqual(self.tokenizer.decode(self.tokenizer.encode(text)), text)


if __name__ == '__main__': unittest.main()
