import { Group } from './group.js';
import { Load } from './load.js';
import type { Question, Reply } from './messages.js';

/** The load generator: a process of its own, so that its CPU time can be told from everything else's. */
const groups = new Map<number, Group>();
let lastGroup = 0;

process.on('message', (question: Question) => void answer(question));
process.on('disconnect', () => process.exit(0));

async function answer(question: Question): Promise<void> {
  try {
    reply({ id: question.id, result: await resultOf(question) });
  } catch (error) {
    reply({ id: question.id, error: error instanceof Error ? error.message : String(error) });
  }
}

function reply(message: Reply): void {
  process.send?.(message);
}

async function resultOf(question: Question): Promise<unknown> {
  switch (question.name) {
    case 'connect': {
      const group = new Group(question.request);
      groups.set(++lastGroup, group);
      await group.connect();
      return { group: lastGroup };
    }
    case 'load':
      return new Load(groupOf(question.request.group), question.request).run();
    case 'close':
      groupOf(question.request.group).close();
      groups.delete(question.request.group);
      return undefined;
  }
}

function groupOf(id: number): Group {
  const group = groups.get(id);
  if (!group) throw new Error(`no group ${id}`);
  return group;
}
