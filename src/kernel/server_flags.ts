/**
 * Flags of node for the process that answers requests. V8 lets the young part of the heap grow with the machine's memory (here to 100 MB), and one collection of it then holds
 * everything up for 15 to 38 ms: more than a car at a barrier may wait. With 8 MB there are more of them, each below 9 ms, and together they take no longer. Still smaller, and
 * requests under way are taken for old. Below 256 MB the whole heap is not collected: three cars late by 60 ms each time, on a process that has just started (ADR 0551).
 */
export const SERVER_FLAGS: readonly string[] = ['--max-semi-space-size=8', '--initial-old-space-size=256']
