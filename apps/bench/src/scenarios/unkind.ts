import { RoostApi } from '@roost/client';
import { makeAudience, separateChats, socketsOf } from '../audience.js';
import type { Audience } from '../audience.js';
import { AskedProcess } from '../child/asked-process.js';
import type { LoadResult } from '../generator/messages.js';
import type { BenchOptions } from '../options.mjs';
import { countedBy } from '../replica-metrics.js';
import { rowOfRounds } from '../results.js';
import type { Row, ScenarioResult } from '../results.js';
import { checkOf } from '../rounds.js';
import type { Side, Stage } from '../stage.js';
import { unkindKinds } from '../unkind/messages.js';
import type { UnkindKind, UnkindRequests } from '../unkind/messages.js';
import { textChars, warmUpSeconds } from './common.js';

const members = 20;
/** As in `latency`. */
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
  deaf: ['roost_slow_readers_total{decision="slow"}', 'roost_refusals_total{code="rate/limited"}'],
  fickle: ['roost_sockets_ended_total{reason="transport close"}', 'roost_refusals_total{code="rate/limited"}'],
  mute: ['roost_sockets_ended_total{reason="ping timeout"}'],
  pushy: ['roost_refusals_total{code="rate/limited"}', 'roost_sockets_closed_total{code="client/flooding"}'],
};

type Round = Readonly<Record<UnkindKind | 'nobody', LoadResult>>;

/** What others notice of one client that behaves badly, and what counted it. */
export async function unkind(
  stage: Stage,
  { chats, inFlight, seconds, rounds }: BenchOptions,
): Promise<ScenarioResult> {
  const side = await stage.startSide('ours', { settings });
  const audience = await makeAudience(side, chats * members, separateChats(chats, members));
  const { group } = await stage.generator.ask('connect', await socketsOf(audience, side));
  const load = { group, seconds, textChars };
  const warm = { ...load, kind: 'closed', inFlight, seconds: warmUpSeconds } as const;
  await stage.generator.ask('load', warm);
  const saturated = await stage.generator.ask('load', warm);
  const perSecond = Math.round((saturated.acknowledgedInTime / saturated.seconds) * shareOfSaturation);
  const measure = () => stage.generator.ask('load', { ...load, kind: 'open', perSecond });
  const bother = await botherer(stage, side);
  const done: Round[] = [];
  const notes: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const results: Partial<Record<UnkindKind | 'nobody', LoadResult>> = { nobody: await measure() };
    for (const kind of unkindKinds) {
      const { result, note } = await bother(kind, measure);
      results[kind] = result;
      notes.push(note);
    }
    done.push(results as Round);
  }
  await stage.generator.ask('close', { group });
  await stage.stopSide(side);
  const loads = done.flatMap((round) => Object.values(round)).map((one) => ({ load: one }));
  return {
    name: 'unkind',
    setup: `${chats} chats of ${members}, ${perSecond} sends/s on a schedule, beside one client that behaves badly`,
    headings: ['disturbed', 'alone'],
    rows: unkindKinds.flatMap((kind) => rowsOf(done, kind)),
    notes,
    checks: { ours: checkOf(loads, loads.slice(-1)) },
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

function rowsOf(rounds: readonly Round[], kind: UnkindKind): Row[] {
  const row = (what: string, figure: (of: LoadResult) => number) =>
    rowOfRounds(
      rounds.map((round) => ({ ours: figure(round[kind]), beside: figure(round.nobody) })),
      `${kind}: ${what}`,
      'ms',
      { of: 'ratio', bound: 'at most', value: 2 },
    );
  return [
    row('acknowledgement, p50', ({ acknowledgementMs }) => acknowledgementMs.p50),
    row('acknowledgement, p99', ({ acknowledgementMs }) => acknowledgementMs.p99),
    row('delivery, p50', ({ deliveryMs }) => deliveryMs?.p50 ?? Number.NaN),
    row('delivery, p99', ({ deliveryMs }) => deliveryMs?.p99 ?? Number.NaN),
  ];
}
