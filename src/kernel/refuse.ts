// A refusal: the world is so that the request cannot be met. Not an error of the program.
export class Refusal extends Error {
  readonly code: string
  readonly params: Record<string, unknown>
  /** Companies that see the refusal in their audit besides the one that asked: a sign-in is nobody's yet. */
  readonly seen_by: readonly number[]
  constructor(code: string, params: Record<string, unknown> = {}, seen_by: readonly number[] = []) {
    super(code)
    this.name = 'Refusal'
    this.code = code
    this.params = params
    this.seen_by = seen_by
  }
}
/** For what cannot be: a broken assertion is a fault. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`assertion: ${what}`)
}
export const notFound = () => new Refusal('kernel.not_found')
