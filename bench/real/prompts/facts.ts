import { has, hasOnly, type Draw, type PromptKind } from './realPrompt';
import { CITIES, COLOURS, FOODS, INSTRUMENTS, MONTHS, PEOPLE, PETS } from './words';

/** Facts about people that no question asks for. */
export function smallTalk(draw: Draw, people: readonly string[]): string[] {
  return people.map((person) => draw.one([
    `${person} has a ${draw.one(PETS)} at home.`, `${person} likes to cook ${draw.one(FOODS)}.`, `${person} plays the ${draw.one(INSTRUMENTS)}.`, `${person} wears a ${draw.one(COLOURS)} coat.`,
  ]));
}

const oneFact: PromptKind = {
  name: 'one fact', isHeldOut: false, maxTokens: 24,
  make: (draw) => {
    const people = draw.some(4, PEOPLE);
    const cities = draw.some(4, CITIES);
    const facts = people.map((person, i) => `${person} lives in ${cities[i]}.`);
    const asked = draw.below(4);
    return {
      messages: [{ role: 'user', content: `${draw.shuffled([...facts, ...smallTalk(draw, draw.some(4, PEOPLE))]).join(' ')}\n\nIn which city does ${people[asked]} live?` }],
      evidence: [facts[asked]],
      isRight: (answer) => hasOnly(answer, cities[asked], cities),
    };
  },
};

const update: PromptKind = {
  name: 'update', isHeldOut: false, maxTokens: 24,
  make: (draw) => {
    const [mover, other] = draw.some(2, PEOPLE);
    const [before, now, elsewhere] = draw.some(3, CITIES);
    const month = draw.one(MONTHS);
    const first = `${mover} rented a flat in ${before}.`;
    const then = draw.one([`In ${month}, ${mover} moved from ${before} to ${now}.`, `Since ${month}, ${mover} lives in ${now} instead.`]);
    return {
      messages: [{ role: 'user', content: `Notes, oldest first:\n- ${[first, `${other} rented a flat in ${elsewhere}.`, ...smallTalk(draw, draw.some(2, PEOPLE)), then, ...smallTalk(draw, draw.some(2, PEOPLE))].join('\n- ')}\n\nWhere does ${mover} live today?` }],
      evidence: [then],
      isRight: (answer) => hasOnly(answer, now, [elsewhere]) && !new RegExp(`lives? (?:today )?in ${before}`, 'i').test(answer),
    };
  },
};

const conflict: PromptKind = {
  name: 'conflict', isHeldOut: false, maxTokens: 32,
  make: (draw) => {
    const [person, other] = draw.some(2, PEOPLE);
    const [wrong, right] = draw.some(2, COLOURS);
    const rumour = `A neighbour says that the car of ${person} is ${wrong}.`;
    const seen = `The official papers say that the car of ${person} is ${right}.`;
    const rule = 'The official papers are always right; neighbours are often mistaken.';
    return {
      messages: [{ role: 'user', content: `${draw.shuffled([rumour, seen, rule, ...smallTalk(draw, [other, ...draw.some(3, PEOPLE)])]).join(' ')}\n\nWhat colour is the car of ${person}?` }],
      evidence: [seen],
      isRight: (answer) => has(answer, right) && !has(answer, wrong),
    };
  },
};

export const FACTS = [oneFact, update, conflict];
