import { Types } from 'mongoose';

/** Documents carry ObjectIds, everything above a repository carries their 24 hexadecimal digits. */
export const objectId = (id: string): Types.ObjectId => new Types.ObjectId(id);

export const objectIds = (ids: Iterable<string>): Types.ObjectId[] => Array.from(ids, objectId);

export const newId = (): string => new Types.ObjectId().toHexString();

/** Ids begin with the time at which they were made, in seconds: those made at a moment or later are above this one. */
export const firstIdOf = (moment: Date): Types.ObjectId =>
  Types.ObjectId.createFromTime(Math.floor(moment.getTime() / 1000));
