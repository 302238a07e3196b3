import { limits } from '@roost/contract';
import type { SocketLimits } from '@roost/contract';
import type { Settings } from '@roost/settings';

/** What a socket is told of the limits that hold for it. */
export const socketLimits = (settings: Settings): SocketLimits => ({
  ...(settings.sendsPerS > 0 && { sendsPerS: settings.sendsPerS, sendsBurst: settings.sendsBurst }),
  ...(settings.commandsPerS > 0 && { commandsPerS: settings.commandsPerS, commandsBurst: settings.commandsBurst }),
  refusalsPer10S: settings.refusalsPer10sMax,
  maxFrameBytes: settings.maxFrameBytes,
  textMax: limits.textCodePoints,
  syncChats: limits.syncChats,
  joinedChatsMax: settings.joinedChatsMax,
  pageBytes: limits.answerBytes,
  ownChanges: limits.ownChanges,
});
