import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@roost/local-cluster';
import { parseYaml } from '@redocly/openapi-core';

/** A YAML file of this project with one document. */
export const yamlOf = (path: string): unknown => parseYaml(readFileSync(join(projectRoot(), path), 'utf8'));

/** All YAML files of a folder, by name. */
export const yamlFilesIn = (folder: string): Map<string, unknown> =>
  new Map(
    readdirSync(join(projectRoot(), folder))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => [name, yamlOf(`${folder}/${name}`)]),
  );
