// What of a round may wait in the outbox: a check at a stop with its photos, and the asking to be let off.
import { changeKept } from '../../../ui/phone/phone_store.ts'
import { instant } from '../../../ui/format.ts'
import type { Call } from '../../../ui/api.ts'
import { withPhotoIds } from '../../../ui/phone/kept_photos.ts'
import { ownerOf, type PhoneMe } from '../../../ui/phone/me.ts'
import type { Entry } from '../../../ui/phone/outbox.ts'
import type { OutboxKind } from '../../../ui/phone/outbox_sender.ts'
import { rounds, type ShiftTask } from '../contract.ts'

export const shiftKey = (me: Pick<PhoneMe, 'account_id' | 'company_id'>): string => `${ownerOf(me)} rounds shift`
export const subjectOf = (task_id: string, stop_no: number): string => `${rounds.saveRecord.name} ${task_id} ${stop_no}`

export const mendSubject = (finding_id: string): string => `${rounds.mendFinding.name} ${finding_id}`

/** The photos of an entry, each with what it shows; one that the phone has lost is left out. */
async function withParts(entry: Entry): Promise<Record<string, unknown>> {
  const { photo_ids, ...input } = (await withPhotoIds(entry)) as { photo_ids?: string[] }
  const parts = (entry.about['parts'] ?? '').split(' ')
  return { ...input, photos: (photo_ids ?? []).map((file_id, i) => ({ file_id, part: parts[i] || 'before' })) }
}
/** The kept shift shows the stop as walked, so that it is not walked again before the list is asked for anew. */
async function settled(me: PhoneMe, entry: Entry): Promise<void> {
  const { task_id, stop_no } = entry.input as { task_id: string; stop_no: number }
  await changeKept<{ tasks: ShiftTask[] }>(shiftKey(me), (shift) => ({ ...shift, tasks: shift.tasks.map((t) => (t.task_id === task_id ? { ...t, stops: t.stops.map((s) => (s.stop_no === stop_no ? { ...s, done: true } : s)) } : t)) }))
}
const link = (e: Entry): string => `/rounds/${String(e.input['task_id'])}`
export const roundsOutbox: readonly OutboxKind[] = [
  { call: rounds.saveRecord as unknown as Call, input: withParts, done: settled, title: (e) => e.about['point'] ?? '', under: (e) => `${e.about['task']} · ${instant(e.queued_at)}`, value: (e) => e.about['value'] ?? '', link },
  { call: rounds.skipTask as unknown as Call, title: (e) => e.about['task'] ?? '', under: (e) => instant(e.queued_at), value: () => '申请免做', link },
  { call: rounds.reportFinding as unknown as Call, input: withParts, title: (e) => e.about['place'] ?? '', under: (e) => instant(e.queued_at), value: (e) => e.about['value'] ?? '', link: () => '/rounds/report' },
  { call: rounds.mendFinding as unknown as Call, title: (e) => e.about['place'] ?? '', under: (e) => instant(e.queued_at), value: () => '整改完成', link: () => '/rounds/findings' },
]
