import { signIn } from '../../dist/libs/client/src/index.js';
import { assert, until } from './wait.mjs';

/** A replica that is healthy gets its share once nginx has asked the name server again. */
const pickedUpTimeoutMs = 10_000;
/** The client's longest pause between two tries is 5 s. */
const backTimeoutMs = 20_000;
const arrivalTimeoutMs = 5_000;

/** What is tried, in this order; each gets `{ compose, url, room }` and may give figures to print. */
export const steps = [
  { name: 'a missing JWT_SECRET is named, and nothing starts', run: refusesWithoutSecret },
  { name: 'the images are built', run: builds },
  { name: 'three replicas and all they need become healthy', run: startsThree },
  { name: 'the page and readiness are public, metrics and dependencies are not', run: showsOnlyWhatIsPublic },
  { name: 'no service is root, has capabilities, or can write its file system', run: hasFewRights },
  { name: 'a message reaches sockets on all three replicas once, by long-polling too', run: crossesReplicas },
  { name: 'scaled to five: new replicas get connections, old connections live', run: scalesUp },
  { name: 'one replica stopped while messages are sent: its clients are back, no send failed', run: stopsOne },
  { name: 'scaled to two: everybody is on one of them, messages arrive', run: scalesDown },
  { name: 'the store has every acknowledged message once, in one order', run: keptAll },
  { name: 'all down and up again: everything is still there', run: comesBack },
];

async function refusesWithoutSecret({ compose }) {
  const { JWT_SECRET: _, ...env } = compose.env;
  const refusal = await compose.run(['config', '--quiet'], { env }).catch((error) => error.message);
  assert(refusal.includes('JWT_SECRET'), `expected a refusal that names JWT_SECRET, got: ${refusal || 'none'}`);
}

async function builds({ compose }) {
  await compose.build();
}

async function startsThree({ compose }) {
  await compose.up(3);
  const replicas = await compose.replicas();
  assert(replicas.length === 3, `expected three replicas, there are ${replicas.length}`);
  return replicas.join(', ');
}

async function showsOnlyWhatIsPublic({ url }) {
  const expected = {
    '/': 200,
    '/health/live': 200,
    '/health/ready': 200,
    '/openapi.json': 200,
    '/asyncapi.json': 200,
    '/metrics': 404,
    '/health/deps': 404,
    '/users/me': 401,
  };
  for (const [path, status] of Object.entries(expected)) {
    const answer = await fetch(url + path, { signal: AbortSignal.timeout(5_000) });
    assert(answer.status === status, `GET ${path}: expected ${status}, got ${answer.status}`);
  }
}

async function hasFewRights({ compose }) {
  const attempt = 'id -u; touch /etc/x 2>/dev/null && echo wrote; grep CapEff /proc/self/status';
  for (const service of ['chat', 'nginx', 'redis', 'mongo']) {
    const [uid, ...rest] = (await compose.inside(service, 'sh', '-c', attempt)).trim().split('\n');
    assert(uid !== '0', `${service} runs as root`);
    assert(!rest.includes('wrote'), `${service} can write to its file system`);
    assert(/^CapEff:\s+0+$/.test(rest.at(-1)), `${service} has capabilities: ${rest.at(-1)}`);
  }
}

async function crossesReplicas({ compose, url, room }) {
  const replicas = await compose.replicas();
  await room.open(url);
  await seatOnEach(room, replicas);
  const poller = await room.sit(room.grace, ['polling']);
  for (const seat of room.seats) await room.send(seat, `from ${seat.replica}`);
  await everySeatSawOnce(room, room.sent);
  return `${room.seats.length} sockets on ${replicas.length} replicas, long-polling on ${poller.replica}`;
}

/** Ada and Grace in turn, one kept connection on each replica: nginx chooses, so the surplus is closed again. */
async function seatOnEach(room, replicas) {
  await until('a connection on every replica', 30_000, async () => {
    const seat = await room.sit(room.seats.length % 2 === 0 ? room.ada : room.grace);
    if (room.seats.some((other) => other !== seat && other.replica === seat.replica)) room.leave(seat);
    return room.seats.length === replicas.length;
  });
}

async function everySeatSawOnce(room, ids, seats = room.seats) {
  await until('every message at every socket', arrivalTimeoutMs, () =>
    ids.every((id) => seats.every((seat) => times(seat, id) > 0)),
  );
  assert(
    ids.every((id) => seats.every((seat) => times(seat, id) === 1)),
    'a message reached a socket more than once',
  );
}

function times({ seen }, id) {
  return seen.filter((one) => one === id).length;
}

async function scalesUp({ compose, room }) {
  const before = await compose.replicas();
  await compose.up(5);
  const replicas = await compose.replicas();
  const added = replicas.filter((replica) => !before.includes(replica));
  assert(added.length === 2, `expected two more replicas, there are ${added.length}`);
  const healthyAt = performance.now();
  await room.reach(added, pickedUpTimeoutMs);
  const seconds = ((performance.now() - healthyAt) / 1000).toFixed(1);
  const lost = room.seats.filter((seat) => seat.lost > 0);
  assert(lost.length === 0, `${lost.length} of ${room.seats.length} connections were lost`);
  return `${added.join(', ')} had connections ${seconds} s after they were healthy`;
}

async function stopsOne({ compose, room }) {
  const [victim] = room.seats;
  const stopped = victim.replica;
  // Who moves may hear a message twice, from both replicas; `seat.lost` does not tell, for the new connection comes first.
  const staying = room.seats.filter(({ replica }) => replica !== stopped);
  const sentBefore = room.sent.length;
  const stop = { isOver: false };
  const stopping = compose.stopReplica(stopped).finally(() => (stop.isOver = true));
  const sending = room.seats.map((seat) => sendUntil(room, seat, () => stop.isOver && seat.replica !== stopped));
  const [exitCode] = await Promise.all([stopping, ...sending]);
  assert(exitCode === 0, `the stopped replica ended with ${exitCode}`);
  assert(
    staying.every(({ lost }) => lost === 0),
    'a connection to another replica was lost',
  );
  await everySeatSawOnce(room, room.sent.slice(sentBefore), staying);
  const moved = room.seats.length - staying.length;
  return `${room.sent.length - sentBefore} sends, ${room.retries} tried again, ${moved} of ${room.seats.length} sockets moved`;
}

/** One message after the other until `isOver`, and a last one after that. */
async function sendUntil(room, seat, isOver) {
  const deadline = performance.now() + backTimeoutMs;
  for (let number = 1; ; number++) {
    const isLast = isOver();
    await room.send(seat, `${number} from ${seat.replica}`);
    if (isLast) return;
    assert(performance.now() < deadline, `a client is not back on another replica than ${seat.replica}`);
  }
}

async function scalesDown({ compose, room }) {
  await compose.up(2);
  const replicas = await until('two replicas', backTimeoutMs, async () => {
    const left = await compose.replicas();
    return left.length === 2 && left;
  });
  const isBack = ({ client, replica }) => client.state.name === 'live' && replicas.includes(replica);
  await until('every connection on one of them', backTimeoutMs, () => room.seats.every(isBack));
  await room.reach(replicas, pickedUpTimeoutMs);
  const { id } = await room.send(room.seats[0], 'from one of two');
  await everySeatSawOnce(room, [id]);
}

async function keptAll({ room }) {
  const stored = await room.history();
  const seqs = stored.map(({ seq }) => seq);
  assert(
    seqs.every((seq, index) => seq === index + 1),
    `a hole or a repetition in the order: ${seqs.join(' ')}`,
  );
  const texts = stored.filter(({ type }) => type === 'text').map(({ id }) => id);
  const missing = room.sent.filter((id) => !texts.includes(id));
  assert(missing.length === 0, `${missing.length} acknowledged messages are not stored`);
  assert(texts.length === room.sent.length, `${texts.length} stored, ${room.sent.length} acknowledged`);
  return `${stored.length} messages`;
}

async function comesBack({ compose, url, room }) {
  const before = await room.history();
  await compose.down();
  await compose.up(2);
  const ada = await signIn(url, { email: room.ada.user.email, password: room.password });
  const after = await room.history(ada);
  assert(JSON.stringify(after) === JSON.stringify(before), `${after.length} messages instead of ${before.length}`);
}
