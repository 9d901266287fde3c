// An order with the steps laid over it that were done on this phone and are not sent yet.
import type { Entry } from '../../../ui/phone/outbox.ts'
import type { OrderFull } from '../contract.ts'
import { judge } from '../machine.ts'
import { LATER, actionOf, chainOf, type LaterAction } from './outbox.ts'

export interface WithQueued extends OrderFull {
  /** Steps done here that are not sent yet. */
  queued: Entry[]
  /** One of them was refused: a person has to look before anything more is done. */
  refused: boolean
}
/** The order as it will be when everything is sent, judged by the same table as on the server. */
export function withQueued(o: OrderFull, entries: readonly Entry[]): WithQueued {
  const queued = entries.filter((e) => e.chain === chainOf(o.order_id))
  let { state, before, arrived_at, finished_at } = o
  for (const e of queued.filter((x) => x.state === 'waiting')) {
    const action = actionOf(e)
    if (!action) continue
    const v = judge({ state, before, rated: false, reopenable: false, hall: false }, action, ['assignee'])
    if (!v.ok) continue
    if (action === 'suspend') before = state === 'working' ? 'working' : 'accepted'
    if (action === 'arrive') arrived_at ??= e.queued_at
    if (action === 'finish') finished_at = e.queued_at
    state = v.to
  }
  const can = { ...o.can }
  if (queued.length > 0 && o.mine) {
    for (const action of Object.keys(LATER) as LaterAction[]) {
      const v = judge({ state, before, rated: false, reopenable: false, hall: false }, action, ['assignee'])
      can[action] = v.ok ? true : v.code
    }
    // These go at once or not at all, and would overtake what waits.
    can.transfer = can.help = 'orders.wrong_state'
  }
  return { ...o, state, before, arrived_at, finished_at, can, queued, refused: queued.some((e) => e.state === 'refused') }
}
