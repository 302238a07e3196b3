import type { Message } from '@roost/contract';
import { isDeepStrictEqual } from 'node:util';
import type { TestClient } from '../test-client.js';

/**
 * What a client has of a chat, read to its beginning, without tombstones: history leaves them out, facts do not. The
 * people of a chat have no order that a client could rely on.
 */
export async function viewOf({ sdk }: Pick<TestClient, 'sdk'>, chatId: string): Promise<ChatAsSeen | undefined> {
  while (sdk.view(chatId)?.hasOlder) await sdk.loadOlder(chatId);
  const view = sdk.view(chatId);
  if (!view) return undefined;
  const { members, ...chat } = view.chat;
  return {
    chat: { ...chat, members: members?.toSorted((a, b) => a.id.localeCompare(b.id)) },
    messages: view.messages.filter(isThere),
    marks: view.marks,
    pending: view.pending.map(({ stage, text }) => `${text} (${stage})`),
  };
}

/** Plain data, to be compared. */
export interface ChatAsSeen {
  readonly marks: object;
  readonly chat: object;
  readonly messages: readonly Message[];
  readonly pending: readonly string[];
}

const isThere = ({ deletedAt }: Message): boolean => deletedAt === undefined;

/** Where two things differ first, in words; undefined where they do not. */
export function difference(one: unknown, other: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(one, other)) return undefined;
  if (isRecord(one) && isRecord(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    for (const key of keys) {
      const found = difference(one[key], other[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
  }
  return `${path}: ${JSON.stringify(one)} is not ${JSON.stringify(other)}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
