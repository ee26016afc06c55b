/// <reference types="handlebars" />

/** The parser alone: the package's entry brings the compiler with it, which is of no use here and three times as large. */
declare module 'handlebars/dist/cjs/handlebars/compiler/base.js' {
  /** The tree with white space control applied. @throws Error for what does not parse */
  export function parse(template: string): hbs.AST.Program;
}
