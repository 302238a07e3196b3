import { createHash } from 'node:crypto';
import type { ChatDraft } from '@roost/contract';
import type { NewMember } from '../access/members.repository.js';
import { mutationOf } from '../logs/mutations.js';
import { newId, objectId } from '../store/ids.js';
import type { ChatDocument } from '../access/chat.schema.js';

const draftHashOf = ({ type, title, memberIds }: ChatDraft): string =>
  createHash('sha256')
    .update(JSON.stringify([type, title ?? null, ...new Set(memberIds.toSorted())]))
    .digest('base64');

/** The documents of a chat to be: its creator owns it, where it is not of two. */
export function newChat(
  ownerId: string,
  others: readonly string[],
  draft: ChatDraft,
): { readonly chat: ChatDocument; readonly members: readonly NewMember[] } {
  const { type, title } = draft;
  const mutation = type === 'direct' ? undefined : mutationOf(ownerId, draft);
  const now = new Date();
  const chatId = newId();
  const userIds = [ownerId, ...others];
  return {
    chat: {
      _id: objectId(chatId),
      type,
      ...(title !== undefined && { title }),
      createdBy: objectId(ownerId),
      ...(type !== 'direct' && { ownerId: objectId(ownerId) }),
      createdAt: now,
      lastActivityAt: now,
      memberCount: userIds.length,
      ...(mutation !== undefined && { mutation, draftHash: draftHashOf(draft) }),
      ...(type === 'direct' && { directKey: userIds.toSorted().join(':') }),
    },
    members: userIds.map((userId) => ({
      chatId,
      userId,
      role: userId === ownerId && type !== 'direct' ? 'owner' : 'member',
      joinedAt: now,
      readSeq: 0,
      rev: 0,
    })),
  };
}
