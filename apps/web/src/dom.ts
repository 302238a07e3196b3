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

/** A field with its label around it. */
export function field(text: string, properties: Partial<HTMLInputElement>) {
  const input = el('input', properties);
  return { input, label: el('label', {}, el('span', {}, text), input) };
}

export function button(text: string, onclick: () => void, className = ''): HTMLButtonElement {
  return el('button', { type: 'button', onclick, className }, text);
}

export function form(submitted: () => void, className: string, ...children: Node[]): HTMLFormElement {
  const onsubmit = (event: SubmitEvent) => {
    event.preventDefault();
    submitted();
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
