import type { CommandName } from '@roost/contract';
import { hasFields } from '../has-fields.js';

/** Which tabs have which chats open. To the server they are one: a chat is open as long as one of them has it open. */
export class SharedChats {
  private readonly tabs = new Map<string, Set<string>>();

  /** Notes what a tab asks for. What it leaves while others have it open is answered here: undefined where the server has to be asked. */
  asked(tab: string, name: CommandName, request: object): object | undefined {
    if ((name !== 'chat:join' && name !== 'chat:leave') || !hasFields(request, { chatId: 'string' })) return undefined;
    const { chatId } = request;
    const tabs = this.tabs.get(chatId) ?? new Set();
    if (name === 'chat:join') {
      this.tabs.set(chatId, tabs.add(tab));
      return undefined;
    }
    tabs.delete(tab);
    if (tabs.size > 0) return { success: true, message: `Left chat ${chatId}` };
    this.tabs.delete(chatId);
    return undefined;
  }

  /** A tab is gone. Gives the chats that it had open, and no other tab has. */
  gone(tab: string): readonly string[] {
    const left = [...this.tabs].filter(([, tabs]) => tabs.delete(tab) && tabs.size === 0).map(([chatId]) => chatId);
    for (const chatId of left) this.tabs.delete(chatId);
    return left;
  }
}
