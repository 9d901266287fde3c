// 我的巡查: the tasks of the shift, kept on the phone, with what was walked here and is not sent yet laid over them.
import { useEffect, useMemo, useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { readNow, type Reading } from '../../../ui/api.ts'
import { heardServer, watchClock } from '../../../ui/phone/device_clock.ts'
import { mayDo, ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory, type Remembered } from '../../../ui/phone/memory.ts'
import type { Entry } from '../../../ui/phone/outbox.ts'
import { useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { rounds, type ShiftStop, type ShiftTask } from '../contract.ts'
import { shiftKey, subjectOf } from './outbox.ts'

const POLL_MS = 30_000
const MINUTE = 60_000
export interface StopHere extends ShiftStop {
  entry: Entry | undefined
}
export interface TaskHere extends Omit<ShiftTask, 'stops'> {
  stops: StopHere[]
  walked: number
  /** 'now': may be walked; 'late': past its time, not yet missed; 'later'; 'over': walked, asked to be let off, or missed. */
  when: 'now' | 'late' | 'later' | 'over'
  skip: Entry | undefined
  /** The company wants to know where a check is made; kept so many days. */
  positions: boolean
  position_days: number
  unsent: number
}
export interface Shift {
  tasks: TaskHere[]
  early_minutes: number
}
const whenOf = (t: ShiftTask, walked: number, skip: boolean, now: string, early_minutes: number): TaskHere['when'] => {
  if (skip || walked >= t.stops.length || !['waiting', 'doing'].includes(t.state) || now > t.miss_at) return 'over'
  if (Date.parse(now) < Date.parse(t.starts_at) - early_minutes * MINUTE) return 'later'
  return now > t.due_at ? 'late' : 'now'
}
/** The time, told anew each half minute. */
export function useNow(): string {
  const [now, setNow] = useState(nowIso)
  useEffect(() => {
    const timer = setInterval(() => setNow(nowIso()), POLL_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}
export function useShift(o: { refresh_ms?: number } = {}): { reading: Reading<Remembered<Shift>>; shift: Shift | undefined } {
  const me = usePhoneMe()
  const owner = ownerOf(me)
  const { entries } = useOutbox()
  const now = useNow()
  useEffect(() => {
    // Asks the phone not to clear this memory when it runs short.
    void navigator.storage?.persist?.().catch(() => undefined)
    return watchClock(owner)
  }, [owner])
  const memory = useMemory([rounds.myRounds.name], shiftKey(me), async () => {
    const answer = await readNow(rounds.myRounds, {})
    await heardServer(owner, answer.now).catch(() => undefined)
    return answer
  }, { refresh_ms: o.refresh_ms ?? POLL_MS, enabled: mayDo(me, 'rounds.task.work') })
  const data = memory.data
  const shift = useMemo((): Shift | undefined => {
    if (!data) return undefined
    const by = new Map(entries.map((e) => [e.subject, e]))
    const { early_minutes, tasks } = data.value
    return {
      early_minutes,
      tasks: tasks.map((t) => {
        // Kept before the company asked for positions: not asked.
        const { positions = false, position_days = 0 } = data.value
        const stops = t.stops.map((s) => ({ ...s, entry: by.get(subjectOf(t.task_id, s.stop_no)) }))
        const walked = stops.filter((s) => s.done || s.entry?.state === 'waiting').length
        const skip = by.get(`${rounds.skipTask.name} ${t.task_id}`)
        return { ...t, positions, position_days, stops, walked, skip, unsent: stops.filter((s) => s.entry).length, when: whenOf(t, walked, skip?.state === 'waiting', now, early_minutes) }
      }),
    }
  }, [data, entries, now])
  return { reading: { ...memory, data: data && shift ? { ...data, value: shift } : undefined }, shift }
}
