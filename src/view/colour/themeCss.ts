import { contributedColors, THEME_BASE, THEME_KINDS, type ThemeKind } from './palette';

/** The VS Code theme variables that the panel uses, in the order of THEME_KINDS, as in VS Code's default themes. */
const VARIABLES: Readonly<Record<string, readonly [dark: string, light: string, highContrast: string, highContrastLight: string]>> = {
  'foreground': ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  'descriptionForeground': ['#9d9d9d', '#616161', '#d4d4d4', '#474747'],
  'focusBorder': ['#3794ff', '#005fb8', '#f38518', '#006bbd'],
  'contrastBorder': ['transparent', 'transparent', '#6fc3df', '#0f4a85'],
  'panel-border': ['#363636', '#dcdcdc', '#6fc3df', '#0f4a85'],
  'button-background': ['#0078d4', '#005fb8', '#000000', '#0f4a85'],
  'button-foreground': ['#ffffff', '#ffffff', '#ffffff', '#ffffff'],
  'button-hoverBackground': ['#026ec1', '#0258a8', '#000000', '#0f4a85'],
  'button-secondaryBackground': ['#313131', '#e5e5e5', '#000000', '#ffffff'],
  'button-secondaryForeground': ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  'dropdown-background': ['#313131', '#ffffff', '#000000', '#ffffff'],
  'dropdown-foreground': ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  'dropdown-border': ['#3c3c3c', '#cecece', '#6fc3df', '#0f4a85'],
  'list-hoverBackground': ['#2a2d2e', '#f2f2f2', '#1a1a1a', '#eef3f8'],
  'editorHoverWidget-background': ['#252526', '#f8f8f8', '#000000', '#ffffff'],
  'editorHoverWidget-foreground': ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  'editorHoverWidget-border': ['#454545', '#c8c8c8', '#6fc3df', '#0f4a85'],
  'widget-shadow': ['#00000066', '#00000029', 'transparent', 'transparent'],
  'inputValidation-warningBackground': ['#352a05', '#f6f5d2', '#000000', '#ffffff'],
  'inputValidation-warningForeground': ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  'inputValidation-warningBorder': ['#b89500', '#b89500', '#6fc3df', '#0f4a85'],
  'inputValidation-infoBackground': ['#063b49', '#d6ecf2', '#000000', '#ffffff'],
  'inputValidation-infoForeground': ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  'inputValidation-infoBorder': ['#007acc', '#007acc', '#6fc3df', '#0f4a85'],
  'progressBar-background': ['#0078d4', '#005fb8', '#6fc3df', '#0f4a85'],
};

/**
 * The custom properties that VS Code would set, for a page outside it: one declaration block for `selector`.
 * @param selector for example `:root`
 */
export function themeCss(kind: ThemeKind, selector: string): string {
  const at = THEME_KINDS.indexOf(kind);
  const lines = [
    `color-scheme: ${kind === 'dark' || kind === 'highContrast' ? 'dark' : 'light'}`,
    `--vscode-editor-background: ${THEME_BASE[kind].background}`,
    `--vscode-editor-foreground: ${THEME_BASE[kind].foreground}`,
    ...Object.entries(VARIABLES).map(([name, values]) => `--vscode-${name}: ${values[at]}`),
    ...contributedColors().map(({ id, defaults }) => `--vscode-${id.replace('.', '-')}: ${defaults[kind]}`),
  ];
  return `${selector} {\n${lines.map((line) => `  ${line};\n`).join('')}}\n`;
}

/** The reader's light or dark, with more contrast where the system asks for it. */
export function systemThemeCss(): string {
  return [
    themeCss('light', ':root'),
    `@media (prefers-color-scheme: dark) {\n${themeCss('dark', ':root')}}\n`,
    `@media (prefers-contrast: more) {\n${themeCss('highContrastLight', ':root')}}\n`,
    `@media (prefers-contrast: more) and (prefers-color-scheme: dark) {\n${themeCss('highContrast', ':root')}}\n`,
  ].join('');
}
