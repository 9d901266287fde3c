// Dispatch by rule: where the policy says so, an order that waits goes to whoever is on duty, has room, the skill and the area, and least in hand.
// Nobody who fits all of it: it stays with the dispatcher and in the hall.
import { sql } from 'kysely'
import type { Listener } from '../../../kernel/app.ts'
import { move, prepare } from './act.ts'
import { candidatesFor } from './workers.ts'

export const byRule: Listener = {
  name: 'orders.dispatch_by_rule',
  event: 'orders.reported',
  run: async (scope, { order_id }) => {
    // One at a time a company: who has least is counted, and two orders at once would both find the same person idle.
    await sql`select pg_advisory_xact_lock(hashtext('orders.dispatch'), ${scope.company_id}::int)`.execute(scope.db)
    // Locked before it is looked at: somebody at the board may give it out at this moment.
    const { rows } = await sql<{ state: string }>`select state from orders.work_order where company_id = ${scope.company_id} and order_id = ${order_id as string} for update`.execute(scope.db)
    if (rows[0]?.state !== 'waiting') return
    const p = await prepare(scope, order_id as string, 'assign')
    if (!p.policy.auto_assign) return
    const best = (await candidatesFor(scope, p.o)).find((w) => w.fits.on_duty && w.fits.has_room && w.fits.skill && w.fits.area)
    if (!best) return
    await move(scope, p, 'assign', { to: best, note: `按规则派单:当班${p.o.skill ? `、${p.o.skill}` : ''}、责任区内,手上 ${best.open_count} 单` })
  },
}
