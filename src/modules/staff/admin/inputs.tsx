// Controls that several pages of staff share.
import { Button, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import type { Option } from '../../../ui/list.ts'
import { usePlace } from '../../../ui/session.ts'
import { Upload } from '../../../ui/Upload.tsx'
import { staff } from '../contract.ts'

/** Headquarters is no community: its own choice, sent as nothing. */
const HQ = 'hq'
export function PlaceInput({ value, onChange, id }: Control) {
  const { places } = usePlace()
  return <Select {...(id ? { id } : {})} aria-label="小区" value={(value as string | null) ?? HQ} onChange={(v: string) => onChange?.(v === HQ ? null : v)} options={[{ value: HQ, label: '公司本部' }, ...places.map((p) => ({ value: p.id, label: p.name }))]} style={{ width: '100%' }} />
}
/** Whole days, the largest first. */
export function DaysInput({ value, onChange, id }: Control) {
  return <Select {...(id ? { id } : {})} mode="tags" aria-label="天数" open={false} suffixIcon={null} tokenSeparators={[',', '、', ' ', ',']} value={((value as number[] | undefined) ?? []).map(String)} onChange={(v: string[]) => onChange?.(v.map((x) => Number.parseInt(x, 10)).filter((n) => n > 0))} style={{ width: '100%' }} />
}
export function TextsInput({ value, onChange, id }: Control) {
  return <Select {...(id ? { id } : {})} mode="tags" aria-label="事项" open={false} suffixIcon={null} tokenSeparators={['\n', ';']} value={(value as string[] | undefined) ?? []} onChange={(v: string[]) => onChange?.(v)} style={{ width: '100%' }} />
}
export function ScanInput({ value, onChange }: Control) {
  const [name, setName] = useState('')
  return value ? <div className="hy-line"><span>{name}</span><Button size="small" type="link" onClick={() => onChange?.(null)}>删除</Button></div> : <Upload purpose="proof" accept="application/pdf,image/jpeg,image/png" label="选择扫描件" hint="PDF、PNG 或 JPEG" onDone={(f) => { setName(f.name); onChange?.(f.file_id) }} />
}
export function useOrg() {
  const departments = useRead(staff.departments, {}, { stale_ms: 60_000 })
  const posts = useRead(staff.posts, {}, { stale_ms: 60_000 })
  const kinds = useRead(staff.certKinds, {}, { stale_ms: 60_000 })
  const [d, p, k] = [departments.data, posts.data, kinds.data]
  return useMemo(() => ({
    loaded: d !== undefined && p !== undefined,
    departments: (d?.rows ?? []).map((x): Option => ({ value: x.department_id, label: `${'  '.repeat(x.depth)}${x.name}` })),
    posts: (p?.rows ?? []).map((x): Option => ({ value: x.post_id, label: x.name })),
    kinds: (k?.rows ?? []).map((x): Option => ({ value: x.kind_id, label: x.name })),
  }), [d, p, k])
}
