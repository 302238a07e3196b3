import type { Chat, Presence } from '@roost/contract';
import { useCallback, useEffect } from 'react';
import type { ConnectionState } from '../connection/state.js';
import { chatList, chatView, conversationRows, totalUnread, typingIn } from '../state/selectors.js';
import type { ChatView, ConversationRow } from '../state/selectors.js';
import type { State } from '../state/state.js';
import { useRoost } from './provider.js';
import { useSelected } from './use-selected.js';

const connectionOf = ({ connection }: State): ConnectionState => connection;

/** How the connection is. */
export const useConnection = (): ConnectionState => useSelected(connectionOf);

/** All chats that are known, newest activity first. */
export const useChats = (): readonly Chat[] => useSelected(chatList);

/** What is unread in all chats that are known. */
export const useTotalUnread = (): number => useSelected(totalUnread);

/** A chat as it is shown; undefined where it is not known, or gone. */
export const useChat = (chatId: string): ChatView | undefined =>
  useSelected(useCallback((state: State) => chatView(state, chatId), [chatId]));

/** Ids of the others who are writing in a chat that is open. */
export const useTyping = (chatId: string): readonly string[] =>
  useSelected(useCallback((state: State) => typingIn(state, chatId), [chatId]));

/** Whether a person is there, who is watched from then on; undefined until that is known. */
export function usePresence(userId: string): Presence | undefined {
  const client = useRoost();
  useEffect(() => client.watchPresence([userId]), [client, userId]);
  return useSelected(useCallback(({ presence }: State) => presence[userId], [userId]));
}

const noRows: readonly ConversationRow[] = [];

/** The rows of a conversation: days, messages and one's own on their way. A row that did not change is the same object. */
export const useConversation = (chatId: string): readonly ConversationRow[] =>
  useSelected(
    useCallback(
      (state: State) => {
        const view = chatView(state, chatId);
        return view ? conversationRows(view, state.userId ?? '') : noRows;
      },
      [chatId],
    ),
  );
