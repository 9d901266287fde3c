// Controls of the contract form: the parties, the houses, the days of the ladder, one paper to send.
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import type { Control } from '../../../ui/fields.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { Upload } from '../../../ui/Upload.tsx'
import { people } from '../../people/contract.ts'
import { property } from '../../property/contract.ts'
import { HOUSES_MAX, PARTIES_MAX, type Party } from '../contract.ts'
import { words } from '../words.ts'

export function PartiesInput({ value, onChange }: Control) {
  const list = (value as Party[] | undefined) ?? []
  const set = (i: number, part: Partial<Party>): void => onChange?.(list.map((p, n) => (n === i ? { ...p, ...part } : p)))
  return (
    <div className="hy-stack">
      {list.map((p, i) => (
        <div key={i} className="hy-line" role="group" aria-label={`当事人 ${i + 1}`}>
          <Select aria-label={`第 ${i + 1} 个当事人是哪一方`} style={{ width: 88 }} value={p.side} options={optionsOf(words.states!['side'])} onChange={(side: Party['side']) => set(i, { side })} />
          <Select aria-label={`第 ${i + 1} 个当事人的来源`} style={{ width: 96 }} value={p.person_id === null ? 'free' : 'person'} options={[{ value: 'free', label: '单位' }, { value: 'person', label: '业户' }]} onChange={(v: string) => set(i, { person_id: v === 'free' ? null : '', name: '' })} />
          {p.person_id === null
            ? <Input aria-label={`第 ${i + 1} 个当事人的名称`} style={{ flex: 1, minWidth: 160 }} maxLength={80} placeholder="单位名称" value={p.name} onChange={(e) => set(i, { name: e.target.value })} />
            : <div style={{ flex: 1, minWidth: 160 }}><SearchSelect value={p.person_id || undefined} onChange={(v) => set(i, { person_id: (v as string | undefined) ?? '' })} label={`第 ${i + 1} 个当事人的业户`} placeholder="姓名、首字母、手机末四位、房号" call={people.persons} input={{}} known={p.person_id && p.name ? [{ value: p.person_id, label: p.name }] : []} option={(r: { person_id: string; name: string; phone_masked?: string | null }) => ({ value: r.person_id, label: r.phone_masked ? `${r.name}(${r.phone_masked})` : r.name })} /></div>}
          <Button size="small" type="text" aria-label={`删去第 ${i + 1} 个当事人`} onClick={() => onChange?.(list.filter((_, n) => n !== i))}>删去</Button>
        </div>
      ))}
      {list.length < PARTIES_MAX ? <div><Button size="small" onClick={() => onChange?.([...list, { side: list.length === 0 ? 'a' : 'b', name: '', person_id: null }])}>加一方</Button></div> : null}
    </div>
  )
}
export function HousesInput({ community_id, known, ...c }: Control & { community_id: string | null; known: readonly { house_id: string; label: string }[] }) {
  return <SearchSelect {...c} multiple max={HOUSES_MAX} label="所涉房产" placeholder={community_id ? '输入房号查找' : '先选小区'} call={property.houses} input={{ community_id: community_id ?? undefined }} enabled={community_id !== null} disabled={community_id === null} known={known.map((h) => ({ value: h.house_id, label: h.label }))} option={(h: { house_id: string; label: string }) => ({ value: h.house_id, label: h.label })} />
}
export function LadderInput({ value, onChange, id }: Control) {
  return <Select {...(id ? { id } : {})} mode="tags" placeholder="天数,回车添加" options={[]} value={((value as number[] | undefined) ?? []).map(String)} onChange={(v: string[]) => onChange?.(v.map((x) => Number.parseInt(x, 10)).filter((n) => n > 0))} />
}
/** One paper: chosen, sent, named. */
export function PaperInput({ value, onChange, label = '上传文件' }: Control & { label?: string }) {
  const [name, setName] = useState('')
  if (value) return <span className="hy-line">{name}<Button size="small" type="link" onClick={() => onChange?.(undefined)}>换一个</Button></span>
  return <Upload purpose="contract" accept=".pdf,.jpg,.jpeg,.png" label={label} hint="PDF、PNG 或 JPEG,不超过 20 MB" onDone={(f) => { setName(f.name); onChange?.(f.file_id) }} />
}
