/** A box that the editor paints for an extension's decoration. Places are CSS pixels of the window. */
export interface DecorationOnScreen {
  /** The characters under it; an editor breaks a decoration at line ends and wraps. */
  text: string;
  left: number;
  top: number;
  width: number;
  height: number;
  /** Holds `ced-...`, the class that the editor made for the decoration type. */
  className: string;
  /** As the browser computes it, for example `rgba(255, 140, 0, 0.3)`. */
  backgroundColor: string;
  /** `width style colour`, or '' for none. */
  outline: string;
  border: string;
}

/** An expression in JavaScript; it runs in the page, may be a promise, and gives JSON. Source, because tests are compiled without the DOM's types. */
export interface ScriptCall {
  expression: string;
}

interface InWebview {
  /** `publisher.name` of the extension whose shown webview is meant. */
  extension: string;
}

/**
 * What the driver, which holds the workbench's page, does for the tests, which run in the extension host. Each method
 * is one loopback request with a JSON argument. Selectors are playwright's (CSS and more); where one must match, the
 * driver waits up to 15 s for it.
 */
export interface DriverApi {
  /** Writes test/output/screenshots/NAME.png and returns its path. */
  snapshot(argument: { name: string }): Promise<string>;
  /** Names the colour theme on screen and its editor background: differs between any two themes. */
  theme(): Promise<string>;
  evaluate(argument: ScriptCall): Promise<unknown>;
  /** A key chord for whatever has the focus: `Control+Shift+P`, `Enter`. */
  press(argument: { keys: string }): Promise<void>;
  /** One step of a selection with the mouse: to the middle of a text in an editor, where the button goes down, stays as it is or comes up. */
  drag(argument: { text: string; occurrence?: number; phase: 'press' | 'move' | 'release' }): Promise<void>;
  type(argument: { text: string }): Promise<void>;
  click(argument: { selector: string }): Promise<void>;
  /** Text of every element that matches, without waiting. */
  text(argument: { selector: string }): Promise<string[]>;
  /** Lines of the visible editors as they are drawn (a wrapped line counts once a row). */
  visibleText(): Promise<string[]>;
  /** Decorations of extensions in the visible editors, in reading order. */
  decorations(): Promise<DecorationOnScreen[]>;
  /** Moves the mouse onto text in an editor and returns the text of the hover that opens. */
  hover(argument: { text: string; occurrence?: number }): Promise<string>;
  /** Moves the mouse away and waits until no hover is open. */
  endHover(): Promise<void>;
  webviewText(argument: InWebview & { selector?: string }): Promise<string>;
  webviewCount(argument: InWebview & { selector: string }): Promise<number>;
  webviewEvaluate(argument: InWebview & ScriptCall): Promise<unknown>;
  webviewClick(argument: InWebview & { selector: string }): Promise<void>;
  webviewHover(argument: InWebview & { selector: string }): Promise<void>;
  /** Focuses the element and presses a key chord. */
  webviewPress(argument: InWebview & { selector: string; keys: string }): Promise<void>;
}
