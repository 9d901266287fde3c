// Who it is: typing a phone, its last four, a name or a house finds him.
import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useRead, type Out } from '../../../ui/api.ts'
import { orders } from '../../orders/contract.ts'
import { words as peopleWords } from '../../people/words.ts'

export type Caller = Out<typeof orders.lookUpCaller.gives>['rows'][number]
export const callerText = (c: Caller): string => `${c.community_name} ${c.label}${c.name ? ` ${c.name}` : ''}${c.role ? `(${peopleWords.states?.['house_role']?.[c.role] ?? c.role})` : ''}`
export function CallerPicker({ id, choose }: { id: string; choose: (c: Caller) => void }) {
  const [typed, setTyped] = useState('')
  const q = useDeferredValue(typed.trim())
  const found = useRead(orders.lookUpCaller, { q }, { enabled: q.length >= 2, keep: true })
  const rows = found.data?.rows ?? []
  return (
    <Select
      id={id} autoFocus placeholder="电话、末四位、姓名或房号,如 1-2-301" value={null} showSearch={{ filterOption: false, onSearch: setTyped }} loading={found.fetching && q.length >= 2} notFoundContent={q.length < 2 ? '请输入' : found.fetching ? '查找中' : '没有找到,可直接填姓名和电话'}
      options={rows.map((r, i) => ({ value: i, label: `${callerText(r)} ${r.phone_masked ?? ''}` }))} onChange={(i: number | null) => { if (i !== null && rows[i]) choose(rows[i]) }}
    />
  )
}
