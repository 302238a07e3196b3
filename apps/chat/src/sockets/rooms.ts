/** The only place where names of Socket.IO rooms are built. */
export const chatRoom = (chatId: string): string => `chat-${chatId}`;
export const userRoom = (userId: string): string => `user-${userId}`;
export const topicRoom = (topic: string): string => `topic-${topic}`;
/** Sockets of people who are in more chats than were joined on connect. */
export const partlyJoinedRoom = 'partly-joined';
/** Always empty. */
export const nobodysRoom = 'nobody';
