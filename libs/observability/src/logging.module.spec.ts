import { Body, Controller, Get, Logger, Module, Post, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Logger as PinoNestLogger } from 'nestjs-pino';
import request from 'supertest';
import type { App } from 'supertest/types.js';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { currentCorrelationId } from './correlation-id.js';
import { createLogger } from './logger.js';
import { loggingModule } from './logging.module.js';
import { requestContext } from './request-context.js';

const lines: string[] = [];
const settings = { logLevel: 'info', logPretty: false, replicaName: 'chat-1', jwtSecret: 'k'.repeat(40) } as const;
const logger = createLogger(settings, { write: (line) => void lines.push(line) });

@Controller()
class SampleController {
  @Post('messages')
  send(@Body() body: { text: string }) {
    new Logger('Messages').log({ length: body.text.length }, 'message stored');
    return { id: currentCorrelationId() };
  }

  @Get('health/ready')
  ready() {
    return { status: 'ok' };
  }

  @Get('broken')
  broken() {
    throw new Error('no primary');
  }
}

@Module({ imports: [loggingModule(settings, logger)], controllers: [SampleController] })
class SampleModule {}

let app: INestApplication<App>;
beforeAll(async () => {
  app = await NestFactory.create(SampleModule, { bufferLogs: true });
  app.useLogger(app.get(PinoNestLogger));
  app.use(requestContext);
  await app.init();
});
afterAll(() => app.close());
beforeEach(() => void lines.splice(0));

const parsedLines = () => lines.map((line): unknown => JSON.parse(line));

it('gives every request an id that its answer and all its lines carry', async () => {
  const answer = await request(app.getHttpServer()).post('/messages?token=pa55').send({ text: 'hello' });
  const requestId: unknown = answer.body.id;
  expect(answer.headers['x-request-id']).toBe(requestId);
  expect(parsedLines()).toMatchObject([
    { requestId, msg: 'message stored', context: 'Messages', length: 5, replica: 'chat-1' },
    {
      requestId,
      msg: 'request completed',
      req: { method: 'POST', url: '/messages?token=***' },
      res: { statusCode: 201 },
    },
  ]);
  expect(lines.every((line) => line.split('"requestId"').length === 2)).toBe(true);
});

it.each(['/invites/pa55', '//Invites/pa55?limit=1'])('has no token of an invite in its line: %s', async (path) => {
  await request(app.getHttpServer()).get(path);
  expect(parsedLines()).toMatchObject([{ req: { url: expect.stringMatching(/^\/invites\/\*\*\*(\?limit=1)?$/) } }]);
});

const withId = (id: string) => request(app.getHttpServer()).get('/health/ready').set('X-Request-Id', id);

it('keeps a well-formed X-Request-Id and replaces any other', async () => {
  expect((await withId('edge-0001.a:b')).headers['x-request-id']).toBe('edge-0001.a:b');
  for (const bad of ['short', 'with space in it', 'x'.repeat(65), '"},{"level":"fatal']) {
    expect((await withId(bad)).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  }
});

it('writes no line for health probes', async () => {
  await request(app.getHttpServer()).get('/health/ready');
  await request(app.getHttpServer()).post('/messages').send({ text: 'marker' });
  expect(parsedLines()).toMatchObject([{ msg: 'message stored' }, { msg: 'request completed' }]);
});

it('reports a fault of ours as an error with its request', async () => {
  await request(app.getHttpServer()).get('/broken').set('X-Request-Id', 'broken-request');
  expect(parsedLines()).toContainEqual(
    expect.objectContaining({
      level: 'error',
      requestId: 'broken-request',
      err: expect.objectContaining({ message: 'no primary' }),
    }),
  );
});

it('gives an id even to a body that is no JSON', async () => {
  const answer = await request(app.getHttpServer()).post('/messages').type('json').send('{"password":"pa55" x');
  expect(answer.status).toBe(400);
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(lines.join()).not.toContain('pa55');
});

it('writes no value of an address but those of paging: what people search for is theirs', async () => {
  await request(app.getHttpServer()).get('/broken?query=ada%20lovelace&limit=20&q=+49%20170&lovelace');
  expect(lines.join()).not.toMatch(/lovelace|170/);
  expect(lines.join()).toContain('/broken?query=***&limit=20&q=***&***');
});
