import { typeName, type Value } from './value.js';

/** A value as error messages show it, in the shell's notation. */
export function describe(value: Value | undefined): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Map) return `{ ${[...value].map(([name, part]) => `${name}: ${describe(part)}`).join(', ')} }`;
  if (Array.isArray(value)) return `[ ${value.map(describe).join(', ')} ]`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value === null || typeof value !== 'object') return String(value);
  switch (value._bsontype) {
    case 'ObjectId':
      return `ObjectId('${value.toHexString()}')`;
    case 'Double':
      return String(value.value);
    case 'BSONRegExp':
      return `/${value.pattern}/${value.options}`;
    case 'Binary':
      return `BinData(${value.sub_type}, '${value.toString('hex')}')`;
    case 'Timestamp':
    case 'Decimal128':
    case 'Code':
    case 'MinKey':
    case 'MaxKey':
      return typeName(value);
  }
}
