/** Something the person at the terminal can put right; shown as it is, without a stack trace. */
export class Refused extends Error {}
