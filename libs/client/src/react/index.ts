export { useChat, useChats, useConnection, useConversation, usePresence, useTotalUnread, useTyping } from './hooks.js';
export { RoostProvider, useRoost } from './provider.js';
export { useSelected } from './use-selected.js';
