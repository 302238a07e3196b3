import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { JwtSecrets } from '@roost/settings';
import { runInContext, setContextCaller } from './context.js';
import { createLogger } from './logger.js';

const jwtSecret = 'the "signing" key of forty characters, or so';
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';

/** A logger whose lines can be read. */
function loggerWithLines(secrets: JwtSecrets = { jwtSecret }) {
  const lines: string[] = [];
  const settings = { logLevel: 'info', logPretty: false, replicaName: 'chat-1', ...secrets } as const;
  const logger = createLogger(settings, { write: (line) => void lines.push(line) });
  return { logger, lines, last: (): unknown => JSON.parse(lines.at(-1) ?? '') };
}

describe('a line', () => {
  it('carries level, ISO time and the name of the replica', () => {
    const { logger, last } = loggerWithLines();
    logger.info({ chatId: 'c1' }, 'chat joined');
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      replica: 'chat-1',
      chatId: 'c1',
      msg: 'chat joined',
    });
  });

  it('carries the command it was written in, also after an await, and not that of another', async () => {
    const { logger, lines } = loggerWithLines();
    const command = (commandId: string, userId: string) =>
      runInContext({ commandId, userId, socketId: 's1', command: 'message:send' }, async () => {
        await nextTurn();
        logger.info('message stored');
      });
    await Promise.all([command('k1', 'ada'), command('k2', 'grace')]);
    logger.info('outside');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { commandId: 'k1', userId: 'ada', socketId: 's1', command: 'message:send' },
      { commandId: 'k2', userId: 'grace' },
      { msg: 'outside' },
    ]);
    expect(lines[2]).not.toContain('commandId');
  });

  it('carries the user and the session from the moment they are known', () => {
    const { logger, last } = loggerWithLines();
    runInContext({ requestId: 'r1' }, () => {
      logger.info('before');
      expect(last()).not.toHaveProperty('userId');
      setContextCaller({ userId: 'ada', sessionId: 'phone' });
      logger.info('after');
    });
    expect(last()).toMatchObject({ requestId: 'r1', userId: 'ada', sessionId: 'phone' });
  });

  it('shows an error with its stack and its cause', () => {
    const { logger, last } = loggerWithLines();
    logger.error(new Error('not stored', { cause: new Error('no primary') }));
    expect(last()).toMatchObject({
      msg: 'not stored',
      err: { type: 'Error', stack: expect.stringContaining('no primary') },
    });
  });
});

describe('secrets', () => {
  const parseError = Object.assign(new SyntaxError('Unexpected token, "{"password": "pa55" x"'), {
    body: '{"password":"pa55" x',
  });
  it.each<[string, unknown]>([
    ['the header authorization', { headers: { authorization: 'Basic pa55' } }],
    ['cookies', { req: { headers: { cookie: 'sid=pa55' } }, res: { headers: { 'set-cookie': ['a=pa55', 'b=pa55'] } } }],
    ['passwords', { body: { password: 'pa55', currentPassword: 'pa"55"pa55', newPassword: 'pa55' } }],
    ['auth.token of a handshake', { handshake: { auth: { token: 'pa55', protocol: 1 } } }],
    ['tokens, however deep', { a: { b: { c: { d: { e: { f: [{ refreshToken: 'pa55' }] } } } } } }],
    [
      'tokens of class instances',
      new (class Caller {
        accessToken = 'pa55';
      })(),
    ],
    ['settings', { JWT_SECRET: 'pa55', jwtSecret: 'pa55', JWT_SECRETS: 'pa55', jwtSecrets: ['pa55', 'pa55'] }],
    ['the signing key, wherever it stands', { anything: `<${jwtSecret}>` }],
    ['tokens in an address', { url: '/socket.io/?token=pa55&EIO=4' }],
    ['tokens in a text', { text: `Bearer pa55.pa55 and ${jwt}` }],
    ['a body that was no JSON', { err: parseError }],
    ['a body as text', { body: '{"email":"ada@roost.example","password": "pa55\\"pa55"}' }],
    ['credentials of the stores', { err: new Error('cannot reach mongodb://ada:pa55@db/roost') }],
  ])('%s are hidden, and the line stays JSON', (_what, fields) => {
    const { logger, lines, last } = loggerWithLines();
    logger.info(fields);
    expect(lines[0]).not.toMatch(/pa55|signing|c2lnbmF0dXJl/);
    expect(lines[0]).toContain('***');
    expect(last()).toBeTypeOf('object');
  });

  it('are hidden where there are several of the signing key', () => {
    const secrets = ['the "old" one, of more than forty characters', 'the "new" one, of more than forty characters'];
    const { logger, lines, last } = loggerWithLines({ jwtSecrets: secrets });
    logger.info({ anything: secrets }, secrets.join());
    expect(lines[0]).not.toMatch(/old|new/);
    expect(last()).toMatchObject({ anything: ['***', '***'], msg: '***,***' });
  });

  it('are hidden in child loggers and messages too', () => {
    const { logger, lines } = loggerWithLines();
    logger.child({ token: 'pa55' }).info('signed in with %s', jwt);
    expect(lines[0]).not.toMatch(/pa55|c2lnbmF0dXJl/);
  });

  it('do not take the rest of the line with them', () => {
    const { logger, last } = loggerWithLines();
    const fields = {
      url: '/chats?limit=50&before=9',
      email: 'ada@roost.example',
      text: 'the token is "token": ok',
      tokens: 3,
    };
    logger.info(fields);
    expect(last()).toMatchObject(fields);
  });

  it.each(['eyJ-'.repeat(20_000), '?token'.repeat(10_000), '\\"token\\":\\"'.repeat(10_000), '://'.repeat(20_000)])(
    'are looked for in linear time (%#)',
    (text) => {
      const { logger, lines } = loggerWithLines();
      const startedAt = performance.now();
      logger.info({ text });
      expect(lines).toHaveLength(1);
      // the quadratic version took seconds
      expect(performance.now() - startedAt).toBeLessThan(500);
    },
  );
});
