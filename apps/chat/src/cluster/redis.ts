/** Injection token of the connected Redis clients. */
export const REDIS = Symbol('redis');
