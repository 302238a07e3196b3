/** Sessions that once failed. What they found is fixed; they are run so that it stays so. */
export const foundSeeds: readonly { readonly seed: number; readonly steps: number; readonly what: string }[] = [];
