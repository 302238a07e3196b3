import type { Cluster } from '@roost/testing';

/** Those of the group who are in it from the beginning. */
export const groupNames = ['ada', 'grace', 'linus'] as const;

/** Ada's group with Grace, an admin, and Linus; Hedy is not in it. */
export async function smallGroup(cluster: Cluster) {
  const { id: chatId } = await cluster.chat({ members: groupNames });
  const [ada, grace, linus] = await cluster.clients(...groupNames);
  const hedy = await cluster.client('hedy', { replica: 2 });
  await ada.command('member:update', { chatId, userId: grace.userId, role: 'admin' });
  return { chatId, ada, grace, linus, hedy };
}
