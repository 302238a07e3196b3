import { hash as hashAsTyped } from '@node-rs/argon2';
import { expect } from 'vitest';
import { routes } from '@roost/contract';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

const test = sharedClusterTest(oneReplica);

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
  { what: 'a password of 7 characters, decomposed', fields: { password: 'e\u0301'.repeat(7) }, path: 'password' },
  { what: 'a password with a line break', fields: { password: 'two\nlines of it' }, path: 'password' },
  { what: 'no password', fields: { password: undefined }, path: 'password' },
  { what: 'an e-mail that is none', fields: { email: 'katherine' }, path: 'email' },
  { what: 'a query in place of an e-mail', fields: { email: { $gt: '' } }, path: 'email' },
  { what: 'an empty name', fields: { displayName: '  ' }, path: 'displayName' },
  { what: 'a name that nobody can see', fields: { displayName: '\u200b\u2800\u3164' }, path: 'displayName' },
  { what: 'a name of two lines', fields: { displayName: 'Katherine\nJohnson' }, path: 'displayName' },
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

test('a password is the same from every keyboard: where one registers, signs in and changes it', async ({
  cluster,
}) => {
  const composed = 'cr\u00e8me br\u00fbl\u00e9e 42';
  const decomposed = composed.normalize('NFD');
  const email = 'zoe@example.org';
  const { status, body } = await cluster.http('POST /auth/register', {
    body: { email, password: decomposed, displayName: 'Zoë' },
  });
  expect(status).toBe(201);
  const login = async (password: string) =>
    (await cluster.http('POST /auth/login', { body: { email, password } })).status;
  const variants = [composed, decomposed, composed.replaceAll(' ', '\u00a0'), composed.replace('42', '\uff14\uff12')];
  for (const variant of variants) expect(await login(variant)).toBe(200);
  for (const other of [composed.toUpperCase(), composed.replace('\u00e8', 'e')]) expect(await login(other)).toBe(401);

  const change = { currentPassword: composed, newPassword: 'e\u0301t\u00e9 2027' };
  const { accessToken } = body as { accessToken: string };
  expect((await cluster.http('POST /auth/password', { token: accessToken, body: change })).status).toBe(204);
  expect(await login('\u00e9te\u0301\u00a02027')).toBe(200);
});

test('who has a hash of the password as it was typed signs in with that, and then from every keyboard', async ({
  cluster,
}) => {
  const { email } = await cluster.person('noether');
  const typed = 'cre\u0300me\u00a0br\u00fbl\u00e9e';
  const users = (await cluster.mongo.database()).collection('users');
  const passwordHash = await hashAsTyped(typed, { memoryCost: 8, timeCost: 1 });
  await users.updateOne({ email }, { $set: { passwordHash } });
  const login = (password: string) => cluster.http('POST /auth/login', { body: { email, password } });
  expect((await login(typed.normalize('NFC'))).status).toBe(401);
  // Two devices at once: whichever hashes it anew, both are in.
  const both = await Promise.all([login(typed), login(typed)]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  for (const { body } of both) {
    const { accessToken } = body as { accessToken: string };
    expect((await cluster.http('GET /users/me', { token: accessToken })).status).toBe(200);
  }
  expect((await users.findOne({ email }))?.['passwordHash']).not.toBe(passwordHash);
  expect((await login(typed.normalize('NFC').replace('\u00a0', ' '))).status).toBe(200);
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

test('C8 everybody is found by their name, of whatever it consists', async ({ cluster }) => {
  await cluster.person('grace');
  for (const [index, displayName] of ['🦊', 'Family 👩‍👩‍👧', '(._.)', '🇦🇹'.repeat(20)].entries()) {
    const body = { ...account, email: `found-${index}@example.org`, displayName };
    const registered = await cluster.http('POST /auth/register', { body });
    expect(registered.status).toBe(201);
    const { items } = await cluster.api('grace').call('users.search', { query: { query: displayName } });
    expect(items).toEqual([expect.objectContaining({ displayName })]);
  }
  const { items } = await cluster.api('grace').call('users.search', { query: { query: '👧' } });
  expect(items.map(({ displayName }) => displayName)).toEqual(['Family 👩‍👩‍👧']);
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
