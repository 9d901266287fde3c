// 我的值班, kept on the phone, with the hours that were written here and are not sent yet laid over them.
import { readNow, type Reading } from '../../../ui/api.ts'
import { mayDo, ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory, type Remembered } from '../../../ui/phone/memory.ts'
import { useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { rounds } from '../../rounds/contract.ts'
import { duty, type MyShift } from '../contract.ts'

export interface Watch {
  now: string
  shifts: MyShift[]
  to_take: Awaited<ReturnType<typeof ask>>['to_take']
  ahead: Awaited<ReturnType<typeof ask>>['ahead']
}
const ask = () => readNow(duty.myDuty, {})
/** `waits`: this hour is written on the phone and goes out with the network. */
export function useDuty(refresh_ms = 30_000): { reading: Reading<Remembered<Watch>>; waits: (task_id: string) => boolean; sent: (call: { name: string }, subject: string) => boolean } {
  const me = usePhoneMe()
  const { entries } = useOutbox()
  const reading = useMemory<Watch>([duty.myDuty.name], `${ownerOf(me)} duty`, ask, { refresh_ms, enabled: mayDo(me, 'duty.watch.work') })
  const subjects = new Set(entries.filter((e) => e.state === 'waiting').map((e) => e.subject))
  return { reading, waits: (task_id) => subjects.has(`${rounds.saveRecord.name} ${task_id} 1`), sent: (call, subject) => subjects.has(`${call.name} ${subject}`) }
}
