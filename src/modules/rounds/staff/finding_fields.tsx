// Fields of a finding on the phone, kept for when there is no network.
import { orders } from '../../orders/contract.ts'
import { readNow } from '../../../ui/api.ts'
import { Field } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { rounds } from '../contract.ts'

export function useSubjects() {
  const owner = ownerOf(usePhoneMe())
  return useMemory([rounds.subjects.name], `${owner} rounds subjects`, () => readNow(rounds.subjects, {}))
}
/** Categories of public places, the only ones a finding may be handed to. */
export function OrderKindField({ value, set }: { value: string; set: (id: string) => void }) {
  const me = usePhoneMe()
  const kinds = useMemory([orders.categories.name], `${ownerOf(me)} rounds repair kinds`, () => readNow(orders.categories, {}))
  const rows = kinds.data?.value.rows ?? []
  const groups = rows.filter((g) => g.parent_id === null && g.place === 'public' && !g.retired)
  return (
    <Field label="报修分类">{(p) => (
      <select {...p} className="ph-input" value={value} onChange={(e) => set(e.target.value)}>
        <option value="">请选择</option>
        {groups.map((g) => <optgroup key={g.category_id} label={g.name}>{rows.filter((k) => k.parent_id === g.category_id && !k.retired && k.rule).map((k) => <option key={k.category_id} value={k.category_id}>{k.name}</option>)}</optgroup>)}
      </select>
    )}</Field>
  )
}
/** Whether what was found on a walk is one of public order, and of what. */
export function SubjectField({ value, set }: { value: string; set: (id: string) => void }) {
  const rows = (useSubjects().data?.value.rows ?? []).filter((s) => !s.retired && s.rule)
  const rule = rows.find((s) => s.subject_id === value)?.rule
  return rows.length ? <Field label="属于秩序问题的,选种类(选填)" hint={rule ? `${rule.department}负责,${rule.fix_hours} 小时内处理好` : undefined}>{(p) => <select {...p} className="ph-input" value={value} onChange={(e) => set(e.target.value)}><option value="">不是秩序问题</option>{rows.map((s) => <option key={s.subject_id} value={s.subject_id}>{s.name}</option>)}</select>}</Field> : null
}
