/** The only place where names of Socket.IO rooms are built. */
export const chatRoom = (chatId: string): string => `chat-${chatId}`;
export const userRoom = (userId: string): string => `user-${userId}`;
export const topicRoom = (topic: string): string => `topic-${topic}`;
/** Always empty. */
export const nobodysRoom = 'nobody';
