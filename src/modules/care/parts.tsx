// Parts of the phones' complaint pages, both faces.
import { nowIso } from '../../kernel/clock.ts'
import { Tag } from '../../ui/phone/bits.tsx'
import { PhotoStrip } from '../../ui/phone/photos.tsx'
import type { ApplicationStep, ComplaintRow, State, Step } from './contract.ts'
import type { ApplicationState } from './service_machine.ts'
import { APPLICATION_TONE, TONE, dueText, hour, said, stepText } from './shown.ts'

export function StateMark({ state, of = 'state' }: { state: State; of?: 'state' | 'resident_state' }) {
  const tone = TONE[state]
  return <Tag {...(tone === 'plain' ? {} : { kind: tone })}>{said(of, state)}</Tag>
}
export function DueMark({ row }: { row: Pick<ComplaintRow, 'due_at' | 'late'> }) {
  const text = dueText(row, nowIso())
  return text ? <span className={`ph-small ${row.late ? 'ph-red ph-strong' : 'ph-weak'}`}>{text}</span> : null
}
/** Newest first: what happened last is what one wants to know. */
export function Steps({ steps, photo, resident = false }: { steps: readonly Step[]; photo: (file_id: string) => string; resident?: boolean }) {
  return (
    <ol className="ph-steps" aria-label="进度">
      {steps.toReversed().map((s) => (
        <li key={s.step_no}>
          <span className="ph-between"><b>{stepText(s)}</b><span className="ph-weak ph-small ph-num">{hour(s.at)}</span></span>
          <span className="ph-weak ph-small">{s.by_kind === 'resident' && resident ? '我' : s.by_name}</span>
          {s.note ? <span>{s.note}</span> : null}
          <PhotoStrip urls={s.photo_ids.map(photo)} label={said('action', s.action)} />
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

export function ApplicationMark({ state }: { state: ApplicationState }) {
  const tone = APPLICATION_TONE[state]
  return <Tag {...(tone === 'plain' ? {} : { kind: tone })}>{said('application', state)}</Tag>
}
export function ApplicationSteps({ steps, resident = false }: { steps: readonly ApplicationStep[]; resident?: boolean }) {
  return (
    <ol className="ph-steps" aria-label="进度">
      {steps.toReversed().map((s) => (
        <li key={s.step_no}>
          <span className="ph-between"><b>{said('application_action', s.action)}{s.step_name ? `(${s.step_name})` : ''}</b><span className="ph-weak ph-small ph-num">{hour(s.at)}</span></span>
          <span className="ph-weak ph-small">{s.by_kind === 'resident' && resident ? '我' : s.by_name}</span>
          {s.note ? <span>{s.note}</span> : null}
        </li>
      ))}
    </ol>
  )
}
