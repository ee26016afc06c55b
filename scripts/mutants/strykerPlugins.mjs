// What Stryker does not bring: a runner of mocha's tests that loads them anew within its process, and which mutants are noise.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve, sep } from 'node:path';
import Mocha from 'mocha';
import { GROUPS, LEFT_OUT, testFiles } from './groups.mjs';

const require = createRequire(import.meta.url);

/**
 * Milliseconds that the tests of one mutant may take together, the shortest first (a single one may take longer): a mutant that only others would find counts as
 * survived, so that a score is what is sure.
 */
const PATIENCE = 2000;
/** The same as a part of what all tests take: on a busy machine they all take longer. */
const PATIENCE_SHARE = 1 / 12;
/** Tests that have found mutants of a file go first, at most so many. */
const KNOWN_FINDERS = 12;
/** Milliseconds. */
const LONGEST_FINDER = 100;
/** How long tests took unchanged, in Stryker's copy of the project: a process that is started anew reads it. */
const TIMES_FILE = 'mutants-test-times.json';

/** What Stryker is told of a mutant that is not in the sample. */
const NOT_DRAWN = 'not drawn';
/** @typedef {{ readonly percent: number, readonly seed: string }} Sample the part of the mutants that is run, drawn by what they are: the same at every run of the same code */
/** @typedef {{ fileName: string, mutatorName: string, replacement?: string, location: import('@stryker-mutator/core').Location }} MutantToDraw */

/** @param {MutantToDraw} mutant @param {Sample} sample */
function isDrawn({ fileName, mutatorName, replacement, location: { start, end } }, { percent, seed }) {
  const identity = JSON.stringify([seed, basename(fileName), mutatorName, replacement, start.line, start.column, end.line, end.column]);
  return createHash('sha256').update(identity).digest().readUInt32BE() < (percent / 100) * 2 ** 32;
}

/** @typedef {{ id: string, name: string, status: 0 | 1, timeSpentMs: number, failureMessage?: string, isTimeout?: boolean }} TestResult as Stryker wants it, 1 is a failure */

/**
 * Stryker's own runner starts a process for every mutant of what is computed while loading (tables, regular expressions), and runs tests in the order of
 * their files until one fails. Formats are made of tables, and most mutants are found by any test of their format: here files are loaded again within the
 * process, and tests go first that have found other mutants of the file, then the others by the time that they take.
 */
class ReloadingMochaRunner {
  /** @type {any} */
  #mocha = null;
  /** What Stryker's instrumented code reads and writes. @type {Record<string, any>} */
  #instrumented = (/** @type {any} */ (globalThis)).__stryker__ ??= {};
  /** By source file: tests that have found mutants of it, the latest first. @type {Map<string, string[]>} */
  #finders = new Map();
  /** By test, in milliseconds. @type {Record<string, number>} */
  #times = existsSync(TIMES_FILE) ? JSON.parse(readFileSync(TIMES_FILE, 'utf8')) : {};

  /** @param {{ readonly mutantGroup: string, readonly mutantSample?: Sample }} options */
  constructor({ mutantGroup, mutantSample }) {
    this.sample = mutantSample;
    this.files = testFiles(GROUPS[mutantGroup]).map((path) => resolve(path.replace(/[.]ts$/, '.js')));
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun() {
    this.#load();
    const tests = await this.#run(() => true, { onTest: (test) => { this.#instrumented.currentTestId = test; } });
    this.#times = Object.fromEntries(tests.map(({ id, timeSpentMs }) => [id, timeSpentMs]));
    writeFileSync(TIMES_FILE, JSON.stringify(this.#times));
    return { status: 'complete', tests, mutantCoverage: this.#instrumented.mutantCoverage };
  }

  /** @param {{ activeMutant: MutantToDraw & { id: string }, mutantActivation: string, reloadEnvironment: boolean, testFilter?: readonly string[], hitLimit?: number }} options */
  async mutantRun({ activeMutant, mutantActivation, reloadEnvironment, testFilter, hitLimit }) {
    const { id, fileName } = activeMutant;
    if (this.sample && !isDrawn(activeMutant, this.sample)) return { status: 'error', errorMessage: NOT_DRAWN };
    const instrumented = this.#instrumented;
    // Stryker's limit is a hundred times as often as all tests together reach it unchanged.
    const limit = hitLimit === undefined ? undefined : Math.ceil(hitLimit / 10);
    instrumented.hitLimit = limit;
    instrumented.hitCount = limit === undefined ? undefined : 0;
    instrumented.activeMutant = mutantActivation === 'static' ? id : undefined;
    let ran = 0;
    /** @type {TestResult | undefined} */
    let failed;
    try {
      if (reloadEnvironment || !this.#mocha) this.#load();
      instrumented.activeMutant = id;
      const reaching = testFilter ?? Object.keys(this.#times);
      const finders = this.#finders.get(fileName) ?? [];
      const patience = Math.max(PATIENCE, PATIENCE_SHARE * Object.values(this.#times).reduce((sum, own) => sum + own, 0));
      let time = 0;
      const others = reaching.filter((test) => !finders.includes(test)).sort((a, b) => this.#timeOf(a) - this.#timeOf(b))
        .filter((test, i) => (time += this.#timeOf(test)) <= patience || i === 0);
      for (const tests of [finders.filter((test) => reaching.includes(test)), others]) {
        if (failed || tests.length === 0) continue;
        const wanted = new Set(tests);
        const results = await this.#run((test) => wanted.has(test), { bail: true });
        ran += results.length;
        failed = results.find(({ status }) => status === 1);
      }
    } catch (error) {
      this.#mocha = null; // it does not even load, which every test of it would say
      failed = { id: 'loading', name: 'loading', status: 1, failureMessage: String(error), timeSpentMs: 0 };
    }
    if (limit !== undefined && instrumented.hitCount > limit) return { status: 'timeout', reason: `reached more than ${limit} times` };
    if (!failed) return { status: 'survived', nrOfTests: ran };
    if (failed.isTimeout) {
      this.#mocha = null; // what the test waits for may still come, and must not end a later run of the same test
      return { status: 'timeout', reason: failed.failureMessage };
    }
    this.#remember(fileName, failed.id);
    return { status: 'killed', failureMessage: failed.failureMessage, killedBy: [failed.id], nrOfTests: ran };
  }

  /** @param {string} fileName @param {string} test */
  #remember(fileName, test) {
    if (this.#timeOf(test) > LONGEST_FINDER) return;
    const others = (this.#finders.get(fileName) ?? []).filter((known) => known !== test);
    this.#finders.set(fileName, [test, ...others].slice(0, KNOWN_FINDERS));
  }

  /** @param {string} test */
  #timeOf(test) {
    return this.#times[test] ?? 0;
  }

  #load() {
    this.#mocha?.dispose();
    const project = process.cwd() + sep;
    for (const path of Object.keys(require.cache)) if (path.startsWith(project) && !path.includes(`${sep}node_modules${sep}`)) Reflect.deleteProperty(require.cache, path);
    const mocha = new Mocha({ timeout: 0, reporter: /** @type {any} */ (class {}) });
    mocha.cleanReferencesAfterRun(false);
    for (const file of this.files) mocha.addFile(file);
    mocha.loadFiles();
    this.#mocha = mocha;
  }

  /**
   * @param {(test: string) => boolean} isWanted
   * @param {{ bail?: boolean, onTest?: (test: string) => void }} how
   * @returns {Promise<TestResult[]>}
   */
  #run(isWanted, { bail = false, onTest }) {
    const mocha = this.#mocha;
    setBail(mocha.suite, bail);
    // A test that waits for what never comes; what runs on without waiting is known by how often it reaches its mutant.
    if (bail) mocha.suite.eachTest((/** @type {any} */ test) => test.timeout(5000 + 10 * this.#timeOf(test.fullTitle())));
    mocha.options.grep = { test: (/** @type {string} */ title) => isWanted(title) && !LEFT_OUT.some((pattern) => pattern.test(title)) };
    /** @type {TestResult[]} */
    const results = [];
    let begin = performance.now();
    /** @param {any} runnable a test, or a hook of one @param {0 | 1} status @param {any} [error] */
    const add = (runnable, status, error) => {
      const id = (runnable.type === 'hook' && runnable.ctx?.currentTest ? runnable.ctx.currentTest : runnable).fullTitle();
      results.push({ id, name: id, status, timeSpentMs: performance.now() - begin, ...(error && { failureMessage: String(error.message ?? error), isTimeout: error.code === 'ERR_MOCHA_TIMEOUT' }) });
      begin = performance.now();
    };
    return new Promise((done) => {
      const runner = mocha.run(() => done(results));
      // What a suite prepares is reached for its first test.
      runner.on('suite', (/** @type {any} */ suite) => { if (onTest && firstTest(suite)) onTest(firstTest(suite).fullTitle()); });
      runner.on('test', (/** @type {any} */ test) => onTest?.(test.fullTitle()));
      runner.on('pass', (/** @type {any} */ test) => add(test, 0));
      runner.on('fail', (/** @type {any} */ test, /** @type {any} */ error) => add(test, 1, error));
    });
  }
}

/** @param {any} suite @param {boolean} bail */
function setBail(suite, bail) {
  suite.bail(bail);
  for (const inner of suite.suites) setBail(inner, bail);
}

/** @param {any} suite */
function firstTest(suite) {
  return suite.tests[0] ?? suite.suites.map(firstTest).find(Boolean);
}

/** The words of a sentence can be put otherwise; that there is one, and which class of error says it, tests tell. */
const messageWords = {
  /** @param {any} path */
  shouldIgnore(path) {
    const { node, parent } = path;
    const isWords = node.type === 'StringLiteral' || node.type === 'TemplateLiteral';
    return isWords && parent?.type === 'NewExpression' && /Error$/.test(parent.callee.name) ? 'words of an error' : undefined;
  },
};

const createRunner = Object.assign((/** @type {any} */ options) => new ReloadingMochaRunner(options), { inject: ['options'] });

/** What has become of mutants so far, and how many each file has: a run that is cut off keeps what it found. */
export const progress = {
  /** @type {Sample | undefined} none: all mutants */
  sample: undefined,
  /** @type {import('@stryker-mutator/core').MutantResult[]} */
  results: [],
  /** @type {Map<string, number>} */
  planned: new Map(),
};

/** By Stryker's numbers, what is not in the sample. @type {Set<string>} */
const leftOut = new Set();

const progressReporter = {
  /** @param {{ mutantPlans: readonly { mutant: MutantToDraw & { id: string } }[] }} event */
  onMutationTestingPlanReady({ mutantPlans }) {
    leftOut.clear();
    for (const { mutant } of mutantPlans) {
      progress.planned.set(mutant.fileName, (progress.planned.get(mutant.fileName) ?? 0) + 1);
      if (progress.sample && !isDrawn(mutant, progress.sample)) leftOut.add(mutant.id);
    }
  },
  /** @param {import('@stryker-mutator/core').MutantResult} result */
  onMutantTested(result) {
    if (!leftOut.has(result.id)) progress.results.push(result);
  },
};

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'reloading-mocha', factory: createRunner },
  { kind: 'Reporter', name: 'progress-kept', factory: Object.assign(() => progressReporter, { inject: [] }) },
  { kind: 'Ignore', name: 'message-words', value: messageWords },
];

export const strykerValidationSchema = { properties: { mutantGroup: { type: 'string' }, mutantSample: { type: 'object' } } };
