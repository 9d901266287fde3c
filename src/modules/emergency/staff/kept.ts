// Plans and what runs, kept on the phone.
import { readNow, type Reading } from '../../../ui/api.ts'
import { mayDo, ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory, type Remembered } from '../../../ui/phone/memory.ts'
import { useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { emergency } from '../contract.ts'

const ask = () => readNow(emergency.myPlans, {})
export type Kept = Awaited<ReturnType<typeof ask>>
export function useEmergency(refresh_ms = 30_000): { reading: Reading<Remembered<Kept>>; waits: (subject: string) => boolean } {
  const me = usePhoneMe()
  const { entries } = useOutbox()
  const reading = useMemory<Kept>([emergency.myPlans.name], `${ownerOf(me)} emergency`, ask, { refresh_ms, enabled: mayDo(me, 'emergency.plan.read') })
  const subjects = new Set(entries.filter((e) => e.state === 'waiting').map((e) => e.subject))
  return { reading, waits: (subject) => subjects.has(subject) }
}
