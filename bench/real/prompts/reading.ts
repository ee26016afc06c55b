import { smallTalk } from './facts';
import { has, hasOnly, type PromptKind } from './realPrompt';
import { CITIES, COMPANIES, PEOPLE } from './words';

const summary: PromptKind = {
  name: 'summary', isHeldOut: false, maxTokens: 40,
  make: (draw) => {
    const company = draw.one(COMPANIES);
    const person = draw.one(PEOPLE);
    const [city] = draw.some(1, CITIES);
    const event = draw.one([`${company} is closing its factory in ${city}.`, `${company} is opening a new factory in ${city}.`]);
    return {
      messages: [{ role: 'user', content: `${event} ${2 + draw.below(8)}00 people work there. ${person}, the director, told the news to the staff on Friday morning. The canteen served soup as on every Friday. The factory was built forty years ago. Journalists waited at the gate.\n\nSummarize the news in one sentence.` }],
      evidence: [event],
      isRight: (answer) => has(answer, company) && (event.includes('closing') ? /\bclos/i : /\bopen/i).test(answer),
    };
  },
};

const twoHops: PromptKind = {
  name: 'two hops with steps', isHeldOut: false, maxTokens: 64,
  make: (draw) => {
    const people = draw.some(3, PEOPLE);
    const firms = draw.some(3, COMPANIES);
    const cities = draw.some(3, CITIES);
    const works = people.map((person, i) => `${person} works at ${firms[i]}.`);
    const based = firms.map((firm, i) => `${firm} is based in ${cities[i]}.`);
    const asked = draw.below(3);
    return {
      messages: [{ role: 'user', content: `${draw.shuffled([...works, ...based, ...smallTalk(draw, draw.some(2, PEOPLE))]).join(' ')}\n\nIn which city is the company where ${people[asked]} works? Think step by step, then write the city.` }],
      evidence: [works[asked], based[asked]],
      isRight: (answer) => hasOnly(answer.trim().split(/[.\n]+\s*/).filter((line) => line !== '').at(-1) ?? '', cities[asked], cities) || hasOnly(answer, cities[asked], cities),
    };
  },
};

const code: PromptKind = {
  name: 'code', isHeldOut: false, maxTokens: 28,
  make: (draw) => {
    const names = draw.some(3, ['area', 'scale', 'shift', 'total', 'price', 'level', 'offset', 'bonus']);
    const numbers = draw.some(3, [2, 3, 4, 5, 6, 7, 8, 9]);
    const asked = draw.below(3);
    const lines = names.map((name, i) => `${name.toUpperCase()} = ${numbers[i]}`);
    return {
      messages: [{ role: 'user', content: `\`\`\`python\n${lines.join('\n')}\n\ndef load(path):\n    return open(path).read()\n\ndef ${names[0]}_of(x):\n    return x + ${names[0].toUpperCase()}\n\`\`\`\n\nWhat is the value of ${names[asked].toUpperCase()}?` }],
      evidence: [lines[asked]],
      isRight: (answer) => hasOnly(answer, String(numbers[asked]), numbers.map(String)),
    };
  },
};

export const READING = [summary, twoHops, code];
