import type { Cluster } from '../cluster.js';
import type { Words } from './words.js';

/** People with accounts, each with a chat and a message of their own. */
export class Attackers {
  private readonly known = new Map<string, Promise<Words>>();

  /** @param strangers ids that exist and are not theirs */
  constructor(
    private readonly cluster: Cluster,
    private readonly strangers: readonly string[],
  ) {}

  /** What somebody knows, who is registered when first asked for: once, for an attack may sign them out. */
  named(name: string): Promise<Words> {
    const known = this.known.get(name) ?? this.register(name);
    this.known.set(name, known);
    return known;
  }

  private async register(name: string): Promise<Words> {
    const { id } = await this.cluster.person(name);
    const { id: chatId } = await this.cluster.chat({ members: [name] });
    const { id: messageId } = await this.cluster.api(name).call('messages.send', { body: { chatId, text: 'mine' } });
    const ids = [id, chatId, chatId, messageId, messageId, ...this.strangers, 'f'.repeat(24)];
    return { token: await this.cluster.token(name), ids };
  }
}
