import type { Refusal } from '../../../kernel/refuse.ts'

/** A unique key decides a race; its violation becomes the refusal. The transaction is lost either way. */
export async function orTaken<T>(write: Promise<T>, refusal: () => Refusal): Promise<T> {
  try {
    return await write
  } catch (error) {
    if ((error as { code?: string }).code === '23505') throw refusal()
    throw error
  }
}
