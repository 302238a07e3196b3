import { renderMetricsPage } from '@roost/observability';
import { renderEnvExample, renderSettingsPage } from '@roost/settings';
import '../apps/chat/src/metrics.js';
import { renderContractPage } from './contract-page.js';

/** A committed file that is written by the program, never by hand. */
export interface GeneratedDocument {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly render: () => string;
}

/** All of them. A new one is a line here; `npm run docs` writes it and a unit test fails while it is stale. */
export const generatedDocuments: readonly GeneratedDocument[] = [
  { path: '.env.example', render: renderEnvExample },
  { path: 'docs/metrics.md', render: renderMetricsPage },
  { path: 'docs/reference.md', render: renderContractPage },
  { path: 'docs/settings.md', render: renderSettingsPage },
];
