import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Project after project, so that files find what those before them imported: a worker serves one project at a time. */
export class ByProject extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = this.ctx.projects.map(({ name }) => name);
    return sorted.toSorted((a, b) => projects.indexOf(a.project.name) - projects.indexOf(b.project.name));
  }
}
