export * from './limits.js';
export * from './protocol.js';
export * from './errors.js';
export * from './models.js';
export * from './commands.js';
export * from './facts.js';
export * from './events.js';
export * from './routes.js';
export { check } from './check.js';
