import type { Cluster } from '../cluster.js';

/** A chat of people who attack nobody: what is in it must stay as it is. */
export class ReferenceChat {
  private constructor(
    private readonly cluster: Cluster,
    private readonly chatId: string,
    /** Ids that attackers may know without being allowed anything. */
    readonly ids: readonly string[],
  ) {}

  static async create(cluster: Cluster): Promise<ReferenceChat> {
    const { id: chatId } = await cluster.chat({ members: ['linus', 'hedy'] });
    const ids = [chatId, ...(await cluster.idsOf('linus', 'hedy'))];
    for (const text of ['one', 'two', 'three']) {
      const { id } = await cluster.api('linus').call('messages.send', { body: { chatId, text } });
      ids.push(id);
    }
    return new ReferenceChat(cluster, chatId, ids);
  }

  /** Everything that its owner sees of it. */
  read(): Promise<unknown[]> {
    const linus = this.cluster.api('linus');
    const params = { chatId: this.chatId };
    return Promise.all([
      linus.call('chats.get', { params }),
      linus.call('members.list', { params, query: {} }),
      linus.call('messages.list', { params, query: {} }),
      linus.call('users.me'),
    ]);
  }
}
