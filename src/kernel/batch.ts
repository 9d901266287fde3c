// Several writes in one request, for what was entered without network: POST /api/batch. Each takes the whole road of a call for itself (its
// own transaction, its own request_id, its own audit row), in the order given; nothing is spared but the way to and fro. A *chain* is what
// belongs together (the steps of one order): where one of it did not go through, the later ones of it are not tried (`held`).
import { z } from 'zod'
import type { App } from './app.ts'
import type { Problem } from './contract.ts'
import { Refusal } from './refuse.ts'
import type { Who } from './scope.ts'
import { problemOf, serve } from './serve.ts'

export const BATCH_MAX = 50
/** Below the time after which the server gives a request up; what is left then is held and comes with the next batch. */
const BUDGET_MS = 20_000

const Batch = z.object({ entries: z.array(z.object({ call: z.string().max(80), input: z.record(z.string(), z.unknown()), chain: z.string().max(120).optional() })).min(1).max(BATCH_MAX) })
export type Outcome = { status: 200; answer: unknown } | { status: number; problem: Problem } | { held: true }

export async function serveBatch(app: App, asked: { who: Who; company_id: number }, body: unknown): Promise<{ outcomes: Outcome[] }> {
  if (asked.who.kind === 'anonymous') throw new Refusal('kernel.not_signed_in')
  const parsed = Batch.safeParse(body)
  if (!parsed.success) throw new Refusal('kernel.invalid', { detail: `一次最多 ${BATCH_MAX} 条,每条须有调用名与内容` })
  const began = performance.now()
  const stopped = new Set<string>()
  const outcomes: Outcome[] = []
  for (const { call, input, chain } of parsed.data.entries) {
    if ((chain !== undefined && stopped.has(chain)) || performance.now() - began > BUDGET_MS) {
      outcomes.push({ held: true })
      continue
    }
    const outcome = await one(app, asked, call, input)
    if ('problem' in outcome && chain !== undefined) stopped.add(chain)
    outcomes.push(outcome)
  }
  return { outcomes }
}

async function one(app: App, asked: { who: Who; company_id: number }, call: string, input: Record<string, unknown>): Promise<Outcome> {
  try {
    const a = app.answers.get(call)
    // Only what can be asked twice without doubling: a write whose request_id is known. What changes the session needs its cookie.
    if (!a || a.call.kind !== 'write' || typeof input['request_id'] !== 'string' || 'session' in ((a.call.gives as { shape?: object }).shape ?? {})) throw new Refusal('kernel.not_found')
    return { status: 200, answer: (await serve(app, a, { ...asked, input })) ?? {} }
  } catch (error) {
    return problemOf(app, error, { url: `/api/batch ${call}` })
  }
}
