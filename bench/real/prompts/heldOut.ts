import { hasOnly, has, type PromptKind } from './realPrompt';
import { CITIES, COLOURS, DAYS, FOODS, PEOPLE } from './words';

const table: PromptKind = {
  name: 'table', isHeldOut: true, maxTokens: 24,
  make: (draw) => {
    const people = draw.some(5, PEOPLE);
    const cities = draw.some(5, CITIES);
    const ages = draw.some(5, [21, 25, 28, 33, 37, 42, 46, 51, 58, 63]);
    const rows = people.map((person, i) => `| ${person} | ${ages[i]} | ${cities[i]} |`);
    const asked = draw.below(5);
    return {
      messages: [{ role: 'user', content: `| name | age | city |\n| --- | --- | --- |\n${rows.join('\n')}\n\nHow old is ${people[asked]}?` }],
      evidence: [rows[asked]],
      isRight: (answer) => hasOnly(answer, String(ages[asked]), ages.map(String)),
    };
  },
};

const dialogue: PromptKind = {
  name: 'dialogue', isHeldOut: true, maxTokens: 24,
  make: (draw) => {
    const people = draw.some(4, PEOPLE);
    const dishes = draw.some(4, FOODS);
    const asked = draw.below(4);
    const lines = people.map((person, i) => `${person}: I will bring ${dishes[i]}.`);
    const talk = [`${people[0]}: What time do we meet?`, `${people[2]}: At seven, I think.`, `${people[3]}: Great, see you there!`];
    return {
      messages: [{ role: 'user', content: `${[talk[0], ...lines, ...talk.slice(1)].join('\n')}\n\nWho brings ${dishes[asked]}?` }],
      evidence: [lines[asked]],
      isRight: (answer) => hasOnly(answer, people[asked], people),
    };
  },
};

const schedule: PromptKind = {
  name: 'schedule', isHeldOut: true, maxTokens: 24,
  make: (draw) => {
    const what = draw.some(4, ['dentist appointment', 'piano lesson', 'team meeting', 'yoga class', 'oil change', 'haircut', 'book club']);
    const days = draw.some(4, DAYS);
    const asked = draw.below(4);
    const facts = what.map((name, i) => `The ${name} is on ${days[i]}.`);
    const moved = (asked + 1) % 4;
    return {
      messages: [
        { role: 'system', content: 'You keep the calendar. Answer briefly.' },
        { role: 'user', content: `${facts.join(' ')} The ${what[moved]} may be cancelled. Bring the blue folder. Call the garage first.\n\nOn which day is the ${what[asked]}?` },
      ],
      evidence: [facts[asked]],
      isRight: (answer) => hasOnly(answer, days[asked], days),
    };
  },
};

const rolePlay: PromptKind = {
  name: 'persona', isHeldOut: true, maxTokens: 32,
  make: (draw) => {
    const name = draw.one(PEOPLE);
    const colour = draw.one(COLOURS);
    const city = draw.one(CITIES);
    const trait = `Your favourite colour is ${colour}.`;
    return {
      messages: [
        { role: 'system', content: `You are ${name}, a guide in ${city}. ${trait} You have worked for ${3 + draw.below(20)} years. You love the old harbour. You never talk about politics.` },
        { role: 'user', content: 'Hello! We have an hour before lunch. Tell me: what is your favourite colour?' },
      ],
      evidence: [trait],
      isRight: (answer) => has(answer, colour),
    };
  },
};

export const HELD_OUT = [table, dialogue, schedule, rolePlay];
