// 随身工单: what a shift works on, kept on the phone, and how a step of it is done from here.
import { useQuery } from '@tanstack/react-query'
import { Toast } from 'antd-mobile'
import { useEffect, useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import { asRefused, readNow, type Reading, type Refused } from '../../../ui/api.ts'
import { useMemory, type Remembered } from '../../../ui/phone/memory.ts'
import { mayDo, ownerOf, usePhoneMe, type PhoneMe } from '../../../ui/phone/me.ts'
import { putAndWait, useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { kept } from '../../../ui/phone/phone_store.ts'
import { newRequestId } from '../../../ui/request_id.ts'
import { orders, type OrderFull } from '../contract.ts'
import { said } from '../shown.ts'
import { LATER, chainOf, type LaterAction } from './outbox.ts'
import { withQueued, type WithQueued } from './queued.ts'

const POLL_MS = 15_000
export type Shift = Out<typeof orders.shift.gives>
const shiftKey = (me: PhoneMe): string => `${ownerOf(me)} orders shift`

/** Asked again every quarter of a minute while a page shows it; without network what was kept last. */
export function useShift(o: { refresh_ms?: number } = {}): Reading<Remembered<Shift>> {
  const me = usePhoneMe()
  useEffect(() => {
    // Asks the phone not to clear this memory when it runs short.
    void navigator.storage?.persist?.().catch(() => undefined)
  }, [])
  return useMemory([orders.shift.name], shiftKey(me), () => readNow(orders.shift, {}), { refresh_ms: o.refresh_ms ?? POLL_MS, enabled: mayDo(me, 'orders.order.work') })
}

/** One order: from the server, else from what the phone keeps of the shift. */
export function useOrder(order_id: string): Reading<Remembered<OrderFull>> {
  const me = usePhoneMe()
  const q = useQuery<Remembered<OrderFull>, Refused>({
    queryKey: [orders.order.name, 'phone', order_id],
    queryFn: async () => {
      try {
        return { value: await readNow(orders.order, { order_id }), saved_at: nowIso(), old: false }
      } catch (error) {
        const refused = asRefused(error)
        const before = refused.status === 0 ? await kept<Shift>(shiftKey(me)).catch(() => undefined) : undefined
        const value = before?.value.mine.find((o) => o.order_id === order_id)
        if (!before || !value) throw refused
        return { value, saved_at: before.saved_at, old: true }
      }
    },
    retry: false,
    refetchInterval: 2 * POLL_MS,
  })
  return { data: q.data, loading: q.isPending, fetching: q.isFetching, error: q.error, retry: () => void q.refetch() }
}

export function useQueued(o: OrderFull): WithQueued {
  return withQueued(o, useOutbox().entries)
}

export interface Step {
  run: (action: LaterAction, input?: Record<string, unknown>, photo_keys?: readonly string[]) => Promise<boolean>
  running: boolean
  error: string | undefined
}
export interface Later {
  /** True when it is done or kept. */
  run: (d: { call: { name: string }; what: string; input: Record<string, unknown>; photo_keys?: readonly string[]; about?: Record<string, string> }) => Promise<boolean>
  running: boolean
  error: string | undefined
}
/** Writes something about an order by way of the outbox: with network its answer is waited for, without it is kept. All of one order is one chain. */
export function useLater(o: OrderFull): Later {
  const me = usePhoneMe()
  const [running, setRunning] = useState(false)
  const [error, setError] = useState<string>()
  const run: Later['run'] = async ({ call, what, input, photo_keys = [], about = {} }) => {
    if (running) return false
    setRunning(true)
    setError(undefined)
    try {
      const end = await putAndWait({
        owner: ownerOf(me), call: call.name, subject: `${call.name} ${newRequestId()}`, chain: chainOf(o.order_id), photo_keys,
        // The hour of doing, not of sending: the way up from the basement may be long.
        input: { ...input, done_at: nowIso() },
        about: { place: o.place, no: o.no, order_id: o.order_id, what, ...about },
      })
      if (end.kind === 'refused') setError(end.message)
      else Toast.show({ content: end.kind === 'sent' ? `已${what}` : `已记下「${what}」,有网络后自动上传`, duration: 2000 })
      return end.kind !== 'refused'
    } catch {
      setError('没有保存:手机存储不可用')
      return false
    } finally {
      setRunning(false)
    }
  }
  return { run, running, error }
}
/** A step of the order. */
export function useStep(o: OrderFull): Step {
  const later = useLater(o)
  return { ...later, run: (action, input = {}, photo_keys = []) => later.run({ call: LATER[action], what: said('action', action), input: { order_id: o.order_id, ...input }, photo_keys }) }
}
