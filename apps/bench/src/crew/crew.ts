import { AskedProcess } from '../child/asked-process.js';
import type { CrewRequests } from './messages.js';

/** People with SDK clients, in a process of their own. */
export type Crew = AskedProcess<CrewRequests>;

export const startCrew = (): Crew => new AskedProcess('the crew', new URL('./main.js', import.meta.url));
