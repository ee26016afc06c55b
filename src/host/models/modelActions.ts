import * as vscode from 'vscode';
import type { ModelEntry } from '../../concepts/models/modelEntry';
import { OptionsError } from '../../engine/base/errors';
import { shortSentence, STATUS_NAMES } from '../../view/text/modelText';
import { withSigns } from '../../view/text/readable';
import type { Command, CommandArgument, CommandId } from '../commands/command';
import { withoutLinks } from '../commands/withoutLinks';
import type { SettingsReader } from '../settings/settingsReader';
import { commandLine } from './commandLine';
import type { ModelLibrary } from './modelLibrary';
import type { ModelPicker } from './modelPicker';

export interface ModelServices {
  readonly library: ModelLibrary;
  readonly picker: ModelPicker;
  readonly settings: SettingsReader;
  /** The built command line. */
  readonly program: string;
}

/** What can be done with a model of the Models view, and with the view. */
export function modelActions({ library, picker, settings, program }: ModelServices): Command[] {
  const of = (id: CommandId, run: (model: ModelEntry) => unknown): Command => ({ id, run: async (argument) => run(await modelOf(library, argument)) });
  return [
    { id: 'flashtrace.useModel', run: (argument) => picker.use(pathIn(argument)) },
    of('flashtrace.modelActions', (model) => chooseAction(model, library)),
    of('flashtrace.revealModel', ({ path }) => reveal(path)),
    of('flashtrace.copyModelCommand', async ({ path }) => {
      const shown = vscode.window.activeTextEditor?.document.uri;
      await copied(commandLine({ program, model: path, transcript: shown?.scheme === 'file' ? shown.fsPath : 'FILE', platform: process.platform }), 'The command line was copied.');
    }),
    of('flashtrace.forgetModel', (model) => forget(model, library)),
    { id: 'flashtrace.showForgottenModels', run: () => library.remember() },
    { id: 'flashtrace.refreshModels', run: () => { library.refresh(); } },
    { id: 'flashtrace.addModelFolder', run: () => addFolder(settings) },
  ];
}

/** @throws OptionsError */
function pathIn(argument: CommandArgument | undefined): string {
  if (typeof argument?.model !== 'string') throw new OptionsError('No model is named; choose one in the Models view of FlashTrace.');
  return argument.model;
}

/** @throws OptionsError */
async function modelOf(library: ModelLibrary, argument: CommandArgument | undefined): Promise<ModelEntry> {
  const path = pathIn(argument);
  const model = await library.entry(path);
  if (!model) throw new OptionsError(`There is no model at "${path}" any more; refresh the Models view.`);
  return model;
}

async function chooseAction(model: ModelEntry, library: ModelLibrary): Promise<void> {
  const isUsable = model.status === 'ready' || model.status === 'too large';
  const actions: (vscode.QuickPickItem & { id: CommandId })[] = [
    ...(isUsable && !library.isCurrent(model.path) ? [{ label: '$(check) Use This Model', id: 'flashtrace.useModel' as const }] : []),
    ...(isUsable ? [{ label: '$(terminal) Copy Command Line', id: 'flashtrace.copyModelCommand' as const }] : []),
    { label: '$(folder-opened) Reveal', id: 'flashtrace.revealModel' },
    ...(model.source !== 'included' && !library.isCurrent(model.path) ? [{ label: '$(eye-closed) Forget', description: 'hides it here; its files stay', id: 'flashtrace.forgetModel' as const }] : []),
  ];
  const chosen = await vscode.window.showQuickPick(actions, { title: withSigns(`${model.name} (${STATUS_NAMES[model.status].toLowerCase()})`), placeHolder: withSigns(shortSentence(model)) });
  if (chosen) await vscode.commands.executeCommand(chosen.id, { model: model.path });
}

/** In the desktop's file manager; where the editor has none (in a browser, on another machine), its path to paste. */
async function reveal(path: string): Promise<void> {
  const isHere = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  if (isHere) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(path));
  else await copied(path, `This window has no file manager for the machine that the model is on; its path was copied: ${withSigns(path)}`);
}

async function copied(text: string, sentence: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  void vscode.window.showInformationMessage(withoutLinks(sentence));
}

async function forget({ path, name }: ModelEntry, library: ModelLibrary): Promise<void> {
  await library.forget(path);
  // Not awaited: the command has ended, whether or not anybody ever reacts to the message.
  void vscode.window.showInformationMessage(withoutLinks(`${withSigns(name)} is not shown any more; its files stay.`), 'Undo').then((chosen) => (chosen ? library.remember(path) : undefined));
}

/** Writes the folder into flashtrace.modelPaths, which the view follows. */
async function addFolder(settings: SettingsReader): Promise<void> {
  const [folder] = (await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, openLabel: 'Add', title: 'A folder that holds models, or folders of models' })) ?? [];
  if (!folder) return;
  const paths = settings.read().modelPaths;
  if (!paths.includes(folder.fsPath)) await settings.write('modelPaths', [...paths, folder.fsPath]);
}
