import { expect } from 'vitest';
import { routes } from '@roost/contract';
import { clusterTest } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

const test = clusterTest();

const account = { email: 'katherine@example.org', password: 'orbits by hand', displayName: 'Katherine' };

test('an e-mail is taken once, whatever its case: 409', async ({ cluster }) => {
  const { status, body } = await cluster.http('POST /auth/register', { body: account });
  expect(status).toBe(201);
  expect(body).toMatchObject({ user: { displayName: 'Katherine', email: account.email } });
  for (const email of [account.email, account.email.toUpperCase()]) {
    const answer = await cluster.http('POST /auth/register', { body: { ...account, email } });
    expect(refusedCall(answer).code).toBe('auth/email_taken');
    expect(answer.status).toBe(409);
  }
});

test('ten registrations of one e-mail at once: one account', async ({ cluster }) => {
  const body = { ...account, email: 'once@example.org' };
  const answers = await Promise.all(Array.from({ length: 10 }, () => cluster.http('POST /auth/register', { body })));
  const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
  expect([count(201), count(409)]).toEqual([1, 9]);
});

const wrong: { what: string; fields: Record<string, unknown>; path: string }[] = [
  { what: 'a password of 7 characters', fields: { password: '1234567' }, path: 'password' },
  { what: 'a password of 257 characters', fields: { password: 'a'.repeat(257) }, path: 'password' },
  { what: 'no password', fields: { password: undefined }, path: 'password' },
  { what: 'an e-mail that is none', fields: { email: 'katherine' }, path: 'email' },
  { what: 'a query in place of an e-mail', fields: { email: { $gt: '' } }, path: 'email' },
  { what: 'an empty name', fields: { displayName: '  ' }, path: 'displayName' },
  { what: 'a name of 81 characters', fields: { displayName: 'a'.repeat(81) }, path: 'displayName' },
  { what: 'a field too many', fields: { role: 'admin' }, path: '' },
];
test.for(wrong)('A3 registering with $what is 400 with details', async ({ fields, path }, { cluster }) => {
  const answer = await cluster.http('POST /auth/register', {
    body: { ...account, email: 'wrong@example.org', ...fields },
  });
  expect(answer.status).toBe(400);
  expect(refusedCall(answer)).toMatchObject({ code: 'request/invalid', details: [{ path }] });
  expect(
    await (await cluster.mongo.database()).collection('users').countDocuments({ email: 'wrong@example.org' }),
  ).toBe(0);
});

test('a wrong password and an unknown e-mail get the same answer, byte for byte', async ({ cluster }) => {
  const { email, password } = await cluster.person('ada');
  const wrongPassword = await cluster.http('POST /auth/login', { body: { email, password: `${password}!` } });
  const unknownEmail = await cluster.http('POST /auth/login', { body: { email: 'nobody@example.org', password } });
  expect(wrongPassword.status).toBe(401);
  expect(refusedCall(wrongPassword).code).toBe('auth/credentials_invalid');
  expect(unknownEmail.status).toBe(401);
  expect(JSON.stringify(unknownEmail.body)).toBe(JSON.stringify(wrongPassword.body));

  const right = await cluster.http('POST /auth/login', { body: { email: email.toUpperCase(), password } });
  expect(right.status).toBe(200);
});

test('no password is kept or logged', async ({ cluster }) => {
  const { email, password } = await cluster.person('ada');
  await cluster.http('POST /auth/login', { body: { email, password: 'another secret' } });
  const user = await (await cluster.mongo.database()).collection('users').findOne({ email });
  expect(user?.['passwordHash']).toMatch(/^\$argon2id\$/);
  for (const secret of [password, 'another secret', String(user?.['passwordHash'])]) {
    expect(cluster.log(1)).not.toContain(secret);
  }
});

test('a person sees their own e-mail; nobody else does, and nobody is found by it', async ({ cluster }) => {
  await cluster.person('grace');
  const { id } = await cluster.person('ada');
  expect(await cluster.api('ada').call('users.me')).toMatchObject({ id, email: 'ada@example.org', displayName: 'Ada' });
  const search = (query: string) => cluster.api('grace').call('users.search', { query: { query } });
  expect((await search('ada')).items).toEqual([{ id, displayName: 'Ada' }]);
  expect((await search('AD')).items).toEqual([{ id, displayName: 'Ada' }]);
  expect((await search('example')).items).toEqual([]);
  expect((await search('ada@example.org')).items).toEqual([]);
});

test('every route that needs a caller says so', async ({ cluster }) => {
  const closed = Object.values(routes).filter(({ caller }) => caller === 'user');
  expect(closed.length).toBeGreaterThan(8);
  for (const { method, path } of closed) {
    const url = path.replaceAll(/:\w+/g, 'a'.repeat(24));
    const body = method === 'POST' ? {} : undefined;
    expect(refusedCall(await cluster.http(`${method} ${url}`, { body })).code).toBe('auth/token_missing');
  }
});
