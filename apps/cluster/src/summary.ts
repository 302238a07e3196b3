import type { Account } from './accounts.js';
import type { DataFolder } from './data-folder.js';
import type { Proof } from './proof.js';
import type { Cluster } from './start-cluster.js';

/** What a person needs to know of a cluster that is ready. */
export function summary({ cluster, accounts, proof, data }: SummaryOf): string {
  const { url, store } = cluster;
  return [
    '',
    `  Open      ${url}`,
    ...accounts.map(
      ({ displayName, email, password }, i) =>
        `  ${i === 0 ? 'Sign in' : '       '}   ${displayName.padEnd(6)} ${email.padEnd(18)} ${password}`,
    ),
    `  Health    ${url}/health/live and ${url}/health/ready; of one replica ${cluster.replicas[0]?.url}/health/deps`,
    `  Logs      ${data.logs}`,
    ...(store.kind === 'embedded'
      ? ['  Store     embedded: for one machine, for trying and testing; production uses MongoDB']
      : []),
    '',
    ...proofLines(proof),
    '',
    '  Ctrl-C stops everything. To restart or scale it meanwhile: npm run cluster -- --help',
  ].join('\n');
}

export interface SummaryOf {
  cluster: Cluster;
  accounts: Account[];
  /** Undefined with a single replica, where there is nothing to prove. */
  proof: Proof | undefined;
  data: DataFolder;
}

function proofLines(proof: Proof | undefined): string[] {
  if (!proof) return ['  Proof     none: one replica has no other to reach'];
  const { sentThrough, arrivedAt, tookMs } = proof;
  return [
    `  Proof     a message sent through ${sentThrough} was on a socket at ${arrivedAt} ${tookMs.toFixed(0)} ms later`,
  ];
}
