import { answering } from '../child/answering.js';
import { Group } from './group.js';
import { Load } from './load.js';
import type { GeneratorRequests } from './messages.js';

/** The load generator: sockets so cheap that they can share a core with the stores. */
const groups = new Map<number, Group>();
let lastGroup = 0;

answering<GeneratorRequests>({
  connect: async (spec) => {
    const group = new Group(spec);
    groups.set(++lastGroup, group);
    await group.connect();
    return { group: lastGroup };
  },
  load: ({ group, ...spec }) => new Load(groupOf(group), spec).run(),
  close: ({ group }) => {
    groupOf(group).close();
    groups.delete(group);
  },
});

function groupOf(id: number): Group {
  const group = groups.get(id);
  if (!group) throw new Error(`no group ${id}`);
  return group;
}
