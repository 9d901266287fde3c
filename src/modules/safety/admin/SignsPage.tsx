// 警示标识: what hangs where, and when it is looked at again.
import { Button, Image } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { Upload } from '../../../ui/Upload.tsx'
import { SIGN_KINDS, safety, type SignRow } from '../contract.ts'
import { SIGN_TONE, said } from '../shown.ts'
import { words } from '../words.ts'

const CHECK_MONTHS = 6
const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '编号、位置、内容' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['sign']) }, { kind: 'select', name: 'kind', label: '种类', options: SIGN_KINDS.map((k) => ({ value: k, label: k })) }, { kind: 'check', name: 'late', label: '只看逾期未查' },
]
export default function SignsPage() {
  const { place_id } = usePlace()
  const writes = useMay()('safety.sign.write')
  const list = useList(safety.signs, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [edit, setEdit] = useState<{ row?: SignRow }>()
  const [checking, setChecking] = useState<SignRow>()
  const columns = useMemo((): readonly Column<SignRow>[] => [
    { key: 'no', title: '标识编号', width: 100, always: true }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['sign']} tones={SIGN_TONE} /> }, { key: 'kind', title: '种类', width: 85 }, { key: 'words', title: '标识内容', width: 180 }, { key: 'place', title: '位置', width: 170 }, { key: 'building_name', title: '楼栋', width: 80, hidden: true, show: (r) => r.building_name ?? '—' },
    { key: 'set_on', title: '设置日', width: 105 }, { key: 'checked_on', title: '最近检查', width: 105, show: (r) => r.checked_on ?? '未查过' }, { key: 'due_on', title: '下次检查', width: 105, show: (r) => (r.state === 'removed' ? '—' : <span className={r.late ? 'hy-red hy-strong' : ''}>{r.due_on}</span>) }, { key: 'check_months', title: '周期', width: 75, hidden: true, show: (r) => `${r.check_months} 个月` },
    { key: 'photo', title: '照片', width: 65, show: (r) => (r.file_id ? <Image width={32} height={32} style={{ objectFit: 'cover' }} alt={`${r.no} 照片`} src={fileUrl(safety.signPhoto, { sign_id: r.sign_id, file_id: r.file_id })} /> : '—') }, { key: 'community_name', title: '小区', width: 100, hidden: true },
    ...(writes ? [{ key: 'act', title: '操作', width: 140, show: (r: SignRow) => <span className="hy-line"><Button size="small" type="primary" onClick={() => setChecking(r)}>检查</Button><Button size="small" onClick={() => setEdit({ row: r })}>修改</Button></span> }] : []),
  ], [writes])
  return (
    <>
      <ListPage {...list} title="警示标识" name="safety.signs" columns={columns} row_key="sign_id" empty={{ text: '还没有登记警示标识' }} excel={safety.signsExcel} note={<Counts counts={list.data?.counts} />} actions={writes ? <Button type="primary" onClick={() => setEdit({})}>登记标识</Button> : null} />
      {edit ? <SignDrawer row={edit.row} close={() => setEdit(undefined)} /> : null}
      {checking ? <CheckDrawer row={checking} close={() => setChecking(undefined)} /> : null}
    </>
  )
}
function Counts({ counts }: { counts: { good: number; damaged: number; missing: number; late: number } | undefined }) {
  const [search, setSearch] = useSearchState()
  const none = { state: undefined, late: undefined, page: undefined }
  return (
    <div className="hy-line" role="group" aria-label="按状态">
      <Button size="small" type={!search['state'] && !search['late'] ? 'primary' : 'default'} onClick={() => setSearch(none)}>全部</Button>
      {(['good', 'damaged', 'missing'] as const).map((s) => <Button key={s} size="small" danger={s !== 'good' && (counts?.[s] ?? 0) > 0} type={search['state'] === s ? 'primary' : 'default'} aria-pressed={search['state'] === s} onClick={() => setSearch({ ...none, state: s })}>{said('sign', s)}{counts ? ` ${counts[s]}` : ''}</Button>)}
      <Button size="small" danger={(counts?.late ?? 0) > 0} type={search['late'] === '1' ? 'primary' : 'default'} aria-pressed={search['late'] === '1'} onClick={() => setSearch({ ...none, late: '1' })}>逾期未查{counts ? ` ${counts.late}` : ''}</Button>
    </div>
  )
}
function SignDrawer({ row, close }: { row: SignRow | undefined; close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(safety.saveSign, { in_form: true, done: '已保存' })
  return <FormDrawer open onClose={close} title={row ? `修改 ${row.no}` : '登记警示标识'} call={safety.saveSign} loading={save.running} submitError={save.error} fixed={row ? { sign_id: row.sign_id, building_id: row.building_id } : {}} fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'no', placeholder: '如:BS-001' }, 'kind', { name: 'words', placeholder: '如:当心触电' }, { name: 'place', placeholder: '如:配电房门口' }, 'set_on', 'check_months']} initial={{ community_id: row?.community_id ?? place_id ?? places[0]?.id ?? '', no: row?.no ?? '', kind: (row?.kind as (typeof SIGN_KINDS)[number] | undefined) ?? '警告', words: row?.words ?? '', place: row?.place ?? '', set_on: row?.set_on ?? today(), check_months: row?.check_months ?? CHECK_MONTHS }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
function OnePhoto({ value, onChange }: Control) {
  const [name, setName] = useState('')
  return value ? <div className="hy-line"><span>{name}</span><Button size="small" type="link" onClick={() => onChange?.(null)}>删除</Button></div> : <Upload purpose="photo" accept="image/jpeg,image/png" label="选择照片" onDone={(f) => { setName(f.name); onChange?.(f.file_id) }} />
}
function CheckDrawer({ row, close }: { row: SignRow; close: () => void }) {
  const save = useWrite(safety.checkSign, { in_form: true, done: (a) => `已登记,下次 ${a.due_on}` })
  const past = useRead(safety.sign, { sign_id: row.sign_id })
  return (
    <FormDrawer open onClose={close} title={`检查 ${row.no} ${row.words}`} call={safety.checkSign} loading={save.running} submitError={save.error} fixed={{ sign_id: row.sign_id }} words={{ state: words.states?.['sign'] }} fields={['state', { name: 'words', kind: 'area', help: '不是完好的必须写明' }, { name: 'file_id', control: (c) => <OnePhoto {...c} /> }]} initial={{ state: 'good', file_id: null }} onSubmit={async (i) => { if (await save.run(i)) close() }}
      note={past.data?.checks.length ? <ul className="hy-muted">{past.data.checks.slice(0, 5).map((c) => <li key={c.check_id}>{instant(c.checked_at).slice(0, 10)} {said('sign', c.state)} {c.by_name}{c.words ? `:${c.words}` : ''}</li>)}</ul> : undefined} />
  )
}
