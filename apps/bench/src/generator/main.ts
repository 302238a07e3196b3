import { answering } from '../child/answering.js';
import { clientMessageId } from './chat-connection.js';
import { Group } from './group.js';
import { Load } from './load.js';
import type { GeneratorRequests } from './messages.js';

/** The load generator: sockets so cheap that they can share a core with the stores. */
const groups = new Map<number, Group>();
const seqs = new Map<number, number>();
let lastGroup = 0;

answering<GeneratorRequests>({
  connect: async (spec) => {
    const group = new Group(spec);
    groups.set(++lastGroup, group);
    await group.connect();
    return { group: lastGroup };
  },
  load: ({ group: id, ...load }) => {
    const group = groupOf(id);
    return new Load(group, load, (send, seq) => group.spec.numbered && seqs.set(send, seq)).run();
  },
  close: ({ group: id }) => {
    const group = groupOf(id);
    group.close();
    groups.delete(id);
    return group.ledger.check();
  },
  acknowledgements: () => ({ seqs: new Map([...seqs].map(([send, seq]) => [clientMessageId(send), seq])) }),
});

function groupOf(id: number): Group {
  const group = groups.get(id);
  if (!group) throw new Error(`no group ${id}`);
  return group;
}
