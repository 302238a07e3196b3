import { encode } from '../bson/encode.js';
import type { Doc } from '../bson/value.js';
import { Cursor, type DocumentSource } from '../cursors.js';
import { countField, documentField, type Reply, type Request } from './command.js';
import { cursorReply } from './find.js';

/** A list that is all in memory, handed out as a cursor. */
export function listReply(request: Request, namespace: string, docs: Doc[]): Reply {
  const rest = docs.map((doc) => encode(doc));
  const source: DocumentSource = {
    next: (wanted) => rest.splice(0, wanted),
    get finished() {
      return rest.length === 0;
    },
  };
  const size = countField(documentField(request.command, 'cursor'), 'batchSize');
  const cursor = new Cursor(namespace, source, () => false);
  const { batch, id } = request.server.cursors.start(cursor, size, false, request.deadline);
  return cursorReply('firstBatch', batch, id, namespace);
}
