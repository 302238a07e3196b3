/**
 * A rule of our own: in a replica, what an emitter, a timer or a middleware calls is a `guardedListener`, for nobody
 * catches what it throws. A name may be passed: `resolve` and its like do not throw, and listeners that are named are wrapped where
 * they are made.
 */
const timers = new Set(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']);
const registrations = new Set(['on', 'once', 'onAny', 'use', 'addListener', 'prependListener', 'nextTick']);

/** These guard what they are given. */
const guarding = new Set(['clusterEvents', 'tap']);

const functions = new Set(['ArrowFunctionExpression', 'FunctionExpression']);

function calledBySomebodyElse({ type, name, object, property }) {
  if (type === 'Identifier') return timers.has(name);
  return type === 'MemberExpression' && registrations.has(property.name) && !guarding.has(nameOf(object));
}

const nameOf = ({ type, name, property }) => (type === 'MemberExpression' ? property.name : name);

const guardedCallbacks = {
  create: (context) => ({
    CallExpression({ callee, arguments: given }) {
      if (!calledBySomebodyElse(callee)) return;
      for (const node of given.filter(({ type }) => functions.has(type))) {
        context.report({
          node,
          message: 'Nobody catches what this throws: give a guardedListener (kernel/boundary.ts).',
        });
      }
    },
  }),
};

export default { meta: { name: 'roost' }, rules: { 'guarded-callbacks': guardedCallbacks } };
