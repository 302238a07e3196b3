import { RoostApi } from '@roost/client';
import { makeAudience, separateChats } from '../audience.js';
import type { Audience } from '../audience.js';
import { AskedProcess } from '../child/asked-process.js';
import type { LoadResult } from '../generator/messages.js';
import { sendsPerSecond, waitRows } from '../load-figures.js';
import type { BenchOptions } from '../options.mjs';
import { countedBy } from '../replica-metrics.js';
import type { ScenarioResult } from '../results.js';
import { checkOf, connectTo, disconnect, loadOn, recordOf, warmUp } from '../rounds.js';
import type { Row } from '../rows.js';
import type { Side, Stage } from '../stage.js';
import { unkindKinds } from '../unkind/messages.js';
import type { UnkindKind, UnkindRequests } from '../unkind/messages.js';
import { textChars } from './common.js';

const members = 20;
/** Busy, and far from the knee where every server's latency is its queue. */
const shareOfSaturation = 0.4;
/**
 * What the deaf one asks for: answers of 300 KB. More would be a heavy reader, and a wonder that it costs something; with less
 * it takes longer than a round until too much waits for it.
 */
const page = { messages: 100, chars: 3_000 } as const;

/**
 * Production's limits. Pings come sooner, so that who answers none is closed within a round. Heads come later: every 25 s they
 * would be in some rounds and not in others, and are to be seen in `heads`.
 */
const settings = { PING_INTERVAL_MS: '3000', PING_TIMEOUT_MS: '2000', HEADS_INTERVAL_MS: '600000' };

const counters: Readonly<Record<UnkindKind, readonly string[]>> = {
  deaf: ['roost_slow_readers_total{decision="slow"}', 'roost_refusals_total{code="rate/limited",door="command"}'],
  fickle: [
    'roost_sockets_ended_total{reason="transport close"}',
    'roost_refusals_total{code="rate/limited",door="handshake"}',
  ],
  mute: ['roost_sockets_ended_total{reason="ping timeout"}'],
  pushy: [
    'roost_refusals_total{code="rate/limited",door="command"}',
    'roost_sockets_closed_total{code="client/flooding"}',
  ],
};

/** How it was for others beside each kind of client, and beside none. */
type Beside = Readonly<Record<UnkindKind | 'nobody', LoadResult>>;

/** What others notice of one client that behaves badly, and what counted it. */
export async function unkind(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const { chats, inFlight, seconds } = options;
  const side = await stage.startSide('ours', { settings });
  const connected = await connectTo(
    stage,
    side,
    await makeAudience(side, chats * members, separateChats(chats, members)),
  );
  const load = { seconds, textChars };
  const closed = { ...load, kind: 'closed', inFlight } as const;
  await warmUp(stage, connected, closed, options.warmUp);
  const perSecond = Math.round(sendsPerSecond(await loadOn(stage, connected, closed)) * shareOfSaturation);
  const measure = async () => (await loadOn(stage, connected, { ...load, kind: 'open', perSecond })).load;
  const bother = await botherer(stage, side);
  const rounds: Beside[] = [];
  const notes: string[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const results = new Map<UnkindKind | 'nobody', LoadResult>([['nobody', await measure()]]);
    for (const kind of unkindKinds) {
      const { result, note } = await bother(kind, measure);
      results.set(kind, result);
      notes.push(note);
    }
    rounds.push(recordOf(['nobody', ...unkindKinds], (kind) => results.get(kind)!));
  }
  const deliveries = await disconnect(stage, connected);
  await stage.stopSide(side);
  const loads = rounds.flatMap((round) => Object.values(round));
  return {
    name: 'unkind',
    setup: `${chats} chats of ${members}, ${perSecond} sends/s on a schedule, beside one client that behaves badly`,
    columns: ['disturbed', 'alone'],
    rows: unkindKinds.flatMap((kind) => rowsOf(rounds, kind)),
    notes,
    checks: { disturbed: checkOf(loads, deliveries) },
  };
}

/** Gives the function that does `work` while a client of some kind bothers the first replica. */
async function botherer(stage: Stage, side: Side) {
  // Each kind is another person: what one has used up of what a person may do is not the next one's.
  const { length } = unkindKinds;
  const audience = await makeAudience(side, length, separateChats(1, length));
  const { id: chatId } = audience.chats[0]!;
  await fill(audience, side);
  const { port } = side.replicas[0]!;
  const process = stage.keep(
    new AskedProcess<UnkindRequests>('the unkind client', new URL('../unkind/main.js', import.meta.url)),
  );
  return async (kind: UnkindKind, work: () => Promise<LoadResult>) => {
    const before = await countedBy(side, counters[kind]);
    const { token } = audience.people[unkindKinds.indexOf(kind)]!;
    await process.ask('begin', { kind, target: { port, token, chatId, before: page.messages + 1 } });
    const result = await work();
    const connections = await process.ask('end', undefined);
    const after = await countedBy(side, counters[kind]);
    const counted = counters[kind].map((name, index) => `${name} +${after[index]! - before[index]!}`);
    return { result, note: `${kind}: ${connections} connections; ${counted.join(', ')}` };
  };
}

/** They take turns at all replicas, so that nobody meets the limit of one person. */
async function fill({ people, chats }: Audience, { replicas }: Side): Promise<void> {
  const text = 'a long story '.repeat(page.chars).slice(0, page.chars);
  for (let sent = 0; sent < page.messages; sent++) {
    const { token } = people[sent % people.length]!;
    const { url } = replicas[sent % replicas.length]!;
    await new RoostApi({ url, token }).call('messages.send', { body: { chatId: chats[0]!.id, text } });
  }
}

function rowsOf(rounds: readonly Beside[], kind: UnkindKind): Row[] {
  const pairs = rounds.map((round) => ({ disturbed: round[kind], alone: round.nobody }));
  return [
    ...waitRows(pairs, `${kind}: acknowledgement`, ({ acknowledgementMs }) => acknowledgementMs),
    ...waitRows(pairs, `${kind}: delivery`, ({ deliveryMs }) => deliveryMs),
  ];
}
