import { Injectable } from '@nestjs/common';
import { isStoreUnavailable } from '../store/store-trouble.js';
import { ChangeKinds } from './change-kinds.js';
import type { ChangeKind, ChangeOf } from './change-kinds.js';
import type { ChangeDocument } from './change.schema.js';

/** A change that stays to be applied: `error` says why, and is undefined where a newer replica knows what it is. */
export interface StuckChange {
  readonly change: ChangeDocument;
  readonly error?: unknown;
}

export interface Applied {
  readonly applied: readonly ChangeOf[];
  readonly stuck: readonly StuckChange[];
}

/** Applies changes of the log, in its order. */
@Injectable()
export class ChangeApplier {
  constructor(private readonly kinds: ChangeKinds) {}

  /**
   * Applies what it can: one that cannot be applied keeps no other from it.
   *
   * @throws what the store throws where it is away: then nothing is wrong with the changes
   */
  async apply(changes: readonly ChangeDocument[]): Promise<Applied> {
    const applied: ChangeOf[] = [];
    const stuck: StuckChange[] = [];
    for (const run of runsOf(changes)) {
      const outcome = await this.applyRun(run);
      applied.push(...outcome.applied);
      stuck.push(...outcome.stuck);
    }
    return { applied, stuck };
  }

  private async applyRun(run: readonly ChangeDocument[]): Promise<Applied> {
    const known = run.filter((change) => this.kinds.knows(change));
    const [first] = known;
    if (!first) return { applied: [], stuck: run.map((change) => ({ change })) };
    try {
      await this.kinds.of<ChangeKind>(first.kind).apply(known);
      return { applied: known.map(settled), stuck: [] };
    } catch (error) {
      if (isStoreUnavailable(error)) throw error;
      if (known.length === 1) return { applied: [], stuck: [{ change: first, error }] };
      return this.applyEach(known);
    }
  }

  private async applyEach(run: readonly ChangeDocument[]): Promise<Applied> {
    const outcomes: Applied[] = [];
    for (const change of run) outcomes.push(await this.applyRun([change]));
    return { applied: outcomes.flatMap(({ applied }) => applied), stuck: outcomes.flatMap(({ stuck }) => stuck) };
  }
}

function settled(change: ChangeOf): ChangeOf {
  const { pending: _, ...applied } = change;
  return applied;
}

/** Changes in their order, those of one kind that follow each other in a chat together. */
export function runsOf(changes: readonly ChangeDocument[]): readonly ChangeDocument[][] {
  const runs: ChangeDocument[][] = [];
  for (const change of changes) {
    const run = runs.at(-1);
    if (run?.[0]?.kind === change.kind && run[0].chatId.equals(change.chatId)) run.push(change);
    else runs.push([change]);
  }
  return runs;
}
