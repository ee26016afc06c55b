/** The tables with what made them and the plots; docs/methods.md says what each row is. */
export function evaluationPage(options: string, toDocs: string, tables: string): string {
  return `# Evaluation

    npm run eval -- ${options}

Rows are defined in [docs/methods.md](${toDocs}/methods.md).

${tables
    .replace('\n## By task\n', '\n![First source and Recovery@10% of every method](recovery.svg)\n\n## By task\n')
    .replace('\n## Hop by hop\n', '\n## Hop by hop\n\n![First source and Recovery@10% by the number of hops](hops.svg)\n\n![Where the attribution of each hop falls](dynamics.svg)\n')}`;
}
