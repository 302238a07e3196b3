import { runPipeline } from '../aggregate/pipeline.js';
import { Cursor } from '../cursors.js';
import { notSupported } from '../errors.js';
import {
  booleanField,
  type Command,
  countField,
  documentField,
  findCollection,
  listField,
  namespaceOf,
} from './command.js';
import { cursorReply, parseHint } from './find.js';
import { explainAggregate } from './explain.js';

export const aggregate: Command = {
  name: 'aggregate',
  fields: ['pipeline', 'cursor', 'allowDiskUse', 'hint', 'explain', 'bypassDocumentValidation'],
  refused: ['collation', 'let', 'needsMerge', 'fromMongos', 'exchange'],
  run(request) {
    if (typeof request.command.get('aggregate') !== 'string') throw notSupported('an aggregation without a collection');
    const stages = listField(request.command, 'pipeline');
    if (booleanField(request.command, 'explain', false)) return explainAggregate(request, 'queryPlanner');
    const collection = findCollection(request);
    const open = (name: string) => request.server.store.find(request.database, name);
    const source = runPipeline(collection, stages, parseHint(request.command.get('hint')), open);
    const cursor = new Cursor(namespaceOf(request), source, () => collection?.dropped ?? false);
    const size = countField(documentField(request.command, 'cursor'), 'batchSize');
    const { batch, id } = request.server.cursors.start(cursor, size, false, request.deadline);
    return cursorReply('firstBatch', batch, id, cursor.namespace);
  },
};
