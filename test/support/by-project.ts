import { readFileSync } from 'node:fs';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/**
 * Project after project, so that files find what those before them imported: a worker serves one project at a time. In each the
 * files that share a cluster come last, next to those that share the same: they are short, and what is short fills the end.
 */
export class ByProject extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = this.ctx.projects.map(({ name }) => name);
    const places = new Map(
      sorted.map((file) => [file, [projects.indexOf(file.project.name), sharedBy(file)] as const]),
    );
    return sorted.toSorted((a, b) => {
      const [[projectOfA, sharedByA], [projectOfB, sharedByB]] = [places.get(a)!, places.get(b)!];
      return projectOfA - projectOfB || sharedByA.localeCompare(sharedByB);
    });
  }
}

/** Which cluster a file shares with others, as its source says; empty where it shares none. */
const sharedBy = ({ moduleId }: TestSpecification): string =>
  /\bsharedClusterTest\((\w+)\)/.exec(readFileSync(moduleId, 'utf8'))?.[1] ?? '';
