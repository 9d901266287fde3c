// 水箱与水质: tests of the secondary supply against their limits; posted to the residents.
import { Button, Input } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { instant } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { Upload } from '../../../ui/Upload.tsx'
import { equipment, type WaterTest, type DeviceRow } from '../contract.ts'
import { limitText } from '../shown.ts'
import './equipment.css'

const FILTERS: readonly Filter[] = [{ kind: 'days', names: ['from_on', 'to_on'], label: '采样日' }, { kind: 'check', name: 'failed', label: '只看不合格' }]
export default function WaterPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const writes = may('equipment.cert.write')
  const list = useList(equipment.waterTests, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const publish = useWrite(equipment.publishWaterTest, { done: '已公示,业主端可见' })
  const withdraw = useWrite(equipment.withdrawWaterTest, { in_form: true, done: '已撤下' })
  const [adding, setAdding] = useState(false)
  const [taking, setTaking] = useState<WaterTest>()
  const posted = (r: WaterTest): boolean => r.published_at !== null && r.withdrawn === null
  const columns: readonly Column<WaterTest>[] = [
    { key: 'sampled_on', title: '采样日', width: 105, always: true }, { key: 'passed', title: '结论', width: 80, show: (r) => <StateTag value={r.passed ? 'y' : 'n'} words={{ y: '合格', n: '不合格' }} tones={{ y: 'good', n: 'bad' }} /> }, { key: 'place', title: '采样点', width: 130 },
    { key: 'results', title: '结果', width: 330, show: (r) => <span>{r.results.map((x, i) => <span key={x.name} className={x.ok ? '' : 'hy-red hy-strong'}>{i ? '、' : ''}{x.name} {x.value}{x.ok ? '' : `(应 ${limitText(x)})`}</span>)}</span> },
    { key: 'device_name', title: '水箱', width: 150, show: (r) => (r.equipment_id ? <Go to={`/equipment/devices/${r.equipment_id}`}>{r.device_name}</Go> : '—') }, { key: 'lab', title: '检测单位', width: 140 }, { key: 'report_no', title: '报告', width: 110, show: (r) => (r.has_file ? <a href={fileUrl(equipment.waterReport, { test_id: r.test_id })} target="_blank" rel="noreferrer">{r.report_no ?? '查看'}</a> : (r.report_no ?? '—')) },
    { key: 'published_at', title: '公示', width: 140, show: (r) => (r.withdrawn ? `已撤下:${r.withdrawn}` : r.published_at ? instant(r.published_at) : '未公示') }, { key: 'community_name', title: '小区', width: 100 }, { key: 'made_by_name', title: '登记人', width: 80, hidden: true }, { key: 'note', title: '说明', width: 150, hidden: true },
    ...(writes ? [{ key: 'act', title: '操作', width: 85, show: (r: WaterTest) => (posted(r) ? <Button size="small" onClick={() => setTaking(r)}>撤下</Button> : <Button size="small" type="primary" loading={publish.running} onClick={() => void publish.run({ test_id: r.test_id }, r.test_id)}>公示</Button>) }] : []),
  ]
  return (
    <>
      <ListPage {...list} title="水箱与水质" name="equipment.water" columns={columns} row_key="test_id" empty={{ text: '没有符合条件的水质检测' }} excel={may('equipment.device.export') ? equipment.waterTestsExcel : undefined} note={<p className="hy-muted">水箱清洗消毒在「检验与证件」登记;公示后业主端「小区水质」显示最近一次检测和清洗。</p>} actions={writes ? <Button type="primary" onClick={() => setAdding(true)}>登记水质检测</Button> : null} />
      {adding ? <TestDrawer close={() => setAdding(false)} /> : null}
      {taking ? <ReasonModal open title="撤下公示" onClose={() => setTaking(undefined)} loading={withdraw.running} submitError={withdraw.error} suggestions={['报告有误', '重新检测']} onConfirm={async (reason) => { if (await withdraw.run({ test_id: taking.test_id, reason })) setTaking(undefined) }} /> : null}
    </>
  )
}
function TestDrawer({ close }: { close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(equipment.saveWaterTest, { in_form: true, done: (a) => (a.passed ? '已登记,合格' : '已登记,不合格:请查明原因并复检') })
  const limits = useRead(equipment.waterLimits, {}, { stale_ms: 60_000 })
  const [community_id, setCommunity] = useState(place_id ?? places[0]?.id ?? '')
  const [file, setFile] = useState<{ file_id: string; name: string }>()
  const kinds = useRead(equipment.categories, {}, { stale_ms: 60_000 })
  const tank = kinds.data?.rows.find((k) => k.code === 'SHX')?.category_id
  return (
    <FormDrawer
      open onClose={close} columns={2} title="登记水质检测" call={equipment.saveWaterTest} loading={save.running} submitError={save.error} fixed={{ file_id: file?.file_id ?? null }}
      fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'equipment_id', control: (c) => <SearchSelect {...c} label="水箱" placeholder="选择水箱" empty="没有水箱:在「设备台账」登记" call={equipment.devices} input={{ community_id, ...(tank ? { category_id: tank } : {}) }} enabled={community_id !== '' && tank !== undefined} option={(d: DeviceRow) => ({ value: d.equipment_id, label: `${d.no} ${d.name}` })} /> }, 'sampled_on', 'place', 'lab', 'report_no', { name: 'values', wide: true, control: (c) => <ValuesInput {...c} items={limits.data?.items ?? []} /> }, { name: 'note', wide: true }]}
      follows={(changed) => { if ('community_id' in changed) { setCommunity(changed['community_id'] as string); return { equipment_id: null } } return undefined }}
      initial={{ community_id, equipment_id: null, sampled_on: today(), place: '水箱出水', report_no: null, values: [], note: null }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    >
      {file ? <p>{file.name}</p> : null}<Upload purpose="proof" accept=".pdf,.jpg,.jpeg,.png" label="上传报告" onDone={setFile} />
    </FormDrawer>
  )
}
function ValuesInput({ value, onChange, items }: Control & { items: readonly { name: string; low: string | null; high: string | null; unit: string | null; words: string | null }[] }) {
  const list = (value as { name: string; value: string }[] | undefined) ?? []
  const set = (name: string, v: string): void => onChange?.([...list.filter((x) => x.name !== name), ...(v === '' ? [] : [{ name, value: v }])])
  return <div className="eq-grid">{items.map((i) => <label key={i.name} className="eq-field"><span>{i.name} <span className="hy-muted">{limitText(i)}</span></span><Input aria-label={i.name} maxLength={20} placeholder={i.words ?? '未测留空'} value={list.find((x) => x.name === i.name)?.value ?? ''} onChange={(e) => set(i.name, e.target.value)} /></label>)}</div>
}
