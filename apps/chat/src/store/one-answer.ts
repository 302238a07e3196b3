/**
 * Documents that MongoDB is asked to send with its first answer, for reads that are bounded otherwise. It sends 101 by itself,
 * and each further batch is another call.
 */
export const inOneAnswer = 10_000;
