import { answering } from '../child/answering.js';
import type { UnkindRequests } from './messages.js';
import { UnkindClient } from './unkind-client.js';

/** A process of its own: what it costs to be unkind is not to slow those who measure. */
let client: UnkindClient | undefined;

answering<UnkindRequests>({
  begin: ({ kind, target }) => {
    client = new UnkindClient(kind, target);
  },
  end: () => {
    client?.stop();
    return client?.connections ?? 0;
  },
});
