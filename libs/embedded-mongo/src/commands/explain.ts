import { describe } from '../bson/describe.js';
import type { ReplyValue } from '../bson/encode.js';
import { type Doc, isDoc } from '../bson/value.js';
import { leadingSelection } from '../aggregate/pipeline.js';
import { CommandError, notSupported } from '../errors.js';
import { parseFilter } from '../query/parse.js';
import type { Plan } from '../query/plan.js';
import { Results, type Selection } from '../query/select.js';
import { parseSort } from '../query/sort.js';
import {
  type Command,
  documentField,
  findCollection,
  listField,
  namespaceOf,
  type Reply,
  type Request,
} from './command.js';
import { parseHint, parseSelection } from './find.js';
import { MONGODB_VERSION } from './handshake.js';

const verbosities = ['queryPlanner', 'executionStats', 'allPlansExecution'];
const CHUNK = 256;

/** How a command would be executed: IXSCAN, COLLSCAN, SORT and FETCH as MongoDB names them. Nothing is written. */
export const explain: Command = {
  name: 'explain',
  fields: ['verbosity'],
  run(request) {
    const inner = request.command.get('explain');
    if (!isDoc(inner)) throw new CommandError('TypeMismatch', 'explain needs a command');
    const verbosity = request.command.get('verbosity') ?? 'allPlansExecution';
    if (typeof verbosity !== 'string' || !verbosities.includes(verbosity))
      throw notSupported(`verbosity ${describe(verbosity)}`);
    const name = inner.keys().next().value ?? '';
    const innerRequest = { ...request, command: inner, name };
    if (name === 'aggregate') return explainAggregate(innerRequest, verbosity);
    return explainSelection(innerRequest, selectionOf(name, inner), verbosity);
  },
};

export const explainAggregate = (request: Request, verbosity: string): Reply =>
  explainSelection(
    request,
    leadingSelection(listField(request.command, 'pipeline'), parseHint(request.command.get('hint'))).selection,
    verbosity,
  );

function selectionOf(name: string, command: Doc): Selection {
  switch (name) {
    case 'find':
      return parseSelection(command);
    case 'count':
    case 'distinct':
      return fromStatement(command, 'query');
    case 'findAndModify':
      return { ...fromStatement(command, 'query'), limit: 1 };
    case 'update':
      return fromStatement(listField(command, 'updates')[0] ?? new Map(), 'q');
    case 'delete':
      return fromStatement(listField(command, 'deletes')[0] ?? new Map(), 'q');
    default:
      throw notSupported(`explain of ${name}`);
  }
}

const fromStatement = (statement: Doc, filterName: string): Selection => ({
  filter: parseFilter(documentField(statement, filterName)),
  sort: parseSort(statement.get('sort')),
  hint: parseHint(statement.get('hint')),
  skip: 0,
  limit: 0,
});

function explainSelection(request: Request, selection: Selection, verbosity: string): Reply {
  const collection = findCollection(request);
  const results = collection && new Results(collection, selection);
  const queryPlanner = {
    namespace: namespaceOf(request),
    winningPlan: results ? stagesOf(results.plan, selection) : { stage: 'EOF' },
    rejectedPlans: [],
  };
  const serverInfo = { version: MONGODB_VERSION };
  if (verbosity === 'queryPlanner') return { explainVersion: '1', queryPlanner, serverInfo };
  let nReturned = 0;
  for (
    let found = results?.next(CHUNK, request.deadline) ?? [];
    found.length > 0;
    found = results!.next(CHUNK, request.deadline)
  ) {
    nReturned += found.length;
  }
  const executionStats = {
    executionSuccess: true,
    nReturned,
    totalKeysExamined: results?.examined.keys ?? 0,
    totalDocsExamined: results?.examined.docs ?? 0,
    executionStages: queryPlanner.winningPlan,
  };
  return { explainVersion: '1', queryPlanner, executionStats, serverInfo };
}

type Stage = { [name: string]: ReplyValue | undefined };

function stagesOf(plan: Plan, selection: Selection): Stage {
  let stage: Stage = plan.index === undefined ? { stage: 'COLLSCAN', direction: directionOf(plan) } : fetchOf(plan);
  if (!plan.sorted) {
    const sortPattern = new Map(selection.sort.map(({ path, direction }) => [path, direction]));
    stage = { stage: 'SORT', sortPattern, inputStage: stage };
  }
  if (selection.skip > 0) stage = { stage: 'SKIP', skipAmount: selection.skip, inputStage: stage };
  if (selection.limit > 0) stage = { stage: 'LIMIT', limitAmount: selection.limit, inputStage: stage };
  return stage;
}

const directionOf = ({ backwards }: Plan): string => (backwards ? 'backward' : 'forward');

function fetchOf(plan: Plan): Stage {
  const { spec, isMultikey } = plan.index!;
  const scan = {
    stage: 'IXSCAN',
    keyPattern: spec.key,
    indexName: spec.name,
    isMultiKey: isMultikey,
    isUnique: spec.unique,
    isSparse: spec.sparse,
    isPartial: spec.partial !== undefined,
    direction: directionOf(plan),
    ranges: plan.ranges.length,
  };
  return { stage: 'FETCH', filtered: !plan.exact, inputStage: scan };
}
