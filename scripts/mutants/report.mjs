// Scores in words. A score is what Stryker calls it: (killed + timeout) / (killed + timeout + survived + no coverage); mutants with a reason count as survived.

/** @typedef {import('./results.mjs').Mutant} Mutant */
/** @typedef {import('./results.mjs').Results} Results */
/** @typedef {import('./results.mjs').Reason} Reason */

/** @param {readonly Mutant[]} mutants */
export function countOf(mutants) {
  const count = (/** @type {string[]} */ ...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const [killed, timeout, survived, noCoverage] = [count('Killed'), count('Timeout'), count('Survived'), count('NoCoverage')];
  const valid = killed + timeout + survived + noCoverage;
  return { killed, timeout, survived, noCoverage, ignored: count('Ignored'), errors: count('RuntimeError', 'CompileError'), valid, score: valid === 0 ? 100 : (100 * (killed + timeout)) / valid };
}

/** @param {Mutant} mutant */
export function isAlive({ status }) {
  return status === 'Survived' || status === 'NoCoverage';
}

/** @param {string} name @param {ReturnType<typeof countOf>} count */
function row(name, { score, killed, timeout, survived, noCoverage, errors, ignored }) {
  return `| ${name} | ${score.toFixed(1)} | ${killed} | ${timeout} | ${survived} | ${noCoverage} | ${errors} | ${ignored} |`;
}

/**
 * @param {string} group
 * @param {Results} results
 * @param {Readonly<Record<string, readonly Reason[]>>} reasons by source file
 * @param {readonly string[]} missing files of the group without a result
 * @returns {{ readonly text: string, readonly score: number, readonly unexplained: number }}
 */
export function report(group, results, reasons, missing) {
  const files = Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1));
  const all = countOf(files.flatMap(([, { mutants }]) => mutants));
  const lines = [
    `# Mutants: ${group}`, '',
    '| file | score % | killed | timeout | survived | no coverage | errors | left out |', '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...files.map(([file, { mutants }]) => row(file, countOf(mutants))),
    row(`**${group}**`, all), '',
  ];
  let unexplained = 0;
  let explained = 0;
  for (const [file, { mutants }] of files) {
    const known = reasons[file] ?? [];
    const reasonOf = (/** @type {Mutant} */ { at, change }) => known.find((reason) => reason.at === at && reason.changes.includes(change))?.reason;
    const alive = mutants.filter(isAlive);
    for (const mutant of alive) {
      const reason = reasonOf(mutant);
      if (reason === undefined) unexplained++;
      else explained++;
      lines.push(`${file}:${mutant.start.line}:${mutant.start.column} ${mutant.status} ${mutant.mutator}`, `    ${mutant.at}`, `    ${mutant.change}`, ...(reason === undefined ? [] : [`    reason: ${reason}`]));
    }
    for (const { at, changes } of known) {
      for (const change of changes) if (!alive.some((mutant) => mutant.at === at && mutant.change === change)) lines.push(`${file}: no such survivor any more, take it out of the reasons: ${at}: ${change}`);
    }
  }
  lines.push('', `${explained + unexplained} alive, ${explained} of them with a reason.`);
  const sampled = files.filter(([, { sample }]) => sample !== undefined);
  if (sampled.length > 0) {
    // Files of which a smaller part was drawn count as much as the others by their size.
    const [planned, found] = files.map(([, file]) => [file.planned, (file.planned * countOf(file.mutants).score) / 100]).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
    lines.push(`Drawn at random, not all run: ${sampled.map(([file, { planned: of, mutants, sample }]) => `${file} (${mutants.length} of ${of}: ${sample?.percent}%, seed ${sample?.seed})`).join(', ')}`);
    lines.push(`Every file weighed by how many mutants it has (${planned}): ${((100 * found) / planned).toFixed(1)}%`);
  }
  const cut = files.filter(([, { planned, mutants, sample }]) => sample === undefined && mutants.length < planned);
  if (cut.length > 0) lines.push(`Cut off: ${cut.map(([file, { planned, mutants }]) => `${file} (${mutants.length} of ${planned} run)`).join(', ')}`);
  if (missing.length > 0) lines.push(`Not run, or changed since: ${missing.join(', ')}`);
  return { text: `${lines.join('\n')}\n`, score: all.score, unexplained };
}
