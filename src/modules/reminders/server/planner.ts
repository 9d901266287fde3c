// The planner: every ten minutes, and by day only what is new. Batches, each its own transaction, bounded in number.
import type { Work } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { makeReminders } from './make.ts'
import { BATCH, dueToday, type Due } from './plan_due.ts'

const BATCHES_MAX = 50

export async function planOnce(scope: Scope): Promise<number> {
  const due = await dueToday(scope, { limit: BATCH })
  return (await makeReminders(scope, due)).length
}
export async function planReminders(work: Work): Promise<void> {
  for (let n = 0; n < BATCHES_MAX; n++) if ((await work.tx(planOnce)) < BATCH) return
}

const PREVIEW_MAX = 200_000
/** What the plan would do today: by step and channel. */
export async function previewOf(scope: Scope, plan_id: string) {
  const due = await dueToday(scope, { plan_id, limit: PREVIEW_MAX })
  const groups = Map.groupBy(due, (d: Due) => `${d.step_no} ${d.channel}`)
  const rows = [...groups.values()].map((g) => ({ step_no: g[0]!.step_no, step_name: g[0]!.step_name, channel: g[0]!.channel, reminder_count: g.length, open_fen: g.reduce((n, d) => n + d.open_fen, 0) }))
  return { rows: rows.sort((a, b) => a.step_no - b.step_no), reminder_count: due.length }
}
