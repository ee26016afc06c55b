import { el } from './dom';

export interface RadioStrip<T> {
  readonly root: HTMLElement;
  /** Shows a choice that was made elsewhere. */
  check(choice: T): void;
}

/** Radio buttons drawn as one strip. @param describedBy id of an element that explains the choice */
export function radioStrip<T extends string | number>(label: string, choices: readonly T[], nameOf: (choice: T) => string, onChoose: (choice: T) => void, describedBy: string | null = null): RadioStrip<T> {
  const inputs = new Map<T, HTMLInputElement>();
  const labels = choices.map((choice) => {
    const input = el('input', { type: 'radio', name: label.toLowerCase(), value: choice });
    input.addEventListener('change', () => { onChoose(choice); });
    inputs.set(choice, input);
    return el('label', {}, input, el('span', {}, nameOf(choice)));
  });
  return {
    root: el('div', { class: 'strip', role: 'radiogroup', 'aria-label': label, 'aria-describedby': describedBy }, ...labels),
    check: (choice) => { inputs.get(choice)!.checked = true; },
  };
}
