import { explain } from './words.js';

/** Makes an element with these properties and children. Strings become text nodes: what people write is never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** What somebody wrote, in a line with other text: its direction of writing turns nothing around it. */
export function apart(...children: (Node | string)[]): HTMLElement {
  return el('bdi', {}, ...children);
}

/**
 * Refuses what is longer, as the server counts: code points of what is stored. `maxLength` counts UTF-16 units, of which most emoji
 * have two.
 */
export function atMost(most: number, input: HTMLInputElement): void {
  input.addEventListener('input', () => {
    const stored = input.value
      .normalize('NFC')
      .trim()
      .replaceAll(/\p{Zs}+/gu, ' ');
    const { length } = Array.from(stored);
    input.setCustomValidity(length > most ? `At most ${most} characters; these are ${length}.` : '');
  });
}

/** A field with its label around it. */
export function field(text: string, properties: Partial<HTMLInputElement>) {
  const input = el('input', properties);
  return { input, label: el('label', {}, el('span', {}, text), input) };
}

/** Work that nobody waits for: what goes wrong in it and is explained nowhere is an uncaught error of the page. */
export function inBackground(work: () => unknown): void {
  new Promise((resolve) => resolve(work())).catch(reportError);
}

export function button(text: string | Node, clicked: () => unknown, className = ''): HTMLButtonElement {
  return el('button', { type: 'button', onclick: () => inBackground(clicked), className }, text);
}

export function form(submitted: () => unknown, className: string, ...children: Node[]): HTMLFormElement {
  const onsubmit = (event: SubmitEvent) => {
    event.preventDefault();
    inBackground(submitted);
  };
  return el('form', { onsubmit, className }, ...children);
}

/** Where something says what went wrong; read out as soon as it is filled. */
export function alertLine(text = ''): HTMLElement {
  return el('p', { role: 'alert', className: 'alert' }, text);
}

/** Makes `children` the children, in this order. Those that stay are not touched: they keep focus and selection. */
export function arrange(parent: Element, children: readonly Element[]): void {
  const wanted = new Set(children);
  for (const gone of [...parent.children].filter((child) => !wanted.has(child))) gone.remove();
  let place = parent.firstElementChild;
  for (const child of children) {
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
}

/** Does the work; what goes wrong is explained in the line, and given back. */
export async function attempt(line: HTMLElement, work: () => Promise<unknown>): Promise<unknown> {
  line.textContent = '';
  try {
    await work();
    return undefined;
  } catch (error) {
    line.textContent = explain(error);
    return error;
  }
}
