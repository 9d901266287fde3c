// Parts of the phones' order pages, both faces.
import { nowIso } from '../../kernel/clock.ts'
import { fileUrl } from '../../ui/api.ts'
import { ClipPlayer } from '../../ui/ClipPlayer.tsx'
import { Tag } from '../../ui/phone/bits.tsx'
import { PhotoStrip } from '../../ui/phone/photos.tsx'
import { orders, type OrderRow, type State, type Step } from './contract.ts'
import { TONE, dueText, hour, said, stepText } from './shown.ts'

export function StateMark({ state, of = 'state' }: { state: State; of?: 'state' | 'resident_state' }) {
  const tone = TONE[state]
  return <Tag {...(tone === 'plain' ? {} : { kind: tone })}>{said(of, state)}</Tag>
}
export function DueMark({ order }: { order: Pick<OrderRow, 'due_at' | 'late'> }) {
  const text = dueText(order, nowIso())
  return text ? <span className={`ph-small ${order.late ? 'ph-red ph-strong' : 'ph-weak'}`}>{text}</span> : null
}
/** Newest first: what happened last is what one wants to know. */
export function Steps({ order_id, steps, resident = false }: { order_id: string; steps: readonly Step[]; resident?: boolean }) {
  return (
    <ol className="ph-steps" aria-label="进度">
      {steps.toReversed().map((s) => (
        <li key={s.step_no}>
          <span className="ph-between"><b>{stepText(s)}</b><span className="ph-weak ph-small ph-num">{hour(s.at)}</span></span>
          <span className="ph-weak ph-small">{s.by_kind === 'resident' && resident ? '我' : s.by_name}{s.received_at && !resident ? ` · 无网时办理,${hour(s.received_at)} 补传` : ''}</span>
          {s.note ? <span>{s.note}</span> : null}
          {s.clips.map((x) => <ClipPlayer key={x.file_id} url={fileUrl(orders.clip, { order_id, file_id: x.file_id })} kind={x.kind} seconds={x.seconds} />)}
          <PhotoStrip urls={s.photo_ids.map((file_id) => fileUrl(orders.photo, { order_id, file_id }))} label={said('action', s.action)} />
        </li>
      ))}
    </ol>
  )
}
export const starsText = (n: number): string => '★'.repeat(n) + '☆'.repeat(5 - n)
/** Closes the sheet when it was done; a refusal stays shown in it. */
export async function closeAfter(made: Promise<unknown>, close: () => void): Promise<void> {
  if (await made) close()
}
