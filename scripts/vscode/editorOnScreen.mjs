// Functions that playwright sends into the workbench page: they must stand alone, without imports or outer names.

/**
 * Every character of the visible editors' lines with its place, line by line. `view-line` elements hold the text in
 * nested spans; decorations with a background lie in another layer and share nothing with them but the place.
 * @returns {{ text: string, boxes: { left: number, right: number, top: number, bottom: number }[] }[]}
 */
export function readLines() {
  const lines = [];
  for (const line of document.querySelectorAll('.editor-instance .view-lines > .view-line')) {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let text = '';
    const boxes = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const data = node.nodeValue ?? '';
      for (let i = 0; i < data.length; i++) {
        const range = document.createRange();
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        const { left, right, top, bottom } = range.getBoundingClientRect();
        text += data[i].replace('\u00a0', ' ');
        boxes.push({ left, right, top, bottom });
      }
    }
    lines.push({ text, boxes });
  }
  return lines.filter((line) => line.boxes.length > 0).sort((a, b) => a.boxes[0].top - b.boxes[0].top);
}

/**
 * What extensions' decorations look like at this moment: one entry for each box that the editor paints in its
 * decoration layer, in reading order.
 * @returns {import('../../test/integration/support/driverApi').DecorationOnScreen[]}
 */
export function readDecorationBoxes() {
  const boxes = [];
  for (const element of document.querySelectorAll('.editor-instance .view-overlays .cdr[class*="ced-"]')) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    boxes.push({
      text: '', left, top, width: right - left, height: bottom - top,
      className: element.className,
      backgroundColor: style.backgroundColor,
      outline: style.outlineStyle === 'none' ? '' : `${style.outlineWidth} ${style.outlineStyle} ${style.outlineColor}`,
      border: style.borderStyle === 'none' ? '' : `${style.borderWidth} ${style.borderStyle} ${style.borderColor}`,
    });
  }
  return boxes.sort((a, b) => a.top - b.top || a.left - b.left);
}

/** @returns {string | undefined} text of the hover that is open */
export function readHover() {
  const hovers = [...document.querySelectorAll('.monaco-hover:not(.hidden) .monaco-hover-content, .monaco-hover:not(.hidden) .hover-contents')];
  return hovers.map((element) => /** @type {HTMLElement} */ (element).innerText.trim()).find((candidate) => candidate.length > 0);
}

/** @returns {string} the theme's classes and the colour under the text */
export function readTheme() {
  const workbench = document.querySelector('.monaco-workbench');
  if (!workbench) return '';
  const names = [...workbench.classList].filter((name) => /^(vs|vs-dark|hc-black|hc-light|vscode-theme-.*)$/.test(name));
  return `${names.join(' ')} ${getComputedStyle(workbench).getPropertyValue('--vscode-editor-background')}`;
}
