export { ChatError } from '@roost/contract';
export { RoostApi } from './api/api.js';
export type { RoostApiOptions, UploadOptions } from './api/api.js';
export type { CallOf, CallOptions } from './api/call.js';
export { RoostClient } from './client.js';
export type { RoostClientOptions } from './client.js';
export { RoostConnection } from './connection/connection.js';
export type { ConnectionOptions, TokenAsk, TokenSource } from './connection/options.js';
export type { ConnectionState, SessionReady } from './connection/state.js';
export { ConnectionClosed, NoAnswer } from './failures.js';
export type { BanOptions, ChangeCommand, Draft, InviteOptions, SendOptions } from './outbox/draft.js';
export type { DraftStage, PendingChange, PendingMessage, Sent } from './outbox/entry.js';
export type { Outbox } from './outbox/outbox.js';
export { Session } from './session/session.js';
export { register, sessionFrom, signIn } from './session/sign-in.js';
export { hasReacted } from './state/reactions.js';
export {
  chatList,
  chatView,
  conversationRows,
  localDay,
  marksOf,
  readersOf,
  totalUnread,
  typingIn,
} from './state/selectors.js';
export type { ChatView, ConversationRow } from './state/selectors.js';
export type { OwnState } from './state/own.js';
export { chatState } from './state/state.js';
export type { ChatState, Range, Segment, State } from './state/state.js';
export type { StreamOptions, StreamPosition } from './sync/message-stream.js';
export { MemoryStorage } from './storage/memory-storage.js';
export type { ClientStorage } from './storage/storage.js';
export type { Clock, Surroundings } from './time.js';
