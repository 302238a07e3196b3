import type { Link } from './link/link.js';

/** Which way in: a replica by its number, from 1, or nginx. Replica 1 where nothing is said. */
export type Door = { readonly replica?: number; readonly nginx?: false } | { readonly nginx: true };

/** A door, or a link that leads to one. */
export type ClientDoor = { readonly replica?: number; readonly nginx?: boolean; readonly via?: Link };
