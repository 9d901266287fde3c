// Colours of states, and pieces that several pages of supervision share.
import { Select } from 'antd'
import { useMemo } from 'react'
import { useRead } from '../../../ui/api.ts'
import { StateTag, type Tone } from '../../../ui/bits.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { supervision, type Answer } from '../contract.ts'
import { words } from '../words.ts'

const ANSWER: Record<string, Tone> = { yes: 'good', no: 'bad', na: 'plain', unknown: 'warn' }
const MANAGED: Record<string, Tone> = { company: 'good', office: 'warn', self: 'busy', none: 'bad' }
export const SURVEY_TONES: Record<string, Tone> = { running: 'busy', late: 'bad', closed: 'plain', coming: 'plain' }
export const AnswerTag = ({ value }: { value: Answer }) => <StateTag value={value} words={words.states!['answer']} tones={ANSWER} />
export const ManagedTag = ({ value }: { value: string }) => <StateTag value={value} words={words.states!['managed_by']} tones={MANAGED} />
export const said = (of: string, value: string): string => words.states?.[of]?.[value] ?? value

/** Districts of the authority, as options by their path. */
export function useDistricts() {
  const q = useRead(supervision.districts, {}, { stale_ms: 60_000 })
  return useMemo(() => ({ rows: q.data?.rows ?? [], loading: q.loading, options: (q.data?.rows ?? []).filter((d) => !d.retired).map((d) => ({ value: d.district_id, label: d.path })) }), [q.data, q.loading])
}
/** All districts there are, at most 500: found by typing in what is loaded. */
export function DistrictInput({ value, onChange, id }: Control) {
  const d = useDistricts()
  return <Select {...(id ? { id } : {})} showSearch={{ optionFilterProp: 'label' }} allowClear loading={d.loading} value={(value as string | undefined) ?? null} options={d.options} onChange={(v: string | null) => onChange?.(v ?? null)} placeholder="选择辖区" />
}
