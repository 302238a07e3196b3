import { Types } from 'mongoose';

/** Documents carry ObjectIds, everything above a repository carries their 24 hexadecimal digits. */
export const objectId = (id: string): Types.ObjectId => new Types.ObjectId(id);

export const objectIds = (ids: Iterable<string>): Types.ObjectId[] => Array.from(ids, objectId);

export const newId = (): string => new Types.ObjectId().toHexString();
