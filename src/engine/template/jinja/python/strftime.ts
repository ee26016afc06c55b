import { checkedLength } from './limits';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const DAY_MS = 86_400_000;

/**
 * Python's `datetime.strftime` of a local time without a zone, as CPython gives it on Linux in the C locale: the C library's directives, its flags `-`, `_`, `0`, `^`
 * and `#` with it. A directive that it does not know stays as it is.
 */
export function strftime(date: Date, format: string): string {
  return format.replace(/%([-_0^#]*)(\d*)([EO]?)([a-zA-Z%+])/g, (found, flags: string, width: string, _, name: string) => {
    const field = fieldOf(date, name);
    if (field === null) return found;
    const { value, digits = 0, pad = '0' } = typeof field === 'string' ? { value: field } : field;
    const text = typeof value === 'number' ? number(value, flags, checkedLength(Number(width || digits)), pad) : value.padStart(checkedLength(Number(width || 0)));
    return flags.includes('^') ? text.toUpperCase() : flags.includes('#') ? (name === 'p' ? text.toLowerCase() : text.toUpperCase()) : text;
  });
}

function number(value: number, flags: string, width: number, pad: string): string {
  if (flags.includes('-')) return String(value);
  return String(value).padStart(width, flags.includes('_') ? ' ' : flags.includes('0') ? '0' : pad);
}

interface Padded {
  readonly value: number;
  readonly digits: number;
  readonly pad?: string;
}

function fieldOf(date: Date, name: string): string | Padded | null {
  const digits = (value: number, count = 2, pad = '0'): Padded => ({ value, digits: count, pad });
  const year = date.getFullYear();
  const weekday = date.getDay();
  const yearDay = dayOfYear(date);
  switch (name) {
    case 'a': return DAYS[weekday].slice(0, 3);
    case 'A': return DAYS[weekday];
    case 'b': case 'h': return MONTHS[date.getMonth()].slice(0, 3);
    case 'B': return MONTHS[date.getMonth()];
    case 'c': return strftime(date, '%a %b %e %H:%M:%S %Y');
    case 'C': return digits(Math.floor(year / 100));
    case 'd': return digits(date.getDate());
    case 'D': case 'x': return strftime(date, '%m/%d/%y');
    case 'e': return digits(date.getDate(), 2, ' ');
    case 'f': return digits(date.getMilliseconds() * 1000, 6);
    case 'F': return strftime(date, '%Y-%m-%d');
    case 'g': return digits(isoWeek(date).year % 100);
    case 'G': return digits(isoWeek(date).year, 4);
    case 'H': return digits(date.getHours());
    case 'I': return digits(date.getHours() % 12 || 12);
    case 'j': return digits(yearDay, 3);
    case 'k': return digits(date.getHours(), 2, ' ');
    case 'l': return digits(date.getHours() % 12 || 12, 2, ' ');
    case 'm': return digits(date.getMonth() + 1);
    case 'M': return digits(date.getMinutes());
    case 'n': return '\n';
    case 'p': return date.getHours() < 12 ? 'AM' : 'PM';
    case 'P': return date.getHours() < 12 ? 'am' : 'pm';
    case 'r': return strftime(date, '%I:%M:%S %p');
    case 'R': return strftime(date, '%H:%M');
    case 's': return digits(Math.floor(date.getTime() / 1000), 0);
    case 'S': return digits(date.getSeconds());
    case 't': return '\t';
    case 'T': case 'X': return strftime(date, '%H:%M:%S');
    case 'u': return digits(weekday || 7, 1);
    case 'U': return digits(Math.floor((yearDay + 6 - weekday) / 7));
    case 'V': return digits(isoWeek(date).week);
    case 'w': return digits(weekday, 1);
    case 'W': return digits(Math.floor((yearDay + 6 - ((weekday + 6) % 7)) / 7));
    case 'y': return digits(year % 100);
    case 'Y': return digits(year, 4);
    // A time without a zone has neither.
    case 'z': case 'Z': return '';
    case '%': return '%';
    default: return null;
  }
}

/** 1 for the first of January. */
function dayOfYear(date: Date): number {
  return Math.round((Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - Date.UTC(date.getFullYear(), 0, 1)) / DAY_MS) + 1;
}

/** ISO 8601: week 1 is the one with the year's first Thursday. */
function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 4 - (date.getDay() || 7));
  return { year: thursday.getFullYear(), week: Math.ceil(dayOfYear(thursday) / 7) };
}
