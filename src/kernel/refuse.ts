// A refusal: the world is so that the request cannot be met. Not an error of the program.
export class Refusal extends Error {
  readonly code: string
  readonly params: Record<string, unknown>
  constructor(code: string, params: Record<string, unknown> = {}) {
    super(code)
    this.name = 'Refusal'
    this.code = code
    this.params = params
  }
}
/** For what cannot be: a broken assertion is a fault. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`assertion: ${what}`)
}
export const notFound = () => new Refusal('kernel.not_found')
