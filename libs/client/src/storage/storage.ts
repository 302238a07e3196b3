/**
 * Where a client keeps what is to outlive the program: values of plain data by key. One for each person, for messages are sent
 * in the name of whoever is connected. Putting replaces; removing what is not there is fine. Whatever fails is reported and replaced
 * by memory: it never stops the chat.
 */
export interface ClientStorage {
  /** Everything that is kept. */
  load(): Promise<ReadonlyMap<string, unknown>>;
  /** Resolves when it would survive the end of the program. */
  put(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Under which a chat is kept. */
export const chatKey = (chatId: string): string => `chat/${chatId}`;
