/**
 * Settings of a VS Code that is started for tests and pictures: nothing that moves by itself, nothing that asks,
 * nothing that draws over our colours.
 */
export const CLEAN_SETTINGS = {
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'window.autoDetectColorScheme': false,
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'editor.minimap.enabled': false,
  'editor.occurrencesHighlight': 'off',
  'editor.selectionHighlight': false,
  'editor.renderLineHighlight': 'none',
  'editor.guides.indentation': false,
  'editor.unicodeHighlight.ambiguousCharacters': false,
  'editor.cursorBlinking': 'solid',
  'editor.smoothScrolling': false,
  'editor.wordWrap': 'on',
  'editor.stickyScroll.enabled': false,
  'editor.experimentalGpuAcceleration': 'off',
  'editor.accessibilitySupport': 'off',
  'files.autoSave': 'off', // on by default in a browser
  'breadcrumbs.enabled': false,
  'remote.autoForwardPorts': false,
};

/** No run that a test has not asked for. */
export const TEST_SETTINGS = { ...CLEAN_SETTINGS, 'flashtrace.verify.automatic': false };

/** A window in Restricted Mode from the start. */
export const RESTRICTED_SETTINGS = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};
