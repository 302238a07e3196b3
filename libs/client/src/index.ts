export { ChatError } from '@roost/contract';
export { RoostApi } from './api.js';
export type { CallOf, RoostApiOptions, TokenSource } from './api.js';
export { RoostClient } from './client.js';
export type { RoostClientOptions, SendOptions } from './client.js';
export type { ConnectionState, SessionReady } from './connection.js';
export { ConnectionClosed, NoAnswer } from './failures.js';
export { register, sessionFrom, signIn } from './sign-in.js';
export type { Session } from './sign-in.js';
