/** The only place where names of Socket.IO rooms are built. */
export const chatRoom = (chatId: string): string => `chat-${chatId}`;
/** The sockets that have the chat open, by `chat:join`: what is of interest only to who looks at it goes there. */
export const openRoom = (chatId: string): string => `open-${chatId}`;
export const userRoom = (userId: string): string => `user-${userId}`;
export const topicRoom = (topic: string): string => `topic-${topic}`;
/** Sockets of people who are in more chats than were joined on connect. */
export const partlyJoinedRoom = 'partly-joined';
/**
 * Nobody is ever in it. A fact that is for a second room besides its own is sent over the channel that all replicas hear, and this
 * one adds no reader.
 */
export const everyReplicasRoom = 'nobody';
