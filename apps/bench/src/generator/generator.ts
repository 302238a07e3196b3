import { AskedProcess } from '../child/asked-process.js';
import type { GeneratorRequests } from './messages.js';

/** The load generator as the bench sees it. */
export type Generator = AskedProcess<GeneratorRequests>;

export const startGenerator = (): Generator =>
  new AskedProcess('the load generator', new URL('./main.js', import.meta.url));
